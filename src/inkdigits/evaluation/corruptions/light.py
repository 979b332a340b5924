"""Light: too much of it, half of it inverted, and fog.

Comes in: clean images and a generator. Goes out: images lit otherwise. It does not know the other
corruptions. Parameters: `corruptions.py` of https://github.com/google-research/mnist-c.
"""

from __future__ import annotations

import numpy as np

from inkdigits.array_types import Float32
from inkdigits.arrays import WHITE, Images
from inkdigits.evaluation.corruptions.shares import SIDE, to_bytes, to_shares

_BRIGHTENING = 0.5  # severity 5, added to the share of white
_STRIPE = slice(7, 21)  # the columns that are not inverted

# Fog, severity 5: its strength against the digit's, and how fast its detail fades.
_FOG_STRENGTH, _FOG_DECAY = 3.0, 1.4
_FOG_SIDE = 256  # side of the square of fog whose corner lies over the digit
_FOG_BATCH = 8  # squares made at a time: as many as a processor's cache holds


def brightness(images: Images, rng: np.random.Generator) -> Images:
    """Add half of white to every pixel.

    Args:
        images: Shape (n, 28, 28), uint8.
        rng: Not drawn from.

    Returns:
        The same shape; 127 and more. The upper half of the greys becomes white.

    Example:
        >>> greys = np.array([[[0, 51, 128, 255]]], dtype=np.uint8)
        >>> brightness(greys, np.random.default_rng(0)).tolist()
        [[[127, 178, 255, 255]]]
    """
    return to_bytes(to_shares(images) + _BRIGHTENING)


def stripe(images: Images, rng: np.random.Generator) -> Images:
    """Invert the seven columns at the left and the seven at the right.

    Args:
        images: Shape (n, 28, 28), uint8.
        rng: Not drawn from.

    Returns:
        The same shape.

    Example:
        >>> black = np.zeros((1, 28, 28), dtype=np.uint8)
        >>> stripe(black, np.random.default_rng(0))[0, 0, 5:9].tolist()
        [255, 255, 0, 0]
    """
    inverted = WHITE - images
    inverted[:, :, _STRIPE] = images[:, :, _STRIPE]
    return inverted


def fog(images: Images, rng: np.random.Generator) -> Images:
    """Lay fog over each image: clouds thrice as strong as its ink, dimmed to its brightest pixel.

    A cloud is the corner of a square of 256 x 256, made by the diamond-square algorithm (Fournier,
    Fussell and Carpenter, "Computer Rendering of Stochastic Models", 1982) with wrapped borders
    and scaled to between 0 and 1.

    Args:
        images: Shape (n, 28, 28), uint8.
        rng: Where the clouds come from.

    Returns:
        The same shape; contrast is a quarter of what it was where the image has white. Black
        stays black where there is no ink at all.

    Example:
        >>> white = np.full((1, 28, 28), 255, dtype=np.uint8)
        >>> int(fog(white, np.random.default_rng(0)).min()) >= 63
        True
    """
    shares = to_shares(images)
    brightest = shares.max(axis=(1, 2), keepdims=True)
    clouds = np.empty_like(shares)
    for start in range(0, len(images), _FOG_BATCH):
        batch = clouds[start : start + _FOG_BATCH]
        batch[...] = _clouds(rng, len(batch))[:, :SIDE, :SIDE]
    mixed = shares + _FOG_STRENGTH * clouds
    return to_bytes(mixed * brightest / (brightest + _FOG_STRENGTH))


def _clouds(rng: np.random.Generator, n: int) -> Float32[np.ndarray, "n side side"]:
    """Make squares of fog, each scaled to between 0 and 1."""
    noise = 2 * rng.random((n, _FOG_SIDE**2 - 1), dtype=np.float32) - 1
    grid = np.zeros((n, 1, 1), dtype=np.float32)
    amplitude = 1.0
    while grid.shape[1] < _FOG_SIDE:
        points = 3 * grid[0].size
        grid = _refine(grid, np.float32(amplitude) * noise[:, :points])
        noise = noise[:, points:]
        # The published code scales noise twice, by its amplitude and by its range.
        amplitude /= _FOG_DECAY**2
    low = grid.min(axis=(1, 2), keepdims=True)
    clouds: Float32[np.ndarray, "n side side"] = grid - low
    clouds /= clouds.max(axis=(1, 2), keepdims=True)
    return clouds


def _refine(
    grid: Float32[np.ndarray, "n side side"], noise: Float32[np.ndarray, "n points"]
) -> Float32[np.ndarray, "n finer finer"]:
    """Double a grid's side: new points are the mean of their four neighbours, plus noise."""
    n, side, _ = grid.shape
    for_centres, for_tops, for_lefts = noise.reshape(n, 3, side, side).transpose(1, 0, 2, 3)
    right, below = np.roll(grid, -1, axis=2), np.roll(grid, -1, axis=1)
    across = grid + right
    centres = (across + np.roll(across, -1, axis=1)) / 4 + for_centres
    tops = (across + centres + np.roll(centres, 1, axis=1)) / 4 + for_tops
    lefts = (grid + below + centres + np.roll(centres, 1, axis=2)) / 4 + for_lefts
    finer = np.empty((n, 2 * side, 2 * side), dtype=np.float32)
    finer[:, ::2, ::2], finer[:, ::2, 1::2] = grid, tops
    finer[:, 1::2, ::2], finer[:, 1::2, 1::2] = lefts, centres
    return finer
