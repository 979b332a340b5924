"""Pens: the colour of their ink and how evenly they lay it down.

Comes in: how much of each pixel a stroke covers. Goes out: how much of the paper shows through.
It does not know what was written.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkdigits.array_types import Float32


@dataclass(frozen=True)
class Pen:
    """A kind of pen.

    Attributes:
        darkest: Lower bounds of red, green and blue of its ink, 0 to 255.
        lightest: Upper bounds.
        strength: Opacity of its ink where it is full, 0 to 1.
        variation: By which share its ink varies along a stroke, 0 to 1.
        grain: How much of the paper's grain it leaves bare, 0 to 1.
        width: Width of its strokes beside those of others.
    """

    darkest: tuple[int, int, int]
    lightest: tuple[int, int, int]
    strength: float
    variation: float
    grain: float
    width: float


# Light on dark; it takes the place of every other pen on a dark ground.
CHALK = Pen((205, 205, 195), (255, 255, 250), 0.95, 0.15, 0.3, 1.1)

PENS = {
    "black": Pen((5, 5, 5), (60, 60, 65), 1.0, 0.15, 0.05, 1.0),
    "blue": Pen((10, 15, 90), (60, 85, 190), 1.0, 0.2, 0.08, 0.95),
    "pencil": Pen((50, 50, 52), (105, 105, 107), 0.95, 0.25, 0.3, 0.9),
    "red": Pen((150, 15, 15), (215, 60, 60), 1.0, 0.15, 0.05, 1.0),
    "felt": Pen((0, 0, 0), (40, 40, 45), 1.0, 0.05, 0.0, 1.3),
}


def ink_colour(pen: Pen, rng: np.random.Generator) -> Float32[np.ndarray, " rgb"]:
    """Draw the colour of a pen's ink: red, green and blue, 0 to 255."""
    darkest, lightest = (np.array(bound, np.float32) for bound in (pen.darkest, pen.lightest))
    colour: Float32[np.ndarray, " rgb"] = darkest + np.float32(rng.random()) * (lightest - darkest)
    return colour


def lay_ink(
    cover: Float32[np.ndarray, "height width"],
    pen: Pen,
    pixels_per_height: float,
    rng: np.random.Generator,
) -> Float32[np.ndarray, "height width"]:
    """Let the ink vary along a stroke and leave grain bare.

    Args:
        cover: Shape (height, width), 0 to 1: the share of each pixel that a stroke covers.
        pen: What it is drawn with.
        pixels_per_height: Height of the writing in pixels; ink varies about four times in it.
        rng: Source of randomness.

    Returns:
        The same shape, 0 to 1: opacity. It is above 0 exactly where `cover` is.

    Example:
        >>> cover = np.ones((8, 8), np.float32)
        >>> laid = lay_ink(cover, PENS["pencil"], 20, np.random.default_rng(0))
        >>> bool((laid < 1).all()), bool((laid > 0).all())
        (True, True)
    """
    height, width = cover.shape
    coarse = [max(2, round(4 * side / pixels_per_height)) for side in (height, width)]
    varied = rng.random(coarse, np.float32)
    uneven = cv2.resize(varied, (width, height), interpolation=cv2.INTER_LINEAR)
    opacity = pen.strength * (1 - pen.variation * uneven)
    if pen.grain:
        opacity = opacity * (1 - pen.grain * rng.random((height, width), np.float32))
    laid: Float32[np.ndarray, "height width"] = (cover * opacity).astype(np.float32)
    return laid
