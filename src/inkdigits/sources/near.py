"""Pictures that are nearly the same: resized, stored again with losses, brighter or darker.

Comes in: thumbnails of two parts. Goes out: pairs. It does not know labels or files.

Two thumbnails are nearly the same if, blurred, one is the other times a factor plus a constant, to
6 % of its contrast in every pixel and colour. Blurring takes away what resizing and JPEG leave;
the largest difference, unlike the mean, still tells one 1 from another. How many copies are found,
and how many pairs where there are no copies, is in benchmarks/RESULTS.md.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np

from inkdigits.array_types import Float32
from inkdigits.arrays import AnyImages
from inkdigits.imaging.scaling import blur, halve

DIFFERENCE = 0.06  # of the contrast: the most that two thumbnails may differ anywhere
LOOKED_AT = 10_000  # images of the second part, at most

_BLUR = 1.5  # pixels: standard deviation
_FLATTEST = 8.0  # grey levels of contrast: fainter thumbnails show nothing that could be compared
_BLOCK = 4096  # images of the first part at a time
_ROWS = 1000  # and of the second

_Vectors: TypeAlias = Float32[np.ndarray, "n pixels"]


class NearPair(NamedTuple):
    """Two pictures that are nearly the same.

    Attributes:
        first: Index in the first part.
        second: Index in the second part.
        difference: The most that they differ anywhere, 0 to 0.06 of their contrast.
    """

    first: int
    second: int
    difference: float


def near_pairs(first: AnyImages, second: AnyImages) -> list[NearPair]:
    """Find pictures of the second part that are nearly the same as one of the first.

    Of more than 10,000 in the second part, 10,000 are looked at, evenly spread.

    Args:
        first: Thumbnails, shape (n, 28, 28) or, in colour, (n, 28, 28, 3), uint8.
        second: Thumbnails, the same for m of them.

    Returns:
        At most one pair for each of the second part, in its order.

    Example:
        >>> picture = np.zeros((1, 28, 28), np.uint8)
        >>> picture[0, 5:20, 10:14] = 200
        >>> near_pairs(picture, picture // 2 + 30)[0][:2]
        (0, 0)
    """
    looked_at = np.unique(np.linspace(0, len(second) - 1, LOOKED_AT).round().astype(np.int64))
    looked_at = looked_at[: len(second)]
    if not len(first) or not len(looked_at):
        return []
    chosen = second[looked_at]
    candidates = _most_alike(first, chosen)
    differences = _differences(first[candidates], chosen)
    return [
        NearPair(int(candidates[i]), int(looked_at[i]), float(differences[i]))
        for i in np.flatnonzero(differences <= DIFFERENCE)
    ]


def _most_alike(first: AnyImages, second: AnyImages) -> np.ndarray:
    """Return for each of the second the index of the first that it correlates with most."""
    best = np.full(len(second), -2.0, np.float32)
    index = np.zeros(len(second), np.int64)
    wanted = _unit(second)
    for start in range(0, len(first), _BLOCK):
        block = _unit(first[start : start + _BLOCK])
        for row in range(0, len(second), _ROWS):
            alike = wanted[row : row + _ROWS] @ block.T
            place = alike.argmax(axis=1)
            value = alike[np.arange(len(place)), place]
            better = value > best[row : row + _ROWS]
            best[row : row + _ROWS][better] = value[better]
            index[row : row + _ROWS][better] = start + place[better]
    return index


def _unit(images: AnyImages) -> _Vectors:
    """Return half-size thumbnails as vectors of mean 0 and length 1."""
    vectors = _centred(halve(images))
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: _Vectors = vectors / np.maximum(lengths, np.float32(1))
    return unit


def _differences(first: AnyImages, second: AnyImages) -> np.ndarray:
    """Return for each pair how much they differ at most, as a share of the second's contrast."""
    differences = np.empty(len(second))
    for start in range(0, len(second), _ROWS):
        ours, theirs = (
            _centred(blur(part[start : start + _ROWS], _BLUR)) for part in (second, first)
        )
        square = np.maximum((theirs * theirs).sum(axis=1, keepdims=True), 1e-6)
        factor = (ours * theirs).sum(axis=1, keepdims=True) / square
        contrast = np.abs(ours).max(axis=1)
        apart = np.abs(ours - factor * theirs).max(axis=1) / np.maximum(contrast, _FLATTEST)
        shows_nothing = np.minimum(contrast, np.abs(theirs).max(axis=1)) < _FLATTEST
        apart[shows_nothing | (factor[:, 0] <= 0)] = np.inf
        differences[start : start + _ROWS] = apart
    return differences


def _centred(images: np.ndarray) -> _Vectors:
    vectors: _Vectors = images.reshape(len(images), -1).astype(np.float32)
    vectors -= vectors.mean(axis=1, keepdims=True)
    return vectors
