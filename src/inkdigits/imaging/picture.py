"""A picture as it is read: upright, opaque, in colours, perhaps smaller than its file.

Comes in: pixels. Goes out: one value that knows how large the picture was. It knows no file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkdigits.array_types import UInt8
from inkdigits.arrays import to_colours


@dataclass(frozen=True, eq=False)
class Picture:
    """An upright picture.

    Attributes:
        pixels: Shape (rows, columns, 3), uint8: red, green, blue.
        width: Columns of the upright picture before it was reduced.
        height: Rows of the upright picture before it was reduced.
        page: Which page or frame of its file it is, from 1.
    """

    pixels: UInt8[np.ndarray, "rows columns 3"]
    width: int
    height: int
    page: int = 1

    @property
    def scale(self) -> float:
        """Pixels of the upright picture for each of `pixels`."""
        columns: int = self.pixels.shape[1]
        return self.width / columns


def picture_of(pixels: np.ndarray) -> Picture:
    """Make a picture of an array of pixels.

    Args:
        pixels: uint8, shape (height, width) for grey, (height, width, 3) for red, green and blue.

    Raises:
        TypeError: If the array is anything else, or empty.

    Example:
        >>> picture_of(np.zeros((2, 5), np.uint8)).pixels.shape
        (2, 5, 3)
    """
    grey = pixels.ndim == 2
    if pixels.dtype != np.uint8 or not (grey or pixels.shape[2:] == (3,)) or not pixels.size:
        raise TypeError(
            "`pixels` must be uint8 with shape (height, width) or (height, width, 3), not empty; "
            f"received {pixels.dtype} with shape {pixels.shape}"
        )
    height, width = pixels.shape[:2]
    return Picture(to_colours(pixels) if grey else pixels, width, height)
