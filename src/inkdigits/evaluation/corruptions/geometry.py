"""Geometry: digits that lean, shrink, turn and move.

Comes in: clean images and a generator. Goes out: images with their ink elsewhere. It does not
know the other corruptions. Parameters: `corruptions.py` of
https://github.com/google-research/mnist-c.

Pixels in between are interpolated linearly and there is black outside, as in scikit-image's
`warp`, which made the published images.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, sin
from typing import TypeAlias

import numpy as np
from scipy.ndimage import affine_transform

from inkdigits.array_types import Float64, Int64
from inkdigits.arrays import Images
from inkdigits.evaluation.corruptions.shares import SIDE, Shares, to_bytes, to_shares

# Where an output pixel takes its grey from: (row, column) from the centre, times this matrix.
Matrix: TypeAlias = Float64[np.ndarray, "2 2"]

_SHEAR = 0.4  # severity 2, radians
_SCALE = 0.7  # severity 3, size of the digit against before
_ROTATION = 0.4  # severity 2, radians
_SHIFT = 3  # severity 3, pixels


def shear(images: Images, rng: np.random.Generator) -> Images:
    """Lean each image to the left or to the right by 0.4 radians, around its centre.

    Up to scikit-image 0.15, with which the published images were made, shear by s took the grey
    from (x - y sin s, y cos s), which also stretches an image by 1 / cos s = 1.09 in height.

    Args:
        images: Shape (n, 28, 28), uint8.
        rng: Where the directions come from.

    Returns:
        The same shape.

    Example:
        >>> dot = np.zeros((1, 28, 28), dtype=np.uint8)
        >>> dot[0, 4:6, 13:15] = 255
        >>> int(shear(dot, np.random.default_rng(0))[0, 4, 13])
        0
    """
    return _either_way(images, rng, _shear_matrix)


def scale(images: Images, rng: np.random.Generator) -> Images:
    """Shrink each image to 70 % of its size, around its centre.

    Args:
        images: Shape (n, 28, 28), uint8.
        rng: Not drawn from: all images shrink alike.

    Returns:
        The same shape.

    Example:
        >>> white = np.full((1, 28, 28), 255, dtype=np.uint8)
        >>> scale(white, np.random.default_rng(0))[0, 14, :7].tolist()
        [0, 0, 0, 0, 236, 255, 255]
    """
    return _warp(images, np.eye(2) / _SCALE)


def rotate(images: Images, rng: np.random.Generator) -> Images:
    """Turn each image to the left or to the right by 0.4 radians (23 degrees).

    Args:
        images: Shape (n, 28, 28), uint8.
        rng: Where the directions come from.

    Returns:
        The same shape.

    Example:
        >>> white = np.full((1, 28, 28), 255, dtype=np.uint8)
        >>> turned = rotate(white, np.random.default_rng(0))
        >>> int(turned[0, 14, 14]), int(turned[0, 0, 0])
        (255, 0)
    """
    return _either_way(images, rng, _rotation_matrix)


def translate(images: Images, rng: np.random.Generator) -> Images:
    """Move each image by three pixels up or down, and by three to the left or to the right.

    Args:
        images: Shape (n, 28, 28), uint8.
        rng: Where the directions come from.

    Returns:
        The same shape; black moves in, and what leaves the image is lost.

    Example:
        >>> dot = np.zeros((1, 28, 28), dtype=np.uint8)
        >>> dot[0, 14, 14] = 255
        >>> np.abs(np.argwhere(translate(dot, np.random.default_rng(0))[0]) - 14).tolist()
        [[3, 3]]
    """
    padded = np.pad(images, ((0, 0), (_SHIFT, _SHIFT), (_SHIFT, _SHIFT)))
    first = _SHIFT + _SHIFT * _directions(rng, (len(images), 2))
    pixel = np.arange(SIDE)
    rows = (first[:, :1] + pixel)[:, :, np.newaxis]
    columns = (first[:, 1:] + pixel)[:, np.newaxis, :]
    return padded[np.arange(len(images))[:, np.newaxis, np.newaxis], rows, columns]


def _shear_matrix(direction: int) -> Matrix:
    angle = direction * _SHEAR
    return np.array([[cos(angle), 0], [-sin(angle), 1]])


def _rotation_matrix(direction: int) -> Matrix:
    angle = direction * _ROTATION
    return np.array([[cos(angle), sin(angle)], [-sin(angle), cos(angle)]])


def _directions(rng: np.random.Generator, shape: tuple[int, ...]) -> Int64[np.ndarray, "*shape"]:
    """Draw -1 or 1."""
    return 2 * rng.integers(0, 2, shape) - 1


def _either_way(
    images: Images, rng: np.random.Generator, matrix: Callable[[int], Matrix]
) -> Images:
    """Warp each image with one of two matrices, by a throw of a coin."""
    directions = _directions(rng, (len(images),))
    warped = np.empty_like(images)
    for direction in (-1, 1):
        warped[directions == direction] = _warp(images[directions == direction], matrix(direction))
    return warped


def _warp(images: Images, matrix: Matrix) -> Images:
    # All images in one call: the axis of images, in front, stays as it is.
    stacked = np.eye(3)
    stacked[1:, 1:] = matrix
    centre = np.array([0, (SIDE - 1) / 2, (SIDE - 1) / 2])
    shares: Shares = affine_transform(
        to_shares(images), stacked, centre - stacked @ centre, order=1, mode="grid-constant"
    )
    return to_bytes(shares)
