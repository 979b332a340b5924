"""Overlays: mud, a dotted line and a zigzag across the digit.

Comes in: clean images and a generator. Goes out: images with something drawn over them. It does
not know the other corruptions. Parameters: `corruptions.py` of
https://github.com/google-research/mnist-c.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

import numpy as np
from scipy.ndimage import gaussian_filter

from inkdigits.array_types import Float64
from inkdigits.arrays import WHITE, Images
from inkdigits.evaluation.corruptions.shares import SIDE, Shares, to_bytes, to_shares

# Spatter, severity 4: the liquid's mean, spread, smoothing and threshold; then the smoothing of
# its drops, what is thick enough to be seen, and its grey.
_LIQUID_MEAN, _LIQUID_SPREAD, _LIQUID_SIGMA, _LIQUID_THRESHOLD = 0.65, 0.3, 1.0, 0.65
_DROP_SIGMA, _DROP_THRESHOLD, _MUD = 1.5, 0.8, 63 / WHITE

_LINE_REACH = 2.3  # pixels from a line's middle, in the formula of its ink
_ROWS = 27  # lines begin and end at rows 0 to 26
_DOTTED_END = 27  # column where a dotted line ends; it begins in column 0
_DOT = 2  # columns of a dot, and of the gap before it
_ZIGZAG_START, _ZIGZAG_END = 2, 25  # columns
_ZIGZAG_RISE = 5  # a zigzag ends at most 5 rows above its start and at most 4 below

Numbers: TypeAlias = Float64[np.ndarray, "n"]


def spatter(images: Images, rng: np.random.Generator) -> Images:
    """Spatter mud of a dark grey over each image.

    Drops are where smoothed random numbers are high; mud hides ink as far as it is thick.

    Args:
        images: Shape (n, 28, 28), uint8.
        rng: Where the drops come from.

    Returns:
        The same shape.

    Example:
        >>> black = np.zeros((1, 28, 28), dtype=np.uint8)
        >>> 50 < int(spatter(black, np.random.default_rng(0)).max()) <= 63
        True
    """
    liquid = rng.normal(_LIQUID_MEAN, _LIQUID_SPREAD, images.shape)
    wet = _smooth(liquid, _LIQUID_SIGMA) > _LIQUID_THRESHOLD
    mud = _smooth(wet.astype(np.float64), _DROP_SIGMA)
    mud[mud < _DROP_THRESHOLD] = 0
    return to_bytes(to_shares(images) * (1 - mud) + _MUD * mud)


def _smooth(shares: Shares, sigma: float) -> Shares:
    smoothed: Shares = gaussian_filter(shares, sigma, mode="nearest", axes=(1, 2))
    return smoothed


def dotted_line(images: Images, rng: np.random.Generator) -> Images:
    """Draw a dotted white line from the left border, at a random row, to the right one.

    Args:
        images: Shape (n, 28, 28), uint8.
        rng: Where the two rows come from.

    Returns:
        The same shape; two columns without ink, two with, and so on. Column 27 has none.

    Example:
        >>> black = np.zeros((1, 28, 28), dtype=np.uint8)
        >>> line = dotted_line(black, np.random.default_rng(0))[0]
        >>> np.flatnonzero(line.any(axis=0)).tolist()
        [2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26]
    """
    start, end = rng.integers(0, _ROWS, (len(images), 2)).astype(np.float64).T
    left = np.zeros(len(images))
    line = _line(left, start, left + _DOTTED_END, end)
    line[:, :, np.arange(SIDE) // _DOT % 2 == 0] = 0
    return to_bytes(to_shares(images) + line)


def zigzag(images: Images, rng: np.random.Generator) -> Images:
    """Draw a white zigzag from left to right, around a line that may rise or fall a little.

    Along that line its corners follow one another every four pixels, two pixels to either side.

    Args:
        images: Shape (n, 28, 28), uint8.
        rng: Where its row and its rise come from.

    Returns:
        The same shape; nothing is drawn in columns 0, 1, 26 and 27.

    Example:
        >>> black = np.zeros((1, 28, 28), dtype=np.uint8)
        >>> line = zigzag(black, np.random.default_rng(0))[0]
        >>> np.flatnonzero(line.any(axis=0))[:3].tolist()
        [2, 3, 4]
    """
    start, rise = rng.integers(
        [0, -_ZIGZAG_RISE], [_ROWS, _ZIGZAG_RISE], (len(images), 2)
    ).T.astype(np.float64)
    corners = _zigzag_corners(start, rise)
    shares = to_shares(images)
    for (column, row), (next_column, next_row) in pairwise(corners):
        shares += _line(column, row, next_column, next_row)
    return to_bytes(shares)


def _zigzag_corners(start: Numbers, rise: Numbers) -> list[tuple[Numbers, Numbers]]:
    """Return columns and rows of a zigzag's eight corners, for each image."""
    angle = np.arctan(rise / (_ZIGZAG_END - _ZIGZAG_START))
    length = (_ZIGZAG_END - _ZIGZAG_START) / np.cos(angle)
    side = np.ones_like(start)
    # With a length of 23.0 to 23.5 pixels there are always eight corners; the published formula
    # puts the last one a third of a pixel to the side.
    path = [(0 * side, 0 * side)]
    path += [((2 + 4 * k) * side, 2 * (-1) ** k * side) for k in range(6)]
    path += [(length, -1 / (length - 20))]
    return [
        (
            _ZIGZAG_START + along * np.cos(angle) - across * np.sin(angle),
            start + along * np.sin(angle) + across * np.cos(angle),
        )
        for along, across in path
    ]


def _line(from_column: Numbers, from_row: Numbers, to_column: Numbers, to_row: Numbers) -> Shares:
    """Draw lines from left to right, one in each image, as shares of white.

    Ink is 1 + log(1 - d / 2.3) at a distance of d rows from a line's middle, and 0 where that is
    negative, which is from 1.45 rows on.
    """
    pixel = np.arange(SIDE)
    slope = (to_row - from_row) / (to_column - from_column)
    middle = from_row[:, np.newaxis] + slope[:, np.newaxis] * (pixel - from_column[:, np.newaxis])
    distance = np.abs(pixel[:, np.newaxis] - middle[:, np.newaxis, :]).clip(0, 2)
    ink = np.maximum(1 + np.log1p(-distance / _LINE_REACH), 0)
    first, last = np.floor(from_column)[:, np.newaxis], np.ceil(to_column)[:, np.newaxis]
    inside = (pixel >= first) & (pixel < last)
    line: Shares = ink * inside[:, np.newaxis, :]
    return line
