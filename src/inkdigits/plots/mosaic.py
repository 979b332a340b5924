"""Many small pictures as one: pasted into a single array, drawn with a single call.

Comes in: pictures and their places. Goes out: an array, and axes that show it with every pixel a
whole number of dots wide. A hundred pictures drawn one by one would take a hundred times as long.
It does not know what is on the pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from inkdigits.plots.style import DPI, place

PICTURE_DOTS = 112  # about the side of one picture in dots of the figure: 0.56 inches


def dots_per_pixel(height: int) -> int:
    """Return by how much pictures of this height are enlarged, in dots per pixel.

    Example:
        >>> dots_per_pixel(28), dots_per_pixel(8), dots_per_pixel(500)
        (4, 14, 1)
    """
    return max(1, round(PICTURE_DOTS / height))


def inches(pixels: float, picture_height: int) -> float:
    """Return the size on the figure of so many pixels of pictures of this height."""
    return pixels * dots_per_pixel(picture_height) / DPI


def gap(picture_height: int) -> int:
    """Return how many empty pixels part two pictures of this height."""
    return max(1, round(picture_height / 14))


def paste(
    canvas: np.ndarray,
    pictures: Sequence[np.ndarray] | np.ndarray,
    places: Iterable[tuple[int, int]],
) -> np.ndarray:
    """Copy each picture into the canvas, its upper left corner at its place.

    Args:
        canvas: Shape (height, width, ...); changed and returned.
        pictures: Each of shape (rows, columns, ...).
        places: Row and column of each picture.

    Example:
        >>> paste(np.zeros((2, 4), int), [np.ones((1, 2), int)], [(1, 2)]).tolist()
        [[0, 0, 0, 0], [0, 0, 1, 1]]
    """
    for picture, (row, column) in zip(pictures, places, strict=True):
        canvas[row : row + picture.shape[0], column : column + picture.shape[1]] = picture
    return canvas


def show(figure: Figure, canvas: np.ndarray, left: float, top: float, picture_height: int) -> Axes:
    """Draw a canvas, grey ones as ink on white paper.

    Args:
        figure: Where to.
        canvas: Shape (height, width) uint8, 255 is full ink; or (height, width, 3), colours of
            0 to 255 in uint8 or of 0 to 1 in floating point.
        left: Place in inches from the left edge.
        top: Place in inches from the upper edge.
        picture_height: Height of the pictures in pixels; decides how much they are enlarged.

    Returns:
        Axes whose coordinates are the canvas's columns and rows.
    """
    height, width = canvas.shape[:2]
    axes = place(figure, left, top, inches(width, picture_height), inches(height, picture_height))
    axes.imshow(
        canvas,
        cmap="gray_r",
        vmin=0,
        vmax=255,
        interpolation="nearest",
        aspect="auto",
        extent=(0, width, height, 0),
    )
    axes.set_axis_off()
    return axes
