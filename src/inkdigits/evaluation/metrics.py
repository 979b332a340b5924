"""The figures of a classifier: accuracy, confusion, precision and recall, log loss, Brier score.

Comes in: probabilities and true labels. Goes out: one frozen value with all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkdigits.array_types import Float64, Int64
from inkdigits.arrays import ConfusionMatrix, Labels, Probabilities
from inkdigits.evaluation.statistics import wilson_interval


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a network's probabilities for n labelled images amount to.

    Attributes:
        probabilities: Shape (n, classes), float32.
        labels: Shape (n,), uint8, the true classes.
        confusion: Shape (classes, classes), int64; row is the true class, column the answer.
        log_loss: Mean of -log of the probability of the true class, in nats.
        brier: Mean over the images of the summed squared differences to the true answer, 0 to 2.
    """

    probabilities: Probabilities
    labels: Labels
    confusion: ConfusionMatrix
    log_loss: float
    brier: float

    @property
    def n(self) -> int:
        """Number of images."""
        return len(self.labels)

    @property
    def correct(self) -> int:
        """Images read rightly."""
        return int(np.trace(self.confusion))

    @property
    def accuracy(self) -> float:
        """Share of images read rightly, 0 to 1."""
        return self.correct / self.n

    @property
    def interval95(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the accuracy."""
        return wilson_interval(self.correct, self.n)

    @property
    def precision(self) -> Float64[np.ndarray, " classes"]:
        """For each class, the share of its answers that are right; NaN if it was never given."""
        return _ratio(np.diag(self.confusion), self.confusion.sum(axis=0))

    @property
    def recall(self) -> Float64[np.ndarray, " classes"]:
        """For each class, the share of its images that are found; NaN if there are none."""
        return _ratio(np.diag(self.confusion), self.confusion.sum(axis=1))

    @property
    def mistakes(self) -> Int64[np.ndarray, " m"]:
        """Indices of the images read wrongly, the most confident mistake first."""
        answers = self.probabilities.argmax(axis=1)
        wrong = np.flatnonzero(answers != self.labels)
        return wrong[np.argsort(-self.probabilities[wrong].max(axis=1), kind="stable")]


def evaluate(probabilities: Probabilities, labels: Labels) -> Evaluation:
    """Work out all figures.

    Args:
        probabilities: Shape (n, classes), float32, rows summing to 1.
        labels: Shape (n,), uint8, each below the number of classes.

    Raises:
        ValueError: If there are no images, or not one label for each.

    Example:
        >>> sure = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], dtype=np.float32)
        >>> result = evaluate(sure, np.array([0, 1, 1], dtype=np.uint8))
        >>> result.correct, result.confusion.tolist(), result.mistakes.tolist()
        (2, [[1, 0], [1, 1]], [2])
    """
    if len(labels) == 0 or len(labels) != len(probabilities):
        raise ValueError(
            "there must be one label for each row of probabilities; "
            f"received {len(probabilities)} rows and {len(labels)} labels"
        )
    classes = probabilities.shape[1]
    answers = probabilities.argmax(axis=1)
    pairs = labels.astype(np.int64) * classes + answers
    confusion = np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)
    exact = probabilities.astype(np.float64)
    truth = np.eye(classes)[labels]
    chosen = np.maximum(exact[np.arange(len(labels)), labels], np.finfo(np.float32).tiny)
    return Evaluation(
        probabilities=probabilities,
        labels=labels,
        confusion=confusion.astype(np.int64),
        log_loss=float(-np.log(chosen).mean()),
        brier=float(((exact - truth) ** 2).sum(axis=1).mean()),
    )


def _ratio(part: np.ndarray, whole: np.ndarray) -> Float64[np.ndarray, " classes"]:
    ratio = np.full(len(whole), np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio
