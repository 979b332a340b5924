"""A picture that is one digit and hardly larger than MNIST's -> an image in the form of MNIST.

Comes in: upright pixels. Goes out: the image; nothing is searched, cut or smoothed, so MNIST's own
images come back as they are. Only what JPEG files leave around the ink is taken away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np

from inkdigits.array_types import UInt8
from inkdigits.arrays import WHITE, Image
from inkdigits.imaging.normalise import is_mnist, to_mnist

LARGEST = 32  # pixels of the longer side: CIFAR's size, the largest in which digits come alone
_TRACE = 2  # grey levels: what a JPEG file leaves on bare paper
_CROSSED = 0.25  # of the border, at most, that ink may run into
_FAINT = 0.12  # of the darkest ink: as faint, and apart from all other ink, is noise
_FEW = 4  # pixels of it: MNIST's own images have fewer
_NOISE = 0.15  # of the darkest ink: where there is noise, what is as faint is none

Pixels: TypeAlias = UInt8[np.ndarray, "rows columns 3"]


def whole_digits(pictures: Sequence[Pixels]) -> list[Image | None]:
    """Take each small picture for one digit; those of one size are looked at together.

    Args:
        pictures: Each of shape (rows, columns, 3), uint8.

    Returns:
        For each picture what `whole_digit` returns.

    Example:
        >>> [image is None for image in whole_digits([np.zeros((28, 33, 3), np.uint8)])]
        [True]
    """
    digits: list[Image | None] = [None] * len(pictures)
    sizes: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    for i, pixels in enumerate(pictures):
        if max(pixels.shape[:2]) <= LARGEST:
            sizes[pixels.shape].append(i)
    for places in sizes.values():
        found = _of_one_size(np.stack([pictures[i] for i in places]))
        for i, digit in zip(places, found, strict=True):
            digits[i] = digit
    return digits


def whole_digit(pixels: Pixels) -> Image | None:
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
    return whole_digits([pixels])[0]


def _of_one_size(pixels: UInt8[np.ndarray, "n rows columns 3"]) -> list[Image | None]:
    grey = np.ascontiguousarray(pixels[..., 1])
    plain = ((pixels[..., 0] == grey) & (pixels[..., 2] == grey)).all((1, 2))
    border = np.concatenate([grey[:, 0], grey[:, -1], grey[:, :, 0], grey[:, :, -1]], axis=1)
    paper = np.median(border, axis=1, keepdims=True).astype(np.float32)
    even = (abs(border - paper) > _TRACE).mean(axis=1) <= _CROSSED
    darker = np.where(paper <= WHITE // 2, -1, 1).astype(np.float32)
    ink = darker[..., np.newaxis] * (paper[..., np.newaxis] - grey)
    ink[ink <= _TRACE] = 0
    images = ink.astype(np.uint8)
    done = is_mnist(images)
    return [
        (image if as_it_is else to_mnist(_without_noise(image))) if taken else None
        for image, as_it_is, taken in zip(images, done, plain & even, strict=True)
    ]


def _without_noise(ink: Image) -> Image:
    """Take away what compression left: ripples around the ink, which would widen its box."""
    most = int(ink.max(initial=0))
    around = cv2.dilate(ink, np.ones((5, 5), np.uint8))
    if np.count_nonzero((ink > 0) & (around <= _FAINT * most)) < _FEW:
        return ink
    return np.where(ink <= _NOISE * most, np.uint8(0), ink)
