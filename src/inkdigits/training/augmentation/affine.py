"""Moving images: one random affine warp for each, drawn apart from applied.

Comes in: a range for each movement. Goes out: one matrix per image (`draw_movements`,
`to_matrices`, plain NumPy, the same on every backend), and warped images (`warp`, one call for a
whole batch, on whichever backend Keras runs). The distribution is that of Keras's
ImageDataGenerator: each movement uniform in its range, vertical and horizontal zoom drawn apart,
applied in the order zoom, shear, shift, rotation about the centre of the image, with bilinear
interpolation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np

from inkdigits.array_types import Float32, Float64
from inkdigits.training.augmentation.ranges import Augmentation


@dataclass(frozen=True, eq=False)
class Movements:
    """How each of n images moves; every field has shape (n,) and dtype float64.

    Attributes:
        rotation: Angle in degrees.
        shift_x: Columns by which the sampled place lies to the right.
        shift_y: Rows by which the sampled place lies lower.
        shear: Angle in degrees.
        zoom_x: Columns sampled per column of the result; below 1 the digit grows wider, negative
            ones mirror it left to right.
        zoom_y: Rows sampled per row of the result.
    """

    rotation: Float64[np.ndarray, " n"]
    shift_x: Float64[np.ndarray, " n"]
    shift_y: Float64[np.ndarray, " n"]
    shear: Float64[np.ndarray, " n"]
    zoom_x: Float64[np.ndarray, " n"]
    zoom_y: Float64[np.ndarray, " n"]


def draw_movements(
    augmentation: Augmentation, n: int, size: tuple[int, int], rng: np.random.Generator
) -> Movements:
    """Draw how each of n images moves.

    Args:
        augmentation: The range of each movement.
        n: Number of images.
        size: Height and width of the images in pixels.
        rng: Source of randomness.

    Returns:
        n movements, each uniform in its range.

    Example:
        >>> still = draw_movements(Augmentation(), 2, (28, 28), np.random.default_rng(0))
        >>> still.rotation.tolist(), still.zoom_x.tolist()
        ([0.0, 0.0], [1.0, 1.0])
    """
    height, width = size

    def uniform(largest: float) -> Float64[np.ndarray, " n"]:
        return rng.uniform(-largest, largest, n)

    movements = Movements(
        rotation=uniform(augmentation.rotation),
        shift_x=uniform(augmentation.width_shift * width),
        shift_y=uniform(augmentation.height_shift * height),
        shear=uniform(augmentation.shear),
        zoom_x=1.0 + uniform(augmentation.zoom),
        zoom_y=1.0 + uniform(augmentation.zoom),
    )
    if augmentation.mirror_share:
        mirrored = rng.random(n) < augmentation.mirror_share
        return replace(movements, zoom_x=np.where(mirrored, -1.0, 1.0) * movements.zoom_x)
    return movements


def to_matrices(movements: Movements, size: tuple[int, int]) -> Float32[np.ndarray, "n 8"]:
    """Turn movements into the warp's matrices.

    With angles a (rotation) and s (shear), shifts tx and ty and zooms zx and zy, a pixel of the
    result at (x, y) from the centre is sampled at

        [cos a, -sin a] [1, -sin s] [zx,  0] [x]   [cos a, -sin a] [tx]
        [sin a,  cos a] [0,  cos s] [ 0, zy] [y] + [sin a,  cos a] [ty]

    which is the product that ImageDataGenerator forms
    (https://github.com/keras-team/keras, legacy/preprocessing/image.py, apply_affine_transform).

    Args:
        movements: n of them.
        size: Height and width of the images in pixels.

    Returns:
        Shape (n, 8), float32: the rows (a, b, c) and (d, e, f) of the matrix from a pixel
        (column, row) of the result to the sampled place (ax + by + c, dx + ey + f), then two
        zeros for a perspective that an affine warp has not.

    Example:
        >>> still = draw_movements(Augmentation(), 1, (28, 28), np.random.default_rng(0))
        >>> to_matrices(still, (28, 28)).astype(int).tolist()
        [[1, 0, 0, 0, 1, 0, 0, 0]]
    """
    turn, lean = np.deg2rad(movements.rotation), np.deg2rad(movements.shear)
    cos, sin = np.cos(turn), np.sin(turn)
    a, b = cos * movements.zoom_x, -np.sin(turn + lean) * movements.zoom_y
    d, e = sin * movements.zoom_x, np.cos(turn + lean) * movements.zoom_y
    centre_y, centre_x = (size[0] - 1) / 2, (size[1] - 1) / 2
    c = cos * movements.shift_x - sin * movements.shift_y + centre_x - a * centre_x - b * centre_y
    f = sin * movements.shift_x + cos * movements.shift_y + centre_y - d * centre_x - e * centre_y
    zero = np.zeros_like(a)
    return np.stack([a, b, c, d, e, f, zero, zero], axis=1).astype(np.float32)


def warp(images: Any, matrices: Any, fill: str) -> Any:
    """Sample each image at the places its matrix names, between pixels bilinearly.

    Args:
        images: Tensor of shape (n, height, width, channels), float32.
        matrices: Tensor of shape (n, 8), float32, from `to_matrices`.
        fill: "nearest" repeats the border outside the image, "constant" is 0 there.

    Returns:
        Tensor of the shape and type of `images`.
    """
    return keras.ops.image.affine_transform(
        images, matrices, interpolation="bilinear", fill_mode=fill, fill_value=0.0
    )
