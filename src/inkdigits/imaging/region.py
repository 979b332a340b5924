"""A region of a picture that is read by itself, and where it lies in the whole.

Comes in: pixels of a region and how it was taken out. Goes out: a picture, and boxes in it as boxes
in the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from inkdigits.array_types import Float64, UInt8
from inkdigits.imaging.picture import Picture
from inkdigits.imaging.scaling import scaled_size

Pixels: TypeAlias = UInt8[np.ndarray, "rows columns 3"]
Homography: TypeAlias = Float64[np.ndarray, "3 3"]


@dataclass(frozen=True, eq=False)
class Region:
    """A region of a picture.

    Attributes:
        picture: As it is to be read.
        to_whole: Takes column, row and 1 in it to those in the whole picture, both in pixels of
            before they were reduced, but for a factor.
    """

    picture: Picture
    to_whole: Homography

    @property
    def frame(self) -> tuple[int, int, int, int]:
        """First column, first row, width and height of the region in the whole."""
        return self.box_in_whole(0, 0, self.picture.width, self.picture.height)

    def box_in_whole(self, x: int, y: int, width: int, height: int) -> tuple[int, int, int, int]:
        """Return first column, first row, width and height, in the whole, of what a box holds.

        Args:
            x: First column in the region, in pixels of before it was reduced.
            y: First row.
            width: At least 1.
            height: At least 1.
        """
        corners = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])
        there = cv2.perspectiveTransform(corners[None].astype(np.float64), self.to_whole)[0]
        (left, top), (right, bottom) = there.min(axis=0).round(), there.max(axis=0).round()
        return int(left), int(top), max(1, int(right - left)), max(1, int(bottom - top))


def whole_of(picture: Picture) -> Region:
    """Return a picture as the one region of itself."""
    return Region(picture, np.eye(3))


def cut_out(picture: Picture, pixels: Pixels, x: int, y: int) -> Region:
    """Return a rectangle of a picture as a region.

    Args:
        picture: The whole.
        pixels: What the rectangle shows, shape (rows, columns, 3), uint8.
        x: Its first column among the whole's `pixels`.
        y: Its first row.

    Example:
        >>> from inkdigits.imaging.picture import picture_of
        >>> page = picture_of(np.zeros((100, 200), np.uint8))
        >>> cut_out(page, page.pixels[20:50, 30:90], 30, 20).box_in_whole(1, 2, 8, 9)
        (31, 22, 8, 9)
    """
    moved = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)
    return taken_out(picture, pixels, moved)


def taken_out(picture: Picture, pixels: Pixels, to_whole: Homography) -> Region:
    """Return pixels taken out of a picture as a region.

    Args:
        picture: The whole.
        pixels: What the region shows, shape (rows, columns, 3), uint8.
        to_whole: Takes column, row and 1 among these to those among the whole's `pixels`.
    """
    rows, columns = pixels.shape[:2]
    scale = picture.scale
    size = scaled_size(pixels.shape, scale)
    resized = np.diag([scale, scale, 1.0])
    region = Picture(pixels, *size, picture.page)
    return Region(region, resized @ to_whole @ np.diag([columns / size[0], rows / size[1], 1.0]))
