"""A mark -> a strip: two digits side by side in the size of one image, squeezed to fit.

Comes in: the ink of a mark. Goes out: what the network that counts digits sees. It does not know
how many there are.
"""

from __future__ import annotations

import cv2
import numpy as np

from inkdigits.arrays import WHITE, Image
from inkdigits.imaging.glyph import PER_PIXEL, Finish, clean_strokes

STRIP_SIDE = 28  # pixels
_HIGH, _WIDE = 20, 40  # pixels of MNIST: what the ink fills in one direction, at most
_FINISH = Finish(paper=0.2, full=0.8, thinnest=2.1, grown=2.3)  # clear gaps tell digits apart
_SQUEEZED = 28 / 48  # of its width: 40 pixels of ink and 4 of paper on both sides become 28


def to_strip(ink: Image) -> Image:
    """Bring a picture of ink into the form of a strip, with strokes as wide as MNIST's.

    Args:
        ink: Shape (height, width), uint8; 0 is paper, 255 is full ink.

    Returns:
        Shape (28, 28), uint8: the ink 20 pixels high, or as wide as two digits of that height,
        then squeezed in width; its box in the middle, its darkest place 255; all 0 if there is no
        ink.

    Example:
        >>> frame = np.full((100, 200), 255, np.uint8)
        >>> frame[15:-15, 15:-15] = 0
        >>> rows, columns = np.nonzero(to_strip(frame))
        >>> [int(place) for place in (rows.min(), rows.max(), columns.min(), columns.max())]
        [4, 23, 2, 24]
    """
    strip = np.zeros((STRIP_SIDE, STRIP_SIDE), np.uint8)
    clean = clean_strokes(ink, round(_HIGH * PER_PIXEL), round(_WIDE * PER_PIXEL), _FINISH)
    x, y, width, height = cv2.boundingRect(clean)
    if not width:
        return strip
    factor = min(_HIGH / height, _WIDE / width)
    size = (max(1, round(width * factor * _SQUEEZED)), max(1, round(height * factor)))
    small = cv2.resize(clean[y : y + height, x : x + width], size, interpolation=cv2.INTER_AREA)
    top, left = (STRIP_SIDE - size[1]) // 2, (STRIP_SIDE - size[0]) // 2
    bright = np.rint(small * (WHITE / small.max())).astype(np.uint8)
    strip[top : top + size[1], left : left + size[0]] = bright
    return strip
