"""A picture that is one digit and hardly larger than MNIST's -> an image in the form of MNIST.

Comes in: upright pixels. Goes out: the image; nothing is searched, cut or smoothed, so MNIST's own
images come back as they are.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import UInt8

from inkdigits.arrays import WHITE, Image
from inkdigits.imaging.normalise import to_mnist

LARGEST = 32  # pixels of the longer side: CIFAR's size, the largest in which digits come alone
_TRACE = 2  # grey levels: what a JPEG file leaves on bare paper
_CROSSED = 0.25  # of the border, at most, that ink may run into


def whole_digit(pixels: UInt8[np.ndarray, "rows columns 3"]) -> Image | None:
    """Take a small picture for one digit.

    Args:
        pixels: Shape (rows, columns, 3), uint8.

    Returns:
        Shape (28, 28), uint8; None if the picture is larger than 32 pixels or coloured, or its
        border is not even, so that paper and ink cannot be told apart this simply.

    Example:
        >>> page = np.full((28, 28, 3), 255, np.uint8)
        >>> page[4:24, 13:15] = 0
        >>> int(whole_digit(page)[10, 14])
        255
    """
    if max(pixels.shape[:2]) > LARGEST:
        return None
    grey = pixels[..., 1].astype(np.int16)
    if not ((pixels[..., 0] == grey).all() and (pixels[..., 2] == grey).all()):
        return None
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = np.median(border)
    if (abs(border - paper) > _TRACE).mean() > _CROSSED:
        return None
    ink = grey - paper if paper <= WHITE // 2 else paper - grey
    ink[ink <= _TRACE] = 0
    return to_mnist(ink.astype(np.uint8))
