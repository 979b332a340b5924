"""Sampling images at places between their pixels.

Comes in: images, and a place for every pixel of the result. Goes out: the values found there,
bilinearly. Runs on whichever backend Keras has.
"""

from __future__ import annotations

from typing import Any

import keras


def sample(images: Any, right: Any, down: Any, fill: str) -> Any:
    """Read each image at the places named for it.

    Args:
        images: Tensor of shape (n, height, width, channels), float32.
        right: Tensor of shape (n, rows, columns), float32: column of each place, from 0.
        down: The same for its row.
        fill: "nearest" repeats the border outside the image, "constant" is 0 there.

    Returns:
        Tensor of shape (n, rows, columns, channels), float32.
    """
    ops = keras.ops
    if fill == "constant":  # a border of bare paper, on which all places outside come to lie
        images = ops.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]])
        right, down = right + 1.0, down + 1.0
    height, width, channels = images.shape[1:]
    right, down = ops.clip(right, 0.0, width - 1.0), ops.clip(down, 0.0, height - 1.0)
    left, top = ops.floor(right), ops.floor(down)
    found = ops.take(_squares(images), _flat_places(images, left, top), axis=0)
    right, down = (right - left)[..., None], (down - top)[..., None]
    corners = [found[..., i * channels : (i + 1) * channels] for i in range(4)]
    upper = corners[0] * (1.0 - right) + corners[1] * right
    lower = corners[2] * (1.0 - right) + corners[3] * right
    return upper * (1.0 - down) + lower * down


def _squares(images: Any) -> Any:
    """Return each pixel with its neighbours to the right, below and across, four in a row.

    One look-up then finds all that lie around a place.
    """
    ops = keras.ops
    wide = ops.pad(images, [[0, 0], [0, 1], [0, 1], [0, 0]])
    corners = [wide[:, :-1, :-1], wide[:, :-1, 1:], wide[:, 1:, :-1], wide[:, 1:, 1:]]
    return ops.reshape(ops.concatenate(corners, axis=-1), (-1, 4 * images.shape[3]))


def _flat_places(images: Any, left: Any, top: Any) -> Any:
    ops = keras.ops
    height, width = images.shape[1:3]
    first = ops.arange(ops.shape(images)[0], dtype="int32") * (height * width)
    return ops.cast(top * width + left, "int32") + first[:, None, None]
