"""A picture of one digit, of any size -> an image in the form of MNIST.

Comes in: upright pixels. Goes out: the image. It does not ask a network: whatever ink is there is
taken for one digit, specks left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inkdigits.arrays import Image
from inkdigits.imaging.finding import find_lines
from inkdigits.imaging.glyph import draw_together, to_glyph
from inkdigits.imaging.ink import Pixels
from inkdigits.imaging.marks import Mark
from inkdigits.imaging.whole import whole_digit

_SIDE = 28
_PART = 0.2  # of the largest mark's longer side: smaller ones are specks, not parts of the digit


def single_digit(pixels: Pixels) -> Image:
    """Bring a picture of one digit into the form of MNIST.

    Small pictures with an even border are taken as they are; in others the ink is found first, on
    whatever paper and light, as in pictures that are read.

    Args:
        pixels: Shape (rows, columns, 3), uint8: red, green, blue.

    Returns:
        Shape (28, 28), uint8; 0 is paper, 255 is full ink; all 0 if no ink was found.

    Example:
        >>> page = np.full((300, 200, 3), 230, np.uint8)
        >>> page[50:250, 95:110] = 40  # a 1 with a speck beside it
        >>> page[20:24, 20:24] = 40
        >>> rows, columns = np.nonzero(single_digit(page))
        >>> int(rows.max() - rows.min() + 1), bool(columns.max() - columns.min() < 4)
        (20, True)
    """
    whole = whole_digit(pixels)
    if whole is not None:
        return whole
    marks = [mark for line in find_lines(pixels).lines for mark in line]
    if not marks:
        return np.zeros((_SIDE, _SIDE), np.uint8)
    return to_glyph(draw_together(_without_specks(marks)))


def _without_specks(marks: Sequence[Mark]) -> list[Mark]:
    least = _PART * max(max(mark.width, mark.height) for mark in marks)
    return [mark for mark in marks if max(mark.width, mark.height) >= least]
