"""Digits that are none any more: turned, or their quarters exchanged.

Comes in: digits and a source of randomness. Goes out: images of the same size.
"""

from __future__ import annotations

import numpy as np

from inkdigits.arrays import Images
from inkdigits.datasets.dataset import LabelledImages


def _mirror(images: Images) -> Images:
    return images[:, :, ::-1]


def _lay_left(images: Images) -> Images:
    return np.rot90(images, 1, (1, 2))


def _lay_right(images: Images) -> Images:
    return np.rot90(images, -1, (1, 2))


# The digits that look like none after a change: a mirrored 5 may pass for a 2, a 9 that lies on
# its left side for a 5.
_TURNED = ((_mirror, (3, 4, 7, 9)), (_lay_left, (1, 2, 3, 8)), (_lay_right, (1, 2, 3, 4, 7, 8)))


def turn_digits(train: LabelledImages, n: int, rng: np.random.Generator) -> Images:
    """Mirror digits or lay them on their side, where that makes no other digit of them.

    Args:
        train: Images of digits, labelled 0 to 9.
        n: Number of pictures: half mirrored, a quarter turned to either side, or all mirrored if
            they are not square; bare paper where there is no digit that would do.
        rng: Source of randomness.

    Example:
        >>> three = np.zeros((1, 4, 4), np.uint8)
        >>> three[0, :, 3] = 255
        >>> digits = LabelledImages(three, np.array([3], np.uint8))
        >>> turn_digits(digits, 2, np.random.default_rng(0))[0, 0].tolist()
        [255, 0, 0, 0]
    """
    height, width = train.images.shape[1:]
    parts = [np.zeros((0, height, width), np.uint8)]
    shares = (n - n // 2, n // 4, n // 2 - n // 4) if height == width else (n, 0, 0)
    for (turn, labels), share in zip(_TURNED, shares, strict=True):
        fitting = np.flatnonzero(np.isin(train.labels, labels))
        if len(fitting):
            parts.append(turn(train.images[rng.choice(fitting, share)]))
        else:
            parts.append(np.zeros((share, height, width), np.uint8))
    return np.concatenate(parts)


def shuffle_quarters(images: Images, rng: np.random.Generator) -> Images:
    """Exchange the quarters of each image, so that none stays in its place.

    Args:
        images: Shape (n, height, width), uint8, height and width even.
        rng: Source of randomness.

    Returns:
        Shape (n, height, width), uint8.

    Raises:
        ValueError: If height or width is odd.

    Example:
        >>> quarters = np.array([[[1, 2], [3, 4]]], np.uint8)
        >>> bool((shuffle_quarters(quarters, np.random.default_rng(0)) == quarters).any())
        False
    """
    n, height, width = images.shape
    if height % 2 or width % 2:
        raise ValueError(f"`images` must have even sides; received {height}x{width} pixels")
    orders = np.array([(1, 0, 3, 2), (2, 3, 0, 1), (3, 2, 1, 0), (1, 2, 3, 0), (3, 0, 1, 2)])
    chosen = orders[rng.integers(0, len(orders), n)]
    quarters = images.reshape(n, 2, height // 2, 2, width // 2).swapaxes(2, 3)
    quarters = quarters.reshape(n, 4, height // 2, width // 2)
    moved = quarters[np.arange(n)[:, np.newaxis], chosen]
    moved = moved.reshape(n, 2, 2, height // 2, width // 2).swapaxes(2, 3)
    return np.ascontiguousarray(moved.reshape(n, height, width))
