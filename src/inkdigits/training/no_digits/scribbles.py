"""Scribbles: pictures of a few strokes that mean nothing.

Comes in: how many, their size, a source of randomness. Goes out: images. They are not brought to
the size of a digit.
"""

from __future__ import annotations

import numpy as np

from inkdigits.array_types import Float32
from inkdigits.arrays import Images

_STROKES = (3, 7)  # fewer strokes are a digit too often: one is a 1, two are a 4 or a 7
_POINTS_OF_A_STROKE = 32
_BLOCK = 16  # pictures drawn at once: their dots stay in the processor's cache
_FAINT = 40.0  # e^-40 leaves no trace, and no product of two is a subnormal, slow number


def draw_scribbles(n: int, size: tuple[int, int], rng: np.random.Generator) -> Images:
    """Draw pictures of three to six strokes each, straight or bent, with a round pen.

    Args:
        n: Number of pictures.
        size: Height and width in pixels.
        rng: Source of randomness.

    Returns:
        Shape (n, height, width), uint8; 0 is paper, 255 is full ink.

    Example:
        >>> drawn = draw_scribbles(2, (28, 28), np.random.default_rng(0))
        >>> drawn.shape, bool((drawn.max(axis=(1, 2)) > 200).all())
        ((2, 28, 28), True)
    """
    drawn = np.zeros((n, *size), np.uint8)
    for start in range(0, n, _BLOCK):
        block = drawn[start : start + _BLOCK]
        block[:] = (255 * _scribbles(len(block), size, rng)).round()
    return drawn


def _scribbles(
    n: int, size: tuple[int, int], rng: np.random.Generator
) -> Float32[np.ndarray, "n height width"]:
    """Draw n pictures, at least one; ink from 0 to 1."""
    strokes = rng.integers(*_STROKES, n)
    pens = np.repeat(rng.uniform(0.7, 1.5, n).astype(np.float32), strokes)
    first_strokes = np.cumsum(strokes) - strokes
    ink = np.add.reduceat(_draw_strokes(pens, size, rng), first_strokes, axis=0)
    return ink.clip(max=1.0)


def _draw_strokes(
    pens: Float32[np.ndarray, " n"], size: tuple[int, int], rng: np.random.Generator
) -> Float32[np.ndarray, "n height width"]:
    """Draw a quadratic Bezier curve with each pen.

    A round Gaussian pen is the product of one along each side, so a stroke is a product of two
    matrices; its ink saturates where its dots overlap.
    """
    ends = rng.uniform(0.1, 0.9, (len(pens), 3, 2, 1))
    straight = rng.random((len(pens), 1, 1)) < 0.5
    ends[:, 1] = np.where(straight, (ends[:, 0] + ends[:, 2]) / 2, ends[:, 1])
    t = np.linspace(0.0, 1.0, _POINTS_OF_A_STROKE)
    curves = (1 - t) ** 2 * ends[:, 0] + 2 * t * (1 - t) * ends[:, 1] + t**2 * ends[:, 2]
    down, right = (
        _dots(side, (side * places).astype(np.float32), pens)
        for side, places in zip(size, curves.swapaxes(0, 1), strict=True)
    )
    ink: Float32[np.ndarray, "n height width"] = down @ right.swapaxes(1, 2)
    return ink.clip(max=1.0)


def _dots(
    side: int, places: Float32[np.ndarray, "n points"], pens: Float32[np.ndarray, " n"]
) -> Float32[np.ndarray, "n side points"]:
    """Return the pen's Gaussian around each place, along one side."""
    away = np.arange(side, dtype=np.float32)[:, np.newaxis] - places[:, np.newaxis]
    away /= pens[:, np.newaxis, np.newaxis]
    dots: Float32[np.ndarray, "n side points"] = np.exp(-np.minimum(away * away, _FAINT))
    return dots
