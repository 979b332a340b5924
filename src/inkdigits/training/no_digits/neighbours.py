"""Digits that are not alone: with a neighbour, with a piece of one, or on a long line.

Comes in: labelled digits, a source of randomness. Goes out: images in the form of MNIST, as who
looks for digits in a picture gets them from ink that touches and was not separated, or wrongly.
"""

from __future__ import annotations

import numpy as np

from inkdigits.array_types import UInt8
from inkdigits.arrays import Image, Images
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.imaging.normalise import to_mnist
from inkdigits.training.no_digits.pieces import is_enough, keep_side

_TOUCH = (-3, 4)  # columns between two digits, below 0 that they share
_RISE = (-3, 4)  # rows that a digit stands lower than the one before
# The digits of whose left and of whose right there is enough that reaches from top to bottom. A 1
# is not taken: a stem makes digits of pieces.
_LEFT_PIECES = (0, 4, 6, 8, 9)
_RIGHT_PIECES = (0, 2, 3, 4, 5, 7, 8, 9)
_PIECE = (0.4, 0.6)  # of a neighbour's width
_ENOUGH = 0.3  # of a neighbour's ink
_TALL = 0.7  # of a neighbour's height: less may be a flourish of the digit
_LINE = (1.0, 2.0)  # of the side of a digit's image
_TRIALS = 20


def join_digits(train: LabelledImages, n: int, box: int, rng: np.random.Generator) -> Images:
    """Put digits together that touch, nearly touch or share a few columns.

    Args:
        train: Images of digits, square, labelled 0 to 9.
        n: Number of pictures: of ten, five with two digits, one with three, three with a digit
            and a piece of another, one with half a digit on a long line.
        box: Length in pixels of the longer side of what is put together, 1 to that of the images.
        rng: Source of randomness.

    Returns:
        Shape (n, size, size), uint8, as `to_mnist` returns them; bare paper where nothing can be
        put together.

    Example:
        >>> bars = np.zeros((1, 28, 28), np.uint8)
        >>> bars[0, 4:24, 10:18] = 255
        >>> pair = join_digits(
        ...     LabelledImages(bars, np.array([3], np.uint8)), 1, 20, np.random.default_rng(0)
        ... )
        >>> int(np.ptp(np.flatnonzero(pair[0].any(axis=1)))) < 20
        True
    """
    size = train.images.shape[1]
    images = np.zeros((n, size, size), np.uint8)
    ways = (_two, _two, _with_piece, _three, _two, _with_piece, _two, _on_line, _with_piece, _two)
    inked = train.take(np.flatnonzero(train.images.any(axis=(1, 2))))
    for i, image in enumerate(images if len(inked) else images[:0]):
        image[:] = to_mnist(ways[i % len(ways)](inked, rng), size, box)
    return images


def side_by_side(
    left: UInt8[np.ndarray, "left_height left_width"],
    right: UInt8[np.ndarray, "right_height right_width"],
    *,
    gap: int,
    rise: int,
) -> UInt8[np.ndarray, "rows columns"]:
    """Put two pictures side by side.

    Args:
        left: Shape (height, width), uint8, with ink; 0 is paper.
        right: The same.
        gap: Columns between the ink of both; below 0 how many they share, at most all of the
            left one's but the first.
        rise: Rows by which the right one stands lower; below 0 higher.

    Returns:
        Both in one picture, the darker ink where they overlap.

    Example:
        >>> left, right = np.array([[0, 5]], np.uint8), np.array([[7, 0]], np.uint8)
        >>> side_by_side(left, right, gap=1, rise=0).tolist()
        [[5, 0, 7]]
    """
    left, right = _trim(left), _trim(right)
    start = max(left.shape[1] + gap, 1)
    shape = (max(len(left), len(right)) + abs(rise), max(left.shape[1], start + right.shape[1]))
    both = np.zeros(shape, np.uint8)
    top_left, top_right = max(-rise, 0), max(rise, 0)
    both[top_left : top_left + len(left), : left.shape[1]] = left
    place = both[top_right : top_right + len(right), start : start + right.shape[1]]
    np.maximum(place, right, out=place)
    return both


def _trim(image: Image) -> UInt8[np.ndarray, "height columns"]:
    """Crop the columns without ink at the sides."""
    columns = np.flatnonzero(image.any(axis=0))
    return image[:, columns[0] : columns[-1] + 1]


def _two(train: LabelledImages, rng: np.random.Generator) -> Image:
    left, right = rng.integers(0, len(train), 2)
    gap = _touch(rng)
    if 1 in train.labels[[left, right]]:
        # A stem that another digit touches may make a digit with it: 1 and 3 an 8, 0 and 1 a 9.
        gap = abs(gap) + 2
    return side_by_side(train.images[left], train.images[right], gap=gap, rise=_rise(rng))


def _three(train: LabelledImages, rng: np.random.Generator) -> Image:
    third = train.images[rng.integers(0, len(train))]
    return side_by_side(_two(train, rng), third, gap=_touch(rng), rise=_rise(rng))


def _with_piece(train: LabelledImages, rng: np.random.Generator) -> Image:
    """Put a piece of a digit beside another, as a cut in the wrong place leaves it."""
    for _ in range(_TRIALS):
        i, j = rng.integers(0, len(train), 2)
        on_right = rng.random() < 0.5
        neighbours = _LEFT_PIECES if on_right else _RIGHT_PIECES
        if train.labels[i] == 1 or train.labels[j] not in neighbours:
            continue
        piece = keep_side(train.images[j], "left" if on_right else "right", rng.uniform(*_PIECE))
        tall = _height(piece) >= _TALL * _height(train.images[j])
        if tall and is_enough(piece, train.images[j], _ENOUGH):
            pictures = (train.images[i], piece) if on_right else (piece, train.images[i])
            return side_by_side(*pictures, gap=_touch(rng), rise=_rise(rng))
    return _three(train, rng)


def _on_line(train: LabelledImages, rng: np.random.Generator) -> Image:
    """Put the upper or lower half of a digit on a long stroke from left to right."""
    image = train.images[rng.integers(0, len(train))]
    upper = rng.random() < 0.5
    half = keep_side(image, "top" if upper else "bottom", rng.uniform(0.2, 0.5))
    half = half if half.any() else image
    rows = np.flatnonzero(half.any(axis=1))
    width = int(len(image) * rng.uniform(*_LINE))
    pen = int(rng.integers(2, 4))
    picture = np.zeros((len(image) + 2 * pen, max(width, image.shape[1])), np.uint8)
    left = int(rng.integers(0, picture.shape[1] - image.shape[1] + 1))
    picture[pen : pen + len(image), left : left + image.shape[1]] = half
    line = rows[-1] + pen if upper else rows[0] + pen
    picture[line : line + pen] = half.max()
    return picture


def _touch(rng: np.random.Generator) -> int:
    return int(rng.integers(*_TOUCH))


def _rise(rng: np.random.Generator) -> int:
    return int(rng.integers(*_RISE))


def _height(image: Image) -> int:
    rows = np.flatnonzero(image.any(axis=1))
    return int(np.ptp(rows)) + 1 if rows.size else 0
