"""Noise, pixel by pixel: too few photons, and dead or stuck pixels.

Comes in: clean images and a generator. Goes out: noisy images. It does not know the other
corruptions. Parameters: `corruptions.py` of https://github.com/google-research/mnist-c.
"""

from __future__ import annotations

import numpy as np
from scipy.special import pdtr

from inkdigits.arrays import WHITE, Images
from inkdigits.evaluation.corruptions.shares import to_bytes

_PHOTONS = 3  # severity 5: photons that a white pixel sends on average
_IMPULSES = 0.17  # severity 4: the share of pixels that are overwritten


def shot_noise(images: Images, rng: np.random.Generator) -> Images:
    """Count photons: a Poisson number of them for each pixel, three on average where it is white.

    One uniform number decides a pixel, through the distribution function, so that no pixel's
    noise depends on another pixel's grey. Three photons and more are white.

    Args:
        images: Shape (n, 28, 28), uint8.
        rng: Where the noise comes from.

    Returns:
        The same shape; each pixel 0, 85, 170 or 255. Black stays black.

    Example:
        >>> white = np.full((1, 28, 28), 255, dtype=np.uint8)
        >>> np.unique(shot_noise(white, np.random.default_rng(0))).tolist()
        [0, 85, 170, 255]
    """
    means = np.arange(WHITE + 1) * (_PHOTONS / WHITE)
    uniform = rng.random(images.shape)
    photons = np.zeros(images.shape)
    for fewer in range(_PHOTONS):
        photons += uniform >= pdtr(fewer, means)[images]
    return to_bytes(photons / _PHOTONS)


def impulse_noise(images: Images, rng: np.random.Generator) -> Images:
    """Overwrite 17 % of the pixels, half of them with black and half with white.

    Args:
        images: Shape (n, 28, 28), uint8.
        rng: Where the noise comes from.

    Returns:
        The same shape; pixels that are not hit keep their grey.

    Example:
        >>> grey = np.full((1, 28, 28), 90, dtype=np.uint8)
        >>> np.unique(impulse_noise(grey, np.random.default_rng(0))).tolist()
        [0, 90, 255]
    """
    uniform = rng.random(images.shape)
    noisy = images.copy()
    noisy[uniform < _IMPULSES / 2] = 0
    noisy[uniform >= 1 - _IMPULSES / 2] = WHITE
    return noisy
