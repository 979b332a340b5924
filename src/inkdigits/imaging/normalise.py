"""One digit in the form of MNIST: 20 pixels long, its ink balanced in the middle of 28x28.

Comes in: a grey picture of one digit. Goes out: images as MNIST has them. It does not look for the
digit or clean the paper: every pixel above 0 counts as ink.

MNIST's recipe is the one of Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-Based
Learning Applied to Document Recognition", 1998, section III.A, with the details that C. Yadav and
L. Bottou found out in "Cold Case: the Lost MNIST Digits", 2019 (https://arxiv.org/abs/1905.10498).
MNIST itself confirms them: of its 70,000 digits 69,984 are exactly 20 pixels long or wide, all
reach 254 or 255, and the centres of mass lie evenly between 13.48 and 14.5 along both axes: they
were moved by whole pixels, to the middle of pixel 14 and not to that of the image, 13.5.
"""

from __future__ import annotations

from functools import lru_cache
from math import floor

import cv2
import numpy as np
from PIL import Image as Pillow

from inkdigits.array_types import Bool, Float64, Int64
from inkdigits.arrays import WHITE, Image, Images

_SIDE, _BOX = 28, 20  # pixels: an image of MNIST, and the square that a digit fills


def to_mnist(grey: Image, size: int = _SIDE, box: int = _BOX) -> Image:
    """Bring a picture of one digit into the form of MNIST.

    The picture is cropped to its ink and made square with paper; each pixel of a square of `box`
    is the mean of the area that it covers, which smooths edges; the largest becomes full ink.
    The square moves by whole pixels, as MNIST's do, until its centre of mass is nearest to
    pixel (size // 2, size // 2), and not so far that ink would leave the image. Pictures with
    less than `box` pixels of ink on their longer side are first enlarged smoothly. Of MNIST's own
    70,000 images all but 23 come back as they are, to one grey level; in most of the 23 the ink
    was cut off by the border.

    Args:
        grey: Shape (height, width), uint8; 0 is paper, everything above is ink, 255 is full ink.
        size: Height and width of the result in pixels.
        box: Length in pixels of the digit's longer side, 1 to `size`.

    Returns:
        Shape (size, size), uint8; all 0 if there is no ink, otherwise with 255 as maximum.

    Raises:
        TypeError: If `grey` is not uint8 with two axes.
        ValueError: If the box does not fit.

    Example:
        >>> stroke = np.zeros((200, 100), np.uint8)
        >>> stroke[40:160, 60:72] = 90  # a faint 1, ten times as long as wide, in a corner
        >>> rows, columns = np.nonzero(to_mnist(stroke))
        >>> [int(place) for place in (rows.min(), rows.max(), columns.min(), columns.max())]
        [5, 24, 14, 15]
    """
    if grey.dtype != np.uint8 or grey.ndim != 2:
        raise TypeError(
            "`grey` must be uint8 with shape (height, width); "
            f"received {grey.dtype} with shape {grey.shape}"
        )
    if not 1 <= box <= size:
        raise ValueError(f"`box` must be between 1 and `size`, which is {size}; received {box}")
    ink = _crop(grey)
    return _balance(_fit(ink, box), size) if ink.size else np.zeros((size, size), np.uint8)


def is_mnist(images: Images) -> Bool[np.ndarray, " n"]:
    """Tell which images have the form of MNIST already, so that `to_mnist` changes nothing.

    For many images at once this takes a fraction of the time of `to_mnist`.

    Args:
        images: Shape (n, 28, 28), uint8; 0 is paper, 255 is full ink.

    Returns:
        Shape (n,): True where the ink is 20 pixels long or wide, reaches 255 and is balanced.

    Example:
        >>> image = np.zeros((1, 28, 28), np.uint8)
        >>> image[0, 5:25, 14] = 255
        >>> is_mnist(image).tolist(), is_mnist(np.roll(image, 1, axis=2)).tolist()
        ([True], [False])
    """
    inked = images > 0
    tops, heights = _extents(np.logical_or.reduce(inked, axis=2))
    lefts, widths = _extents(np.logical_or.reduce(inked, axis=1))
    formed: Bool[np.ndarray, " n"] = np.maximum(heights, widths) == _BOX
    formed &= (images.shape[1:] == (_SIDE, _SIDE)) & (images.max((1, 2), initial=0) == WHITE)
    for starts, lengths, axis in ((tops, heights, 2), (lefts, widths, 1)):
        profiles = images.sum(axis, dtype=np.int64)
        mass = np.maximum(profiles.sum(1), 1)
        centres = (profiles @ np.arange(profiles.shape[1]) - starts * mass) / mass
        balanced = np.clip(np.floor(_SIDE // 2 - centres + 0.5), 0, _SIDE - lengths)
        formed &= starts == balanced
    return formed


def _crop(grey: Image) -> Image:
    """Return the part with ink; an empty array if there is none."""
    if not grey.size:
        return grey
    x, y, width, height = cv2.boundingRect(grey)
    return grey[y : y + height, x : x + width]


def _extents(
    inked: Bool[np.ndarray, "n side"],
) -> tuple[Int64[np.ndarray, " n"], Int64[np.ndarray, " n"]]:
    """Return where ink begins and how far it reaches; the whole side where there is none."""
    starts = inked.argmax(axis=1)
    return starts, inked.shape[1] - inked[:, ::-1].argmax(axis=1) - starts


def _fit(ink: Image, box: int) -> Image:
    """Bring a crop into a square of `box` pixels, the shorter side in the middle."""
    height, width = ink.shape
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    square = np.zeros((side, side), np.uint8)
    square[top : top + height, left : left + width] = ink
    if side == box and ink.max() == WHITE:
        return square
    if side < box:
        # The area of less than a pixel would show the pixels as blocks.
        side *= -(-2 * box // side)
        square = np.asarray(
            Pillow.fromarray(square).resize((side, side), Pillow.Resampling.BICUBIC)
        )
    area = _overlap(box, side)
    mean = area @ square @ area.T
    digit: Image = np.rint(mean * (WHITE / mean.max())).astype(np.uint8)
    return digit


@lru_cache(maxsize=64)
def _overlap(n: int, side: int) -> Float64[np.ndarray, "n side"]:
    """Return which share of each of n equal parts of a line each of its `side` pixels makes up."""
    bounds = np.linspace(0.0, side, n + 1)
    pixels = np.arange(side)
    upper = np.minimum(bounds[1:, np.newaxis], pixels + 1)
    lower = np.maximum(bounds[:-1, np.newaxis], pixels)
    shares: Float64[np.ndarray, "n side"] = np.clip(upper - lower, 0, None) * (n / side)
    return shares


def _balance(digit: Image, size: int) -> Image:
    """Put a digit into an image, its centre of mass nearest to the middle pixel."""
    ink = _crop(digit)
    image = np.zeros((size, size), np.uint8)
    moments = cv2.moments(ink)
    top = _start(moments["m01"] / moments["m00"], ink.shape[0], size)
    left = _start(moments["m10"] / moments["m00"], ink.shape[1], size)
    image[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return image


def _start(centre: float, length: int, size: int) -> int:
    """Return where ink must begin along an axis, from its centre of mass and its length."""
    return min(max(floor(size // 2 - centre + 0.5), 0), size - length)
