"""Coarse digits: of each cell only the share of ink is known.

Comes in: pictures of digits, or cells. Goes out: cells, or digits drawn from them again. It knows
nothing of pages.
"""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image as Pillow

from inkdigits.array_types import Float64
from inkdigits.arrays import WHITE, Image, Images
from inkdigits.imaging.normalise import to_mnist
from inkdigits.imaging.scaling import scaled_size

# How often `enlarge` corrects its picture. After ten rounds the cells of `load_other_writers` are
# on average within a hundredth of what they should be.
_ROUNDS = 10

_BLOCK = 4  # pixels of the bitmap to a side of a cell


def to_cells(grey: Image, side: int, threshold: int) -> Image:
    """Reduce a digit to the share of ink in each of a few cells.

    As the digits of `load_other_writers` were made, the digit fills a bitmap as far as its aspect
    lets it, and each cell counts the ink in a block of 4x4 pixels.

    Args:
        grey: Shape (height, width), uint8; 0 is paper, 255 is full ink.
        side: Cells to a side, at least 1.
        threshold: 0 to 254; what is above counts as ink.

    Returns:
        Shape (side, side), uint8: 0 for a cell of paper to 255 for one full of ink, in steps of a
        sixteenth; all 0 where nothing is above the threshold.

    Example:
        >>> bar = np.zeros((28, 28), np.uint8)
        >>> bar[4:24, 4:14] = 255
        >>> to_cells(bar, 4, 127).tolist()
        [[0, 255, 255, 0], [0, 255, 255, 0], [0, 255, 255, 0], [0, 255, 255, 0]]
    """
    full = side * _BLOCK
    bitmap = np.zeros((full, full), np.uint8)
    x, y, width, height = cv2.boundingRect((grey > threshold).astype(np.uint8))
    if width:
        digit = grey[y : y + height, x : x + width]
        factor = full / max(width, height)
        size = scaled_size(digit.shape, factor)
        left, top = ((full - length) // 2 for length in size)
        bitmap[top : top + size[1], left : left + size[0]] = cv2.resize(
            digit, size, interpolation=cv2.INTER_CUBIC
        )
    shares = (bitmap > threshold).reshape(side, _BLOCK, side, _BLOCK).mean(axis=(1, 3))
    cells: Image = np.rint(WHITE * shares).astype(np.uint8)
    return cells


def enlarge(cells: Images, factor: int = 8) -> Images:
    """Draw again, with sharp edges, digits of which only the share of ink in each cell is known.

    Smooth interpolation alone lets the strokes swell and fills the loops, since it averages what
    are averages already. Here the picture is corrected until its own averages are the known ones
    (iterative back-projection; M. Irani and S. Peleg, "Improving Resolution by Image
    Registration", 1991), then everything above one half is ink. There is nothing to choose: the
    strokes are as thick as the cells say, which for the digits of `load_other_writers` is half
    as thick again as MNIST's.

    Args:
        cells: Shape (n, height, width), uint8; 0 for a cell of paper to 255 for one full of ink.
        factor: Pixels per cell, along each axis, at least 1.

    Returns:
        Shape (n, height * factor, width * factor), uint8, 0 or 255.

    Raises:
        TypeError: If `cells` is not uint8 with three axes.
        ValueError: If there are no cells in an image, or the factor is below 1.

    Example:
        >>> edge = np.array([[[0, 128, 255]] * 3], np.uint8)
        >>> enlarge(edge, factor=4)[0, 6].tolist()
        [0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255]
    """
    if cells.dtype != np.uint8 or cells.ndim != 3:
        raise TypeError(
            "`cells` must be uint8 with shape (n, height, width); "
            f"received {cells.dtype} with shape {cells.shape}"
        )
    if 0 in cells.shape[1:] or factor < 1:
        raise ValueError(
            "images must have cells and `factor` must be at least 1; "
            f"received images of {cells.shape[1]}x{cells.shape[2]} and {factor}"
        )
    known = cells / WHITE
    up_rows, up_columns = (_interpolation(side, factor) for side in cells.shape[1:])
    picture = up_rows @ known @ up_columns.T
    for _ in range(_ROUNDS):
        missing = known - _cell_means(np.clip(picture, 0, 1), factor)
        picture += up_rows @ missing @ up_columns.T
    return np.where(picture > 0.5, WHITE, 0).astype(np.uint8)


def enlarge_and_normalise(cells: Images) -> Images:
    """Bring coarse digits, such as those of `load_other_writers`, into the form of MNIST.

    Args:
        cells: Shape (n, height, width), uint8; 0 for a cell of paper to 255 for one full of ink.

    Returns:
        Shape (n, 28, 28), uint8, as `to_mnist` returns them.

    Raises:
        TypeError: If `cells` is not uint8 with three axes.
        ValueError: If there are no cells in an image.

    Example:
        >>> one = np.zeros((1, 8, 8), np.uint8)
        >>> one[0, :, 3] = 255
        >>> enlarge_and_normalise(one)[0, 14, 10:18].tolist()
        [0, 0, 0, 64, 255, 255, 64, 0]
    """
    digits = [to_mnist(picture) for picture in enlarge(cells)]
    return np.stack(digits) if digits else np.zeros((0, 28, 28), np.uint8)


def _interpolation(side: int, factor: int) -> Float64[np.ndarray, "pixels side"]:
    """Return the matrix of bicubic interpolation from `side` cells, with paper around them."""
    each = np.eye(side + 2, dtype=np.float32)
    wide = Pillow.fromarray(each).resize(((side + 2) * factor, side + 2), Pillow.Resampling.BICUBIC)
    matrix: Float64[np.ndarray, "pixels side"] = np.asarray(wide, np.float64).T
    return matrix[factor:-factor, 1:-1]


def _cell_means(
    pictures: Float64[np.ndarray, "n height width"], factor: int
) -> Float64[np.ndarray, "n rows columns"]:
    """Return the mean of each block of factor x factor pixels."""
    n, height, width = pictures.shape
    blocks = pictures.reshape(n, height // factor, factor, width // factor, factor)
    means: Float64[np.ndarray, "n rows columns"] = blocks.mean(axis=(2, 4))
    return means
