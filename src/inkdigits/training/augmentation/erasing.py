"""Random erasing: a rectangle of an image painted over, so that no part alone decides.

Comes in: the share of the images that lose a rectangle. Goes out: one rectangle per image
(`draw_rectangles`, plain NumPy, the same on every backend), and images with it painted over
(`erase`, one call for a whole batch, on whichever backend Keras runs). After Zhong et al., "Random
Erasing Data Augmentation", 2020 (https://arxiv.org/abs/1708.04896), with one grey level for the
whole rectangle in place of noise, so that few numbers have to be drawn.
"""

from __future__ import annotations

from math import log
from typing import Any

import keras
import numpy as np

from inkdigits.array_types import Float32

RECTANGLE = 5  # first row, row after the last, first column, column after the last, grey level
AREAS = (0.02, 0.4)  # of the image; these and the shapes are those of Zhong et al.
SHAPES = (0.3, 1 / 0.3)  # height as a multiple of the width


def draw_rectangles(
    share: float, n: int, size: tuple[int, int], rng: np.random.Generator
) -> Float32[np.ndarray, "n 5"]:
    """Draw what n images lose.

    Args:
        share: Share of the images that lose a rectangle, 0 to 1.
        n: Number of images.
        size: Height and width of the images in pixels.
        rng: Source of randomness.

    Returns:
        Shape (n, 5): a rectangle's first row, the row after its last, its first column and the
        column after its last, in whole pixels, and the grey level that it is painted with, 0 to 1.
        The others have rectangles without a row.

    Example:
        >>> draw_rectangles(0.0, 1, (28, 28), np.random.default_rng(0))[0, :2].tolist()
        [0.0, 0.0]
    """
    erased = rng.random(n) < share
    area = rng.uniform(*AREAS, n)
    shape = np.exp(rng.uniform(log(SHAPES[0]), log(SHAPES[1]), n))
    # Sides of a square image; others stretch the rectangle as they stretch the square.
    sides = np.sqrt([area * shape, area / shape])
    places, level = rng.random((2, n)), rng.random(n)
    pixels = np.array(size)[:, np.newaxis]
    lengths = np.clip(np.round(sides * pixels), 1, pixels) * erased
    first = np.floor(places * (pixels - lengths + 1)) * erased
    top, left = first
    bottom, right = first + lengths
    return np.stack([top, bottom, left, right, level], axis=1).astype(np.float32)


def erase(images: Any, rectangles: Any) -> Any:
    """Paint a rectangle of each image over.

    Args:
        images: Tensor of shape (n, height, width, channels), float32.
        rectangles: Tensor of shape (n, 5), float32, from `draw_rectangles`.

    Returns:
        Tensor of the shape of `images`.
    """
    ops = keras.ops
    top, bottom, left, right, level = (rectangles[:, i, None, None, None] for i in range(RECTANGLE))
    row = ops.arange(images.shape[1], dtype="float32")[:, None, None]
    column = ops.arange(images.shape[2], dtype="float32")[:, None]
    down = ops.logical_and(row >= top, row < bottom)
    across = ops.logical_and(column >= left, column < right)
    return ops.where(ops.logical_and(down, across), level, images)
