"""Blots and parts of frames: ink on a form or a sheet of squared paper that nobody wrote as a sign.

Comes in: how many, their size, a source of randomness. Goes out: images in the form of MNIST.
"""

from __future__ import annotations

import cv2
import numpy as np

from inkdigits.arrays import WHITE, Image, Images
from inkdigits.imaging.normalise import to_mnist

_SIDE = 64  # pixels of the picture that is drawn on
_CORNERS = 48  # of a blot's outline
_WAVES = 5  # of which its outline is the sum
_FLATNESS = (1.1, 4.0)  # width over height: an upright bar of ink would be a 1
_PEN = (3, 9)  # pixels
_MARGIN = 4  # pixels

# Ends of strokes in a rectangle, x to the right and y down. Left out is what a person may take
# for a digit: the corner at the upper right, a 7, and an upright rectangle, a 0.
_PARTS = (
    ((0, 0), (0, 1), (1, 1)),  # the corner at the lower left
    ((1, 0), (0, 0), (0, 1)),  # upper left
    ((1, 0), (1, 1), (0, 1)),  # lower right
    ((0, 1), (0, 0), (1, 0), (1, 1)),  # three sides, open below
    ((0, 0), (0, 1), (1, 1), (1, 0)),  # above
    ((1, 0), (0, 0), (0, 1), (1, 1)),  # on the right
    ((0, 0), (1, 0), (1, 1), (0, 1)),  # on the left
)


def draw_blots(n: int, size: int, box: int, rng: np.random.Generator) -> Images:
    """Draw blots, parts of frames, and crossings of squared paper.

    Args:
        n: Number of images, every third of a kind.
        size: Height and width in pixels.
        box: Length in pixels of the longer side of what is drawn, 1 to `size`.
        rng: Source of randomness.

    Returns:
        Shape (n, size, size), uint8, as `to_mnist` returns them.

    Example:
        >>> draw_blots(3, 28, 20, np.random.default_rng(0)).max(axis=(1, 2)).tolist()
        [255, 255, 255]
    """
    kinds = (_blot, _frame, _grid)
    images = np.zeros((n, size, size), np.uint8)
    for i, image in enumerate(images):
        image[:] = to_mnist(kinds[i % 3](rng), size, box)
    return images


def _blot(rng: np.random.Generator) -> Image:
    """Fill an outline whose distance from the middle is a sum of waves."""
    around = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    waves = np.arange(1, _WAVES + 1)[:, np.newaxis]
    heights = rng.normal(0.0, 0.25, (_WAVES, 1)) / waves
    away = 1 + (heights * np.cos(waves * around + rng.uniform(0, 2 * np.pi, (_WAVES, 1)))).sum(0)
    away = np.clip(away, 0.2, None)
    flatness = np.exp(rng.uniform(*np.log(_FLATNESS)))
    outline = np.column_stack([flatness * np.cos(around), np.sin(around)]) * away[:, np.newaxis]
    outline *= (_SIDE / 2 - _MARGIN) / np.abs(outline).max()
    picture = np.zeros((_SIDE, _SIDE), np.uint8)
    cv2.fillPoly(picture, [np.rint(outline + _SIDE / 2).astype(np.int32)], WHITE)
    return picture


def _frame(rng: np.random.Generator) -> Image:
    """Draw some sides of a rectangle, at least half as wide as it is high."""
    half = (_SIDE / 2 - _MARGIN) * rng.uniform((0.5, 0.25), (1.0, 0.95))
    if half[0] < half[1] / 2:
        half = half[::-1]
    corners = 2 * np.array(_PARTS[rng.integers(len(_PARTS))]) - 1
    return _lines([corners * half], rng)


def _grid(rng: np.random.Generator) -> Image:
    """Draw one to three lines across and one to three upright ones, not all equally long."""
    reach = _SIDE / 2 - _MARGIN
    counts = rng.integers(1, 4, 2)
    lines = []
    for axis in (0, 1):
        # An upright line beside a bar would be a 4 or a 7, so each stands well inside the others.
        for place in np.linspace(-1, 1, counts[axis] + 2)[1:-1] * reach:
            end = reach * rng.uniform(0.8, 1.0)
            line = np.array([[-end, place], [end, place]])
            lines.append(line if axis else line[:, ::-1])
    return _lines(lines, rng)


def _lines(lines: list[np.ndarray], rng: np.random.Generator) -> Image:
    """Draw lines around the middle of a picture, turned by a few degrees."""
    turn = np.deg2rad(rng.normal(0.0, 2.0))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    picture = np.zeros((_SIDE, _SIDE), np.uint8)
    places = [np.rint(line @ rotation.T + _SIDE / 2).astype(np.int32) for line in lines]
    cv2.polylines(picture, places, False, WHITE, int(rng.integers(*_PEN)))
    return picture
