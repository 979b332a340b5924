"""Detection: how well a score tells pictures that are no digits from digits.

Comes in: the scores of digits ("inside") and of other pictures ("outside"); a higher score means
stranger. Goes out: figures of how far the two lie apart, and a threshold. It does not know how a
score is worked out. No score may be NaN; infinite ones are in order.
"""

from __future__ import annotations

from math import floor, isnan

import numpy as np

from inkdigits.array_types import Float


def auroc(inside: Float[np.ndarray, " n"], outside: Float[np.ndarray, " m"]) -> float:
    """Return the area under the ROC curve.

    It is the probability that an outlier has a higher score than a digit, a tie counting half:
    the Mann-Whitney statistic divided by n * m. Source: Hanley and McNeil, "The Meaning and Use
    of the Area under a Receiver Operating Characteristic (ROC) Curve", 1982.

    Args:
        inside: Shape (n,): scores of digits, at least one.
        outside: Shape (m,): scores of outliers, at least one.

    Returns:
        1 where every outlier is above every digit, 0.5 by chance, 0 where all are below.

    Raises:
        ValueError: If there are no scores or one is NaN.

    Example:
        >>> auroc(np.array([0.0, 1.0]), np.array([1.0, 2.0]))
        0.875
    """
    _require_scores(inside=inside, outside=outside)
    ascending = np.sort(inside)
    below = np.searchsorted(ascending, outside, side="left").sum()
    not_above = np.searchsorted(ascending, outside, side="right").sum()
    return float(below + not_above) / (2 * len(inside) * len(outside))


def threshold_for(inside: Float[np.ndarray, " n"], false_rejection: float = 0.01) -> float:
    """Find the score above which to reject.

    Args:
        inside: Shape (n,): scores of digits, at least one.
        false_rejection: Share of digits that may be rejected, from 0 to below 1.

    Returns:
        The lowest score of a digit such that no more than that share of the digits is above it. A
        score that equals the threshold is accepted, so among ties fewer digits are rejected.

    Raises:
        ValueError: If the share is out of range, there are no scores or one is NaN.

    Example:
        >>> threshold_for(np.array([4.0, 1.0, 3.0, 2.0]), false_rejection=0.25)
        3.0
    """
    if not 0 <= false_rejection < 1:
        raise ValueError(
            f"`false_rejection` must be at least 0 and below 1; received {false_rejection}"
        )
    _require_scores(inside=inside)
    n = len(inside)
    # 1 - 0.95 times 20 falls short of 1 by rounding, and means 1 all the same.
    may_go = min(floor(false_rejection * n + 1e-9), n - 1)
    return float(np.sort(inside)[n - 1 - may_go])


def rejection_rate(scores: Float[np.ndarray, " n"], threshold: float) -> float:
    """Return the share of pictures whose score is above the threshold.

    Args:
        scores: Shape (n,): scores of pictures of one kind, at least one.
        threshold: The highest score that is accepted.

    Returns:
        A share, 0 to 1.

    Raises:
        ValueError: If there are no scores, or one or the threshold is NaN.

    Example:
        >>> rejection_rate(np.array([1.0, 2.0, 3.0, 4.0]), threshold=3.0)
        0.25
    """
    _require_scores(scores=scores)
    if isnan(threshold):
        raise ValueError("`threshold` must be a number; received nan")
    return float((scores > threshold).mean())


def false_positive_rate_at(
    inside: Float[np.ndarray, " n"],
    outside: Float[np.ndarray, " m"],
    true_positive_rate: float = 0.95,
) -> float:
    """Return the share of outliers that pass for digits when most digits pass.

    Here digits are the positive class, as is the custom since Hendrycks and Gimpel, "A Baseline
    for Detecting Misclassified and Out-of-Distribution Examples in Neural Networks", 2017
    (https://arxiv.org/abs/1610.02136); the figure at 95 % is often written FPR95.

    Args:
        inside: Shape (n,): scores of digits, at least one.
        outside: Shape (m,): scores of outliers, at least one.
        true_positive_rate: Share of digits to accept at least, above 0 up to 1.

    Returns:
        A share, 0 to 1; less is better. The threshold is that of `threshold_for`, and an outlier
        on it passes.

    Raises:
        ValueError: If the rate is out of range, there are no scores or one is NaN.

    Example:
        >>> digits, shoes = np.array([1.0, 2.0, 3.0, 9.0]), np.array([3.0, 4.0, 5.0, 6.0])
        >>> false_positive_rate_at(digits, shoes, true_positive_rate=0.75)
        0.25
    """
    if not 0 < true_positive_rate <= 1:
        raise ValueError(
            f"`true_positive_rate` must be above 0 and at most 1; received {true_positive_rate}"
        )
    _require_scores(inside=inside, outside=outside)
    threshold = threshold_for(inside, 1 - true_positive_rate)
    return float((outside <= threshold).mean())


def _require_scores(**scores: Float[np.ndarray, " _"]) -> None:
    for name, values in scores.items():
        if len(values) == 0:
            raise ValueError(f"`{name}` must hold at least one score; received none")
        if np.isnan(values).any():
            index = int(np.flatnonzero(np.isnan(values))[0])
            raise ValueError(f"`{name}` must hold numbers; received nan at index {index}")
