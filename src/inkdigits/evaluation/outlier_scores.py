"""Outlier scores: how strange a picture looks to a network, in five ways.

Comes in: for each picture its logits and its features, the values that enter the last layer. Goes
out: one score a picture, higher meaning stranger. It knows neither network nor pictures.
"max-softmax" and "energy" look at the logits of the classes alone, "none-class" also at the last
logit of a network where that stands for none of them; "mahalanobis" and "nearest-neighbour"
compare the features with those of training images.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np

from inkdigits.array_types import Float32, Float64
from inkdigits.arrays import Labels
from inkdigits.evaluation.temperature import Logits, require_labels, require_rows

Features: TypeAlias = Float32[np.ndarray, "n features"]
Scores: TypeAlias = Float32[np.ndarray, "n"]
_Exact: TypeAlias = Float64[np.ndarray, "n outputs"]
_Rows: TypeAlias = Float64[np.ndarray, "n features"]
_ExactScores: TypeAlias = Float64[np.ndarray, "n"]

# The simplest first: with 512 features the last two keep 1 MiB and 4 MiB of numbers.
KINDS = ("max-softmax", "energy", "none-class", "mahalanobis", "nearest-neighbour")

# Share of the covariance that is replaced by the same variance in every direction. Without it, a
# direction in which training features hardly vary counts without limit, and one in which they never
# do leaves no inverse; with it, none counts over 1000 times the mean one, which suits float32.
SHRINKAGE = 1e-3

REFERENCES = 2000
_BLOCK = 1024  # pictures at a time, so that distances to 2,000 references take 16 MiB


class OutlierScore(ABC):
    """One way to score pictures; `kind` says which of `KINDS`."""

    kind: ClassVar[str]

    def score(self, logits: Logits, features: Features) -> Scores:
        """Score pictures.

        Args:
            logits: Shape (n, outputs), float32, finite.
            features: Shape (n, features), float32, finite.

        Returns:
            Shape (n,), float32; higher is stranger. What is too large is the largest float32.

        Raises:
            ValueError: If a value is not finite or there is not one row of each for a picture.
        """
        require_rows(logits=logits, features=features)
        scores = np.zeros(len(logits), np.float32)
        for start in range(0, len(scores), _BLOCK):
            block = slice(start, start + _BLOCK)
            exact = logits[block].astype(np.float64), features[block].astype(np.float64)
            scores[block] = _single(self._measure(*exact))
        return scores

    @abstractmethod
    def _measure(self, logits: _Exact, features: _Rows) -> _ExactScores: ...


@dataclass(frozen=True)
class MaxSoftmax(OutlierScore):
    """1 less the largest probability, 0 to 1.

    Source: Hendrycks and Gimpel, "A Baseline for Detecting Misclassified and Out-of-Distribution
    Examples in Neural Networks", 2017 (https://arxiv.org/abs/1610.02136).

    Attributes:
        none_class: Whether the last logit is that of no class, and is left out.
    """

    none_class: bool = False
    kind: ClassVar[str] = "max-softmax"

    def _measure(self, logits: _Exact, features: _Rows) -> _ExactScores:
        # By logarithms, as 1 - 0.99999999 would round to the same number for many a picture.
        classes = _of_classes(logits, self.none_class)
        below = classes - classes.max(axis=1, keepdims=True)
        scores: _ExactScores = -np.expm1(-np.logaddexp.reduce(below, axis=1))
        return scores


@dataclass(frozen=True)
class Energy(OutlierScore):
    """Minus the logarithm of the summed powers of e of the logits; any sign.

    Source: Liu et al., "Energy-based Out-of-distribution Detection", 2020
    (https://arxiv.org/abs/2010.03759), at temperature 1.

    Attributes:
        none_class: Whether the last logit is that of no class, and is left out.
    """

    none_class: bool = False
    kind: ClassVar[str] = "energy"

    def _measure(self, logits: _Exact, features: _Rows) -> _ExactScores:
        scores: _ExactScores = -np.logaddexp.reduce(_of_classes(logits, self.none_class), axis=1)
        return scores


@dataclass(frozen=True)
class NoneClass(OutlierScore):
    """Log-odds that a picture shows none of the classes, by the last logit; any sign.

    It is that logit plus the energy of the others, so that 1 / (1 + exp(score)) is the probability
    that the network's softmax gives to all classes together.
    """

    kind: ClassVar[str] = "none-class"

    def _measure(self, logits: _Exact, features: _Rows) -> _ExactScores:
        scores: _ExactScores = logits[:, -1] - np.logaddexp.reduce(logits[:, :-1], axis=1)
        return scores


@dataclass(frozen=True, eq=False)
class Mahalanobis(OutlierScore):
    """Squared distance to the nearest class mean, measured in standard deviations; 0 and more.

    Source: Lee et al., "A Simple Unified Framework for Detecting Out-of-Distribution Samples and
    Adversarial Attacks", 2018 (https://arxiv.org/abs/1807.03888), with no noise on the input.

    Attributes:
        whitening: Shape (features, whitened), float32: `features @ whitening` has unit covariance
            around the class means, so that plain squared distances are what is sought.
        centres: Shape (classes, whitened), float32: the class means, whitened.
    """

    whitening: Float32[np.ndarray, "features whitened"]
    centres: Float32[np.ndarray, "classes whitened"]
    kind: ClassVar[str] = "mahalanobis"

    def _measure(self, logits: _Exact, features: _Rows) -> _ExactScores:
        whitened = features @ self.whitening
        squared = [((whitened - centre) ** 2).sum(axis=1) for centre in self.centres]
        scores: _ExactScores = np.min(squared, axis=0)
        return scores


@dataclass(frozen=True, eq=False)
class NearestNeighbour(OutlierScore):
    """Distance to the k-th nearest training features, all scaled to unit length; 0 to 2.

    All-zero features have no direction and are 1 away from everything. Source: Sun et al., 2022,
    "Out-of-Distribution Detection with Deep Nearest Neighbors" (https://arxiv.org/abs/2204.06507).

    Attributes:
        references: Shape (m, features), float32, each row of length 1.
    """

    references: Float32[np.ndarray, "m features"]
    kind: ClassVar[str] = "nearest-neighbour"

    @property
    def neighbour(self) -> int:
        """The k: one in a thousand references, like the paper's 50 in 50,000, but at least 1."""
        return max(1, len(self.references) // 1000)

    def _measure(self, logits: _Exact, features: _Rows) -> _ExactScores:
        unit, references = _unit(features), self.references.astype(np.float64)
        lengths = (unit**2).sum(axis=1, keepdims=True) + (references**2).sum(axis=1)
        every = np.partition(lengths - 2 * unit @ references.T, self.neighbour - 1, axis=1)
        scores: _ExactScores = np.sqrt(np.maximum(every[:, self.neighbour - 1], 0))
        return scores


def fit_scores(
    logits: Logits, features: Features, labels: Labels, seed: int = 0, none_class: bool = False
) -> dict[str, OutlierScore]:
    """Make the scores from what a network makes of its training images.

    Args:
        logits: Shape (n, outputs), float32, finite: one for each class, then that of none if there
            is one.
        features: Shape (n, features), float32, finite; some rows may be all zero, but not each.
        labels: Shape (n,), uint8; every class at least once.
        seed: Decides which `REFERENCES` rows, all zero ones aside, "nearest-neighbour" keeps.
        none_class: Whether the last logit is that of no class; only then "none-class" is made.

    Returns:
        The scores by name, in the order of `KINDS`. "mahalanobis" shrinks its covariance by
        `SHRINKAGE`; where no feature varies within a class, it measures plain distances.

    Raises:
        ValueError: If a value is not finite, there is not one row and one label for each image, a
            label has no column, a class has no image, or all features are zero.

    Example:
        >>> features = np.array([[1, 0], [3, 0], [0, 1], [0, 3]], dtype=np.float32)
        >>> scores = fit_scores(features, features, np.array([0, 0, 1, 1], dtype=np.uint8))
        >>> {kind: f"{each.score(-features, -features)[0]:.1f}" for kind, each in scores.items()}
        {'max-softmax': '0.3', 'energy': '-0.3', 'mahalanobis': '10.0', 'nearest-neighbour': '1.4'}
    """
    require_rows(logits=logits, features=features)
    classes = logits.shape[1] - none_class
    require_labels(logits[:, :classes], labels)
    counts = np.bincount(labels, minlength=classes).tolist()
    if 0 in counts:
        raise ValueError(f"every class must have a picture; received of each class {counts}")
    scores = (
        *(MaxSoftmax(none_class), Energy(none_class)),
        *((NoneClass(),) if none_class else ()),
        _fit_mahalanobis(features, labels, classes),
        NearestNeighbour(_draw_references(features, seed)),
    )
    return {score.kind: score for score in scores}


def _of_classes(logits: _Exact, none_class: bool) -> Float64[np.ndarray, "n classes"]:
    return logits[:, :-1] if none_class else logits


def _fit_mahalanobis(features: Features, labels: Labels, classes: int) -> Mahalanobis:
    # The mean of equal numbers is exact, as a float64 holds the sum of many a float32.
    means = np.stack(
        [features[labels == each].mean(axis=0, dtype=np.float64) for each in range(classes)]
    )
    # With the covariance L L', rows times the inverse of L' have unit covariance.
    whitening = np.linalg.inv(np.linalg.cholesky(_covariance(features - means[labels]))).T
    return Mahalanobis(_single(whitening), _single(means @ whitening))


def _covariance(spread: _Rows) -> Float64[np.ndarray, "features features"]:
    """Return the shrunk covariance of rows around 0; with thousands of features it is large."""
    if not spread.any():
        return np.eye(spread.shape[1])
    covariance: Float64[np.ndarray, "features features"] = spread.T @ spread
    covariance /= len(spread)
    even = np.trace(covariance) / len(covariance)
    covariance *= 1 - SHRINKAGE
    covariance[np.diag_indices_from(covariance)] += SHRINKAGE * even
    return covariance


def _draw_references(features: Features, seed: int) -> Float32[np.ndarray, "m features"]:
    rows = np.flatnonzero(features.any(axis=1))
    if len(rows) == 0:
        raise ValueError(f"`features` must not all be zero; received {len(features)} zero rows")
    chosen = np.random.default_rng(seed).choice(rows, min(REFERENCES, len(rows)), replace=False)
    return _single(_unit(features[chosen].astype(np.float64)))


def _unit(rows: _Rows) -> _Rows:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: _Rows = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return unit


def _single(values: np.ndarray) -> np.ndarray:
    limit = np.finfo(np.float32).max
    single: np.ndarray = np.clip(values, -limit, limit).astype(np.float32)
    return single
