"""Outlier scores: how strange a picture looks to a network, in five ways.

Comes in: for each picture its logits and its features, the values that enter the last layer; of
several networks the mean of their logits, and their features side by side. Goes out: one score a
picture, higher meaning stranger. It knows neither network nor pictures.
"max-softmax" and "energy" look at the logits of the classes alone, "none-class" also at the last
logit of a network where that stands for none of them; "mahalanobis" and "nearest-neighbour"
compare the features with those of training images, each network's by themselves.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np

from inkdigits.array_types import Float32, Float64
from inkdigits.arrays import Labels
from inkdigits.evaluation.feature_distances import (
    Distances,
    ExactFeatures,
    Features,
    MahalanobisDistance,
    NeighbourDistance,
    by_network,
    fit_mahalanobis,
    fit_neighbours,
    to_float32,
)
from inkdigits.evaluation.temperature import Logits, require_labels, require_rows

Scores: TypeAlias = Float32[np.ndarray, "n"]
_ExactLogits: TypeAlias = Float64[np.ndarray, "n outputs"]

# The simplest first: with 512 features the last two keep 1 MiB and 4 MiB of numbers.
KINDS = ("max-softmax", "energy", "none-class", "mahalanobis", "nearest-neighbour")

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
            scores[block] = to_float32(self._measure(*exact))
        return scores

    @abstractmethod
    def _measure(self, logits: _ExactLogits, features: ExactFeatures) -> Distances: ...


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

    def _measure(self, logits: _ExactLogits, features: ExactFeatures) -> Distances:
        # By logarithms, as 1 - 0.99999999 would round to the same number for many a picture.
        classes = _of_classes(logits, self.none_class)
        below = classes - classes.max(axis=1, keepdims=True)
        lacking: Distances = -np.expm1(-np.logaddexp.reduce(below, axis=1))
        return lacking


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

    def _measure(self, logits: _ExactLogits, features: ExactFeatures) -> Distances:
        energies: Distances = -np.logaddexp.reduce(_of_classes(logits, self.none_class), axis=1)
        return energies


@dataclass(frozen=True)
class NoneClass(OutlierScore):
    """Log-odds that a picture shows none of the classes, by the last logit; any sign.

    It is that logit plus the energy of the others, so that 1 / (1 + exp(score)) is the probability
    that the network's softmax gives to all classes together.
    """

    kind: ClassVar[str] = "none-class"

    def _measure(self, logits: _ExactLogits, features: ExactFeatures) -> Distances:
        odds: Distances = logits[:, -1] - np.logaddexp.reduce(logits[:, :-1], axis=1)
        return odds


@dataclass(frozen=True, eq=False)
class Mahalanobis(OutlierScore):
    """Squared distance to the nearest class mean in standard deviations, the networks' mean.

    Attributes:
        networks: How each network's features are measured, in the order of these.
    """

    networks: tuple[MahalanobisDistance, ...]
    kind: ClassVar[str] = "mahalanobis"

    def _measure(self, logits: _ExactLogits, features: ExactFeatures) -> Distances:
        return _mean_distance(self.networks, features)


@dataclass(frozen=True, eq=False)
class NearestNeighbour(OutlierScore):
    """Distance to the k-th nearest training features, all of unit length, the networks' mean.

    Attributes:
        networks: How each network's features are measured, in the order of these.
    """

    networks: tuple[NeighbourDistance, ...]
    kind: ClassVar[str] = "nearest-neighbour"

    def _measure(self, logits: _ExactLogits, features: ExactFeatures) -> Distances:
        return _mean_distance(self.networks, features)


def fit_scores(
    logits: Logits,
    features: Features,
    labels: Labels,
    *,
    widths: Sequence[int] | None = None,
    seed: int = 0,
    none_class: bool = False,
) -> dict[str, OutlierScore]:
    """Make the scores from what networks make of their training images.

    Args:
        logits: Shape (n, outputs), float32, finite: one for each class, then that of none if there
            is one.
        features: Shape (n, features), float32, finite; some rows may be all zero, but not each.
        labels: Shape (n,), uint8; every class at least once.
        widths: How many of the features are each network's; None for all of one network.
        seed: Decides which rows "nearest-neighbour" keeps.
        none_class: Whether the last logit is that of no class; only then "none-class" is made.

    Returns:
        The scores by name, in the order of `KINDS`.

    Raises:
        ValueError: If a value is not finite, there is not one row and one label for each image, a
            label has no column, a class has no image, all features of a network are zero, or the
            widths are not those of the features.

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
    parts = by_network(features, widths or [features.shape[1]])
    scores = (
        *(MaxSoftmax(none_class), Energy(none_class)),
        *((NoneClass(),) if none_class else ()),
        Mahalanobis(tuple(fit_mahalanobis(each, labels, classes) for each in parts)),
        NearestNeighbour(tuple(fit_neighbours(each, seed) for each in parts)),
    )
    return {score.kind: score for score in scores}


def _of_classes(logits: _ExactLogits, none_class: bool) -> Float64[np.ndarray, "n classes"]:
    return logits[:, :-1] if none_class else logits


def _mean_distance(
    networks: Sequence[MahalanobisDistance | NeighbourDistance], features: ExactFeatures
) -> Distances:
    parts = by_network(features, [each.width for each in networks])
    each = [network.of(part) for network, part in zip(networks, parts, strict=True)]
    mean: Distances = np.mean(each, axis=0)
    return mean
