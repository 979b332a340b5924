"""Array types that cross module boundaries, and the one scaling from pixels to network input.

Comes in: grey pictures as bytes. Goes out: the float32 tensors a network reads. It does not know
where the pictures come from or which network reads them.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from jaxtyping import Float32, Int64, UInt8

Image: TypeAlias = UInt8[np.ndarray, "height width"]
Images: TypeAlias = UInt8[np.ndarray, "n height width"]
Labels: TypeAlias = UInt8[np.ndarray, "n"]
Inputs: TypeAlias = Float32[np.ndarray, "n height width 1"]
Probabilities: TypeAlias = Float32[np.ndarray, "n classes"]
ConfusionMatrix: TypeAlias = Int64[np.ndarray, "classes classes"]

WHITE = 255


def scale(images: Images) -> Inputs:
    """Turn grey bytes into network input: divided by 255, with a channel axis.

    Training and recognition both call this function, so a network never meets pixels scaled in
    another way than those it learnt from.

    Args:
        images: Shape (n, height, width), uint8; 0 is paper, 255 is full ink.

    Returns:
        Shape (n, height, width, 1), float32, between 0 and 1.

    Raises:
        TypeError: If `images` is not uint8 with three axes.

    Example:
        >>> scale(np.array([[[0, 51, 255]]], dtype=np.uint8)).ravel().tolist()
        [0.0, 0.20000000298023224, 1.0]
    """
    if images.dtype != np.uint8 or images.ndim != 3:
        raise TypeError(
            "`images` must be uint8 with shape (n, height, width); "
            f"received {images.dtype} with shape {images.shape}"
        )
    return images[..., np.newaxis].astype(np.float32) / np.float32(WHITE)


def one_hot(labels: Labels, classes: int = 10) -> Float32[np.ndarray, "n classes"]:
    """Turn class indices into rows with a single 1.

    Args:
        labels: Shape (n,), uint8, each below `classes`.
        classes: Number of columns.

    Returns:
        Shape (n, classes), float32, 1 in the column of the label and 0 elsewhere.

    Raises:
        ValueError: If a label has no column.

    Example:
        >>> one_hot(np.array([2, 0], dtype=np.uint8), classes=3).tolist()
        [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    if labels.size and int(labels.max()) >= classes:
        raise ValueError(f"labels must be below {classes}; received {int(labels.max())}")
    columns: Float32[np.ndarray, "n classes"] = np.eye(classes, dtype=np.float32)[labels]
    return columns
