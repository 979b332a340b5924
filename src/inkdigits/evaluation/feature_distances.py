"""How far a picture's features lie from those of training images, in two ways.

Comes in: features of one network, the values that enter its last layer. Goes out: distances. It
knows neither network nor pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from inkdigits.array_types import Float32, Float64
from inkdigits.arrays import Labels

Features: TypeAlias = Float32[np.ndarray, "n features"]
ExactFeatures: TypeAlias = Float64[np.ndarray, "n features"]
Distances: TypeAlias = Float64[np.ndarray, "n"]

# Share of the covariance that is replaced by the same variance in every direction. Without it, a
# direction in which training features hardly vary counts without limit, and one in which they never
# do leaves no inverse; with it, none counts over 1000 times the mean one, which suits float32.
SHRINKAGE = 1e-3

REFERENCES = 2000


@dataclass(frozen=True, eq=False)
class MahalanobisDistance:
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

    @property
    def width(self) -> int:
        """How many features it looks at."""
        return len(self.whitening)

    def of(self, features: ExactFeatures) -> Distances:
        """Return the distance of each row."""
        whitened = features @ self.whitening
        squared = [((whitened - centre) ** 2).sum(axis=1) for centre in self.centres]
        distances: Distances = np.min(squared, axis=0)
        return distances


@dataclass(frozen=True, eq=False)
class NeighbourDistance:
    """Distance to the k-th nearest training features, all scaled to unit length; 0 to 2.

    All-zero features have no direction and are 1 away from everything. Source: Sun et al., 2022,
    "Out-of-Distribution Detection with Deep Nearest Neighbors" (https://arxiv.org/abs/2204.06507).

    Attributes:
        references: Shape (m, features), float32, each row of length 1.
    """

    references: Float32[np.ndarray, "m features"]

    @property
    def width(self) -> int:
        """How many features it looks at."""
        return int(self.references.shape[1])

    @property
    def neighbour(self) -> int:
        """The k: one in a thousand references, like the paper's 50 in 50,000, but at least 1."""
        return max(1, len(self.references) // 1000)

    def of(self, features: ExactFeatures) -> Distances:
        """Return the distance of each row."""
        unit, references = _unit(features), self.references.astype(np.float64)
        every = unit @ (-2 * references.T)  # in place from here on: it is the largest of all arrays
        every += (references**2).sum(axis=1)
        every.partition(self.neighbour - 1, axis=1)
        squared = every[:, self.neighbour - 1] + (unit**2).sum(axis=1)
        distances: Distances = np.sqrt(np.maximum(squared, 0))
        return distances


def fit_mahalanobis(features: Features, labels: Labels, classes: int) -> MahalanobisDistance:
    """Measure from the class means of training images.

    Args:
        features: Shape (n, features), float32, finite.
        labels: Shape (n,), uint8; every class at least once.
        classes: How many there are.

    Returns:
        The distance, its covariance shrunk by `SHRINKAGE`; where no feature varies within a class,
        the plain one.
    """
    # The mean of equal numbers is exact, as a float64 holds the sum of many a float32.
    means = np.stack(
        [features[labels == each].mean(axis=0, dtype=np.float64) for each in range(classes)]
    )
    # With the covariance L L', rows times the inverse of L' have unit covariance.
    whitening = np.linalg.inv(np.linalg.cholesky(_covariance(features - means[labels]))).T
    return MahalanobisDistance(to_float32(whitening), to_float32(means @ whitening))


def fit_neighbours(features: Features, seed: int) -> NeighbourDistance:
    """Measure from `REFERENCES` training images, or all if there are fewer.

    Args:
        features: Shape (n, features), float32, finite.
        seed: Decides which, of those whose features are not all zero.

    Raises:
        ValueError: If all features are zero.
    """
    rows = np.flatnonzero(features.any(axis=1))
    if len(rows) == 0:
        raise ValueError(f"`features` must not all be zero; received {len(features)} zero rows")
    chosen = np.random.default_rng(seed).choice(rows, min(REFERENCES, len(rows)), replace=False)
    return NeighbourDistance(to_float32(_unit(features[chosen].astype(np.float64))))


def by_network(features: np.ndarray, widths: Sequence[int]) -> list[np.ndarray]:
    """Part the features of several networks, which stand side by side.

    Args:
        features: Shape (n, features).
        widths: How many features each network has.

    Raises:
        ValueError: If there are more or fewer.

    Example:
        >>> [part.shape for part in by_network(np.zeros((2, 5)), [3, 2])]
        [(2, 3), (2, 2)]
    """
    if sum(widths) != features.shape[1]:
        raise ValueError(
            f"the networks' features must be {features.shape[1]} in all; received {list(widths)}"
        )
    return np.split(features, np.cumsum(widths)[:-1], axis=1)


def to_float32(values: np.ndarray) -> np.ndarray:
    """Round to float32; what is too large becomes the largest."""
    limit = np.finfo(np.float32).max
    single: np.ndarray = np.clip(values, -limit, limit).astype(np.float32)
    return single


def _covariance(spread: ExactFeatures) -> Float64[np.ndarray, "features features"]:
    """Return the shrunk covariance of rows around 0, without a copy: it may be large."""
    if not spread.any():
        return np.eye(spread.shape[1])
    covariance: Float64[np.ndarray, "features features"] = spread.T @ spread
    covariance /= len(spread)
    even = np.trace(covariance) / len(covariance)
    covariance *= 1 - SHRINKAGE
    covariance[np.diag_indices_from(covariance)] += SHRINKAGE * even
    return covariance


def _unit(rows: ExactFeatures) -> ExactFeatures:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: ExactFeatures = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return unit
