"""Small pictures as text: each Braille character shows two by four pixels.

Comes in: grey images. Goes out: lines of characters that any terminal with Unicode shows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inkdigits.arrays import Image

_FIRST_BRAILLE = 0x2800
# Unicode numbers the dots of a cell down the left column, then the right, the lowest row last.
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])


def to_braille(image: Image, threshold: int = 96) -> list[str]:
    """Draw an image as lines of Braille characters.

    Args:
        image: Shape (height, width), uint8; 0 is paper, 255 is full ink.
        threshold: Pixels at least this dark become dots.

    Returns:
        One line for every four rows, one character for every two columns, rounded up.

    Example:
        >>> to_braille(np.full((4, 4), 255, np.uint8))
        ['⣿⣿']
    """
    height, width = image.shape
    padded = np.zeros((-(-height // 4) * 4, -(-width // 2) * 2), dtype=bool)
    padded[:height, :width] = image >= threshold
    cells = padded.reshape(padded.shape[0] // 4, 4, padded.shape[1] // 2, 2)
    codes = np.einsum("rdck,dk->rc", cells, _DOTS) + _FIRST_BRAILLE
    return ["".join(chr(code) for code in row) for row in codes]


def beside(pictures: Sequence[list[str]], gap: str = " ") -> list[str]:
    """Put pictures of the same height side by side.

    Example:
        >>> beside([["ab"], ["cd"]])
        ['ab cd']
    """
    return [gap.join(lines) for lines in zip(*pictures, strict=True)]
