"""Blur: through frosted glass, and by a moving camera.

Comes in: clean images and a generator. Goes out: blurred images. It does not know the other
corruptions. Parameters: `corruptions.py` of https://github.com/google-research/mnist-c.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from inkdigits.array_types import Int64, UInt8
from inkdigits.arrays import WHITE, Images
from inkdigits.evaluation.corruptions.shares import SIDE, Shares, to_bytes, to_shares

# Glass, severity 1: blur, reach of a swap, rounds.
_GLASS_SIGMA, _GLASS_REACH, _GLASS_ROUNDS = 0.7, 1, 2
# Pixels that may be swapped, from the lower right to the upper left, as indices into 28 x 28.
_GLASS_SITES = np.array(
    [
        row * SIDE + column
        for row in range(SIDE - _GLASS_REACH, _GLASS_REACH, -1)
        for column in range(SIDE - _GLASS_REACH, _GLASS_REACH, -1)
    ]
)
# Every second pixel is swapped, with itself or with the pixel left, above or left above: the
# published offsets are -1 and 0. So of eight equal chances five change nothing.
_GLASS_STEPS = np.array([0, 0, 0, 0, 0, 1, SIDE, SIDE + 1])

# Motion, severity 1: radius and sigma in pixels, largest angle in degrees.
_MOTION_RADIUS, _MOTION_SIGMA, _MOTION_ANGLE = 10, 3.0, 45.0


def glass_blur(images: Images, rng: np.random.Generator) -> Images:
    """Blur a little, swap neighbouring pixels at random in two rounds, blur again.

    Blurring works along columns only, with a standard deviation of 0.7 pixels. That is what the
    published code did with scikit-image 0.15 and older: told that the last axis held colours, it
    left the pixels of a row apart.

    Args:
        images: Shape (n, 28, 28), uint8.
        rng: Where the swaps come from.

    Returns:
        The same shape. The first row and column take no part in the swaps.

    Example:
        >>> edge = np.zeros((1, 28, 28), dtype=np.uint8)
        >>> edge[:, :, 0] = 255
        >>> bool((glass_blur(edge, np.random.default_rng(0)) == edge).all())
        True
    """
    softened = to_bytes(_blur_columns(to_shares(images)))
    moves = rng.integers(0, 8, (len(images), _GLASS_ROUNDS * len(_GLASS_SITES)), dtype=np.uint8)
    return to_bytes(_blur_columns(to_shares(_swap(softened, moves))))


def _blur_columns(shares: Shares) -> Shares:
    blurred: Shares = gaussian_filter1d(shares, _GLASS_SIGMA, axis=1, mode="nearest")
    return blurred


def _swap(images: Images, moves: UInt8[np.ndarray, "n steps"]) -> Images:
    """Swap pixels site by site, in all images at once; an image's swaps follow one another."""
    pixels = np.ascontiguousarray(images.reshape(len(images), SIDE * SIDE).T)
    every = np.arange(len(images))
    sites = np.tile(_GLASS_SITES, _GLASS_ROUNDS)
    partners = sites[:, np.newaxis] - _GLASS_STEPS[moves.T]
    for site, partner in zip(sites, partners, strict=True):
        kept = pixels[site].copy()
        pixels[site] = pixels[partner, every]
        pixels[partner, every] = kept
    return np.ascontiguousarray(pixels.T).reshape(images.shape)


def motion_blur(images: Images, rng: np.random.Generator) -> Images:
    """Smear each image along a line, at a random angle of up to 45 degrees from the horizontal.

    The line has 21 points; the k-th weighs exp(-k² / 18), so ink leaves a tail to its left. It
    follows ImageMagick's `MotionBlurImage` (`MagickCore/effect.c`), which made the published
    images: points are whole pixels, and what lies outside has the grey of the nearest border.

    Args:
        images: Shape (n, 28, 28), uint8.
        rng: Where the angles come from.

    Returns:
        The same shape.

    Example:
        >>> dot = np.zeros((1, 28, 28), dtype=np.uint8)
        >>> dot[0, 14, 24] = 255
        >>> int(motion_blur(dot, np.random.default_rng(0))[0, 14, 24])
        60
    """
    reach = np.arange(2 * _MOTION_RADIUS + 1)
    weights = np.exp(-(reach**2) / (2 * _MOTION_SIGMA**2))
    angles = np.radians(rng.uniform(-_MOTION_ANGLE, _MOTION_ANGLE, (len(images), 1)))
    down = np.ceil(reach * np.sin(angles) - 0.5).astype(np.int64)
    right = np.ceil(reach * np.cos(angles) - 0.5).astype(np.int64)
    shares = to_shares(images)
    blurred = np.zeros_like(shares)
    for k, weight in enumerate(weights / weights.sum()):
        blurred += weight * _shifted(shares, down[:, k], right[:, k])
    return to_bytes(blurred + 0.5 / WHITE)  # ImageMagick rounds to the nearest level


def _shifted(
    shares: Shares,
    down: Int64[np.ndarray, " n"],
    right: Int64[np.ndarray, " n"],
) -> Shares:
    """Look, in each image, so many pixels down and to the right; borders go on for ever."""
    pixel = np.arange(SIDE)
    rows = (pixel + down[:, np.newaxis]).clip(0, SIDE - 1)
    columns = (pixel + right[:, np.newaxis]).clip(0, SIDE - 1)
    every = np.arange(len(shares))[:, np.newaxis, np.newaxis]
    moved: Shares = shares[every, rows[:, :, np.newaxis], columns[:, np.newaxis, :]]
    return moved
