"""Array types that cross module boundaries, and the one scaling from pixels to network input.

Comes in: pictures as bytes, grey or in colour. Goes out: the float32 tensors a network reads. It
does not know where the pictures come from or which network reads them.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from inkdigits.array_types import Float32, Int64, UInt8

Image: TypeAlias = UInt8[np.ndarray, "height width"]
Images: TypeAlias = UInt8[np.ndarray, "n height width"]
ColourImages: TypeAlias = UInt8[np.ndarray, "n height width 3"]
AnyImages: TypeAlias = Images | ColourImages
Shape: TypeAlias = tuple[int, int, int]  # height, width and channels of one image
Labels: TypeAlias = UInt8[np.ndarray, "n"]
Inputs: TypeAlias = Float32[np.ndarray, "n height width channels"]
Probabilities: TypeAlias = Float32[np.ndarray, "n classes"]
ConfusionMatrix: TypeAlias = Int64[np.ndarray, "classes classes"]

WHITE = 255
COLOURS = 3
LARGEST_SIDE = 256  # pixels of an image that a network reads
MOST_CLASSES = 255  # labels are bytes, of which the last stands for no class


def image_shape(images: AnyImages) -> Shape:
    """Return height, width and channels of each of the images.

    Raises:
        TypeError: If `images` is not uint8 with three axes, or with a fourth of three colours.

    Example:
        >>> image_shape(np.zeros((5, 28, 20), np.uint8))
        (28, 20, 1)
    """
    grey, coloured = images.ndim == 3, images.ndim == 4 and images.shape[3] == COLOURS
    if images.dtype != np.uint8 or not (grey or coloured):
        raise TypeError(
            "`images` must be uint8 with shape (n, height, width) or (n, height, width, 3); "
            f"received {images.dtype} with shape {images.shape}"
        )
    return images.shape[1], images.shape[2], 1 if grey else COLOURS


def blank_images(n: int, shape: Shape) -> AnyImages:
    """Return `n` images of zeros.

    Example:
        >>> blank_images(2, (28, 28, 1)).shape, blank_images(2, (28, 28, 3)).shape
        ((2, 28, 28), (2, 28, 28, 3))
    """
    height, width, channels = shape
    return np.zeros((n, height, width, 3) if channels == COLOURS else (n, height, width), np.uint8)


def to_colours(pixels: UInt8[np.ndarray, ...]) -> UInt8[np.ndarray, ...]:
    """Return a grey picture as red, green and blue alike, shape (..., 3), uint8.

    Example:
        >>> to_colours(np.array([[9]], np.uint8)).tolist()
        [[[9, 9, 9]]]
    """
    return np.stack([pixels] * COLOURS, axis=-1)


def in_colour(images: AnyImages) -> ColourImages:
    """Return images with three colours, alike where they were grey.

    Args:
        images: Shape (n, height, width) or (n, height, width, 3), uint8.

    Example:
        >>> in_colour(np.full((1, 1, 1), 7, np.uint8)).tolist()
        [[[[7, 7, 7]]]]
    """
    return images if images.ndim == 4 else to_colours(images)


def scale(images: AnyImages) -> Inputs:
    """Turn bytes into network input: divided by 255, with a channel axis.

    Training and recognition both call this function, so a network never meets pixels scaled in
    another way than those it learnt from.

    Args:
        images: Shape (n, height, width) or (n, height, width, 3), uint8; of grey digits, 0 is
            paper and 255 is full ink.

    Returns:
        Shape (n, height, width, 1 or 3), float32, between 0 and 1.

    Raises:
        TypeError: If `images` is not uint8 with three axes, or with a fourth of three colours.

    Example:
        >>> scale(np.array([[[0, 51, 255]]], dtype=np.uint8)).ravel().tolist()
        [0.0, 0.20000000298023224, 1.0]
    """
    return images.reshape(len(images), *image_shape(images)).astype(np.float32) / np.float32(WHITE)


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
