"""Calibration: whether answers given with 90 % confidence are right nine times in ten.

Comes in: probabilities and true labels. Goes out: confidence against accuracy in bins, and the
expected calibration error, after Guo et al., "On Calibration of Modern Neural Networks", 2017
(https://arxiv.org/abs/1706.04599).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkdigits.array_types import Float64, Int64
from inkdigits.arrays import Labels, Probabilities


@dataclass(frozen=True, eq=False)
class Reliability:
    """Confidence against accuracy, in bins of equal width.

    Attributes:
        edges: Shape (bins + 1,), float64: the bins' bounds, from 0 to 1.
        count: Shape (bins,), int64: answers in each bin.
        confidence: Shape (bins,), float64: their mean confidence; NaN where there are none.
        accuracy: Shape (bins,), float64: the share of them that is right; NaN where there are none.
        expected_error: Mean distance between the two, weighted by count, 0 to 1.
    """

    edges: Float64[np.ndarray, " edges"]
    count: Int64[np.ndarray, " bins"]
    confidence: Float64[np.ndarray, " bins"]
    accuracy: Float64[np.ndarray, " bins"]
    expected_error: float


def reliability(probabilities: Probabilities, labels: Labels, bins: int = 15) -> Reliability:
    """Compare confidence with accuracy.

    Args:
        probabilities: Shape (n, classes), float32.
        labels: Shape (n,), uint8.
        bins: Number of bins, at least 1; a confidence on an edge belongs to the bin below it.

    Example:
        >>> sure = np.array([[0.9, 0.1], [0.7, 0.3]], dtype=np.float32)
        >>> result = reliability(sure, np.array([0, 1], dtype=np.uint8), bins=2)
        >>> result.count.tolist(), round(result.expected_error, 3)
        ([0, 2], 0.3)
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    edges = np.linspace(0.0, 1.0, bins + 1)
    index = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    count = np.bincount(index, minlength=bins)
    total_confidence = np.bincount(index, weights=confidence, minlength=bins)
    total_right = np.bincount(index, weights=right, minlength=bins)
    empty = np.full(bins, np.nan)
    return Reliability(
        edges=edges,
        count=count.astype(np.int64),
        confidence=np.divide(total_confidence, count, out=empty.copy(), where=count > 0),
        accuracy=np.divide(total_right, count, out=empty.copy(), where=count > 0),
        expected_error=float(np.abs(total_confidence - total_right).sum() / len(labels)),
    )
