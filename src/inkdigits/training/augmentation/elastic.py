"""Elastic deformation: each pixel sampled a little way off, neighbours in nearly the same way.

Comes in: displacements at the points of a coarse grid. Goes out: a displacement for every pixel,
smooth all over, after Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural
Networks Applied to Visual Document Analysis", 2003; the field is a uniform cubic B-spline in place
of their blurred noise, so that few numbers have to be drawn.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from inkdigits.array_types import Float32

POINTS = 6  # along each side of the grid; the outermost ones lie outside the image


def draw_points(
    strength: float, n: int, rng: np.random.Generator
) -> Float32[np.ndarray, "n points"]:
    """Draw the grid's displacements for n images.

    Args:
        strength: Largest standard deviation in pixels; each image has its own, uniform up to it.
        n: Number of images.
        rng: Source of randomness.

    Returns:
        Shape (n, 2 * POINTS * POINTS), in pixels: to the right at each point, row by row, then
        downwards.

    Example:
        >>> draw_points(0.0, 2, np.random.default_rng(0)).any()
        np.False_
    """
    spread = rng.uniform(0.0, strength, (n, 1))
    return (spread * rng.standard_normal((n, 2 * POINTS * POINTS))).astype(np.float32)


def spline_weights(pixels: int, points: int = POINTS) -> Float32[np.ndarray, "pixels points"]:
    """Return how much each of the grid's points counts at each pixel, along one side.

    Args:
        pixels: Length of the side.
        points: Points along it, at least 4; the second lies on the first pixel and the last but
            one on the last pixel.

    Returns:
        Rows that sum to 1: values of the uniform cubic B-spline (de Boor, "A Practical Guide to
        Splines", 1978).

    Example:
        >>> (6 * spline_weights(2, points=4)).round(3).tolist()
        [[1.0, 4.0, 1.0, 0.0], [0.0, 1.0, 4.0, 1.0]]
    """
    place = np.linspace(1.0, points - 2.0, pixels)[:, np.newaxis]
    distance = np.abs(place - np.arange(points))
    near = 2 / 3 - distance**2 + distance**3 / 2
    far = np.maximum(2.0 - distance, 0.0) ** 3 / 6
    return np.where(distance < 1, near, far).astype(np.float32)


class Elastic:
    """Spreads the grid's displacements over all pixels of images of one size."""

    def __init__(self, size: tuple[int, int]) -> None:
        """Work out the spline.

        Args:
            size: Height and width of the images in pixels.
        """
        self._rows, self._columns = (
            keras.ops.convert_to_tensor(spline_weights(side)) for side in size
        )

    def displacements(self, points: Any) -> tuple[Any, Any]:
        """Return where each pixel is sampled, as a way from its own place.

        Args:
            points: Tensor of shape (n, 2 * POINTS * POINTS), from `draw_points`.

        Returns:
            Two tensors of shape (n, height, width), in pixels: to the right, and downwards.
        """
        grid = keras.ops.reshape(points, (-1, 2, POINTS, POINTS))
        flow = keras.ops.einsum("yi,ndij,xj->ndyx", self._rows, grid, self._columns)
        return flow[:, 0], flow[:, 1]
