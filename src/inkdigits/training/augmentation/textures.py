"""Textures that lie over training images: grain, clouds, slopes, patches and strokes.

Comes in: a size. Goes out: a fixed bank of them, from which every image draws one. They stand for
what paper, light and other ink do to a digit; none is one of the corruptions that networks are
measured on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from inkdigits.array_types import Float32, Float64
from inkdigits.training.augmentation.elastic import spline_weights

TEXTURES = 2500
_SEED = 20_250_611

_Textures = Float64[np.ndarray, "n height width"]


def texture_bank(
    size: tuple[int, int], count: int = TEXTURES
) -> Float32[np.ndarray, "count height width 1"]:
    """Draw textures, a fifth of each kind.

    Args:
        size: Height and width in pixels.
        count: Number of textures, a multiple of 5.

    Returns:
        Values from -1 (takes all ink away) to 1 (full ink); the same bank at every call.

    Example:
        >>> bank = texture_bank((28, 28), 10)
        >>> bank.shape, float(abs(bank).max()) <= 1.0
        ((10, 28, 28, 1), True)
    """
    rng = np.random.default_rng(_SEED)
    kinds: list[Callable[[int, tuple[int, int], np.random.Generator], _Textures]] = [
        _grain,
        _clouds,
        _slopes,
        _patches,
        _stray_strokes,
    ]
    parts = [kind(count // len(kinds), size, rng) for kind in kinds]
    bank = np.concatenate(parts).astype(np.float32)[..., np.newaxis]
    return bank.clip(-1.0, 1.0)


def _grain(n: int, size: tuple[int, int], rng: np.random.Generator) -> _Textures:
    """Every pixel by itself, normally distributed."""
    return 0.4 * rng.standard_normal((n, *size))


def _clouds(n: int, size: tuple[int, int], rng: np.random.Generator) -> _Textures:
    """Smooth over 3 to 14 pixels, darker or brighter than the paper as a whole."""
    clouds = np.empty((n, *size))
    for i in range(n):
        points = int(rng.integers(5, 12))
        rows, columns = (spline_weights(side, points) for side in size)
        grid = rng.standard_normal((points, points))
        clouds[i] = rows @ grid @ columns.T + rng.uniform(-0.7, 0.7)
    return clouds


def _slopes(n: int, size: tuple[int, int], rng: np.random.Generator) -> _Textures:
    """Brightness that rises from one side of the image to the other."""
    down, right = np.mgrid[-1 : 1 : size[0] * 1j, -1 : 1 : size[1] * 1j]
    angle = rng.uniform(0.0, 2 * np.pi, (n, 1, 1))
    offset = rng.uniform(-0.5, 1.0, (n, 1, 1))
    slopes: _Textures = (np.cos(angle) * right + np.sin(angle) * down) / np.sqrt(2) + offset
    return slopes


def _patches(n: int, size: tuple[int, int], rng: np.random.Generator) -> _Textures:
    """One to four rectangles of ink or of bare paper, a sixth to a third of a side long."""
    patches = np.zeros((n, *size))
    for i in range(n):
        for _ in range(int(rng.integers(1, 5))):
            (top, height), (left, width) = (_span(side, rng) for side in size)
            value = rng.uniform(0.5, 1.0) * rng.choice([-1.0, 1.0])
            patches[i, top : top + height, left : left + width] = value
    return patches


def _stray_strokes(n: int, size: tuple[int, int], rng: np.random.Generator) -> _Textures:
    """One to three thin strokes of ink, bent or straight, from one side of the image to another."""
    drawn = np.zeros((n, *size))
    t = np.linspace(-1.0, 1.0, 64)
    for i in range(n):
        for _ in range(int(rng.integers(1, 4))):
            angle = rng.uniform(0.0, 2 * np.pi)
            way = 0.75 * np.array([[np.cos(angle)], [np.sin(angle)]])
            middle = rng.uniform(0.15, 0.85, (2, 1))
            bend = rng.normal(0.0, 0.25, (2, 1))
            curve = middle + way * t + bend * t**2
            pen = rng.uniform(0.4, 0.9)
            down, right = (
                np.exp(-(((np.arange(side)[:, np.newaxis] - side * place) / pen) ** 2))
                for side, place in zip(size, curve, strict=True)
            )
            drawn[i] += np.minimum(down @ right.T, 1.0)
    return drawn


def _span(side: int, rng: np.random.Generator) -> tuple[int, int]:
    length = int(rng.integers(max(1, side // 6), max(1, side // 3) + 1))
    return int(rng.integers(0, side - length + 1)), length
