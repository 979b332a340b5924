"""PNG files as bytes: the same picture always gives the same bytes.

Comes in: a figure, or one image, grey or in colour. Goes out: the content of a PNG
file. It does not know where the file is kept.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from typing import TYPE_CHECKING

import numpy as np

from inkdigits.array_types import UInt8
from inkdigits.arrays import COLOURS

if TYPE_CHECKING:  # who writes single images takes none of its time
    from matplotlib.figure import Figure

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _COLOUR = 0, 2  # the format's types of colour


def to_png(figure: Figure) -> bytes:
    """Draw a figure into a PNG that carries no date and no version of the software.

    Args:
        figure: As large as its size in inches and its dots per inch say.

    Example:
        >>> from inkdigits.plots.style import canvas
        >>> to_png(canvas(1.0, 0.5, ""))[:8] == SIGNATURE
        True
    """
    content = io.BytesIO()
    with warnings.catch_warnings():
        # A class name in a script that the font lacks becomes boxes; that is no reason to warn.
        warnings.filterwarnings(
            "ignore", message="Glyph .* missing from font", category=UserWarning
        )
        figure.savefig(content, format="png", dpi="figure", metadata={"Software": None})
    return content.getvalue()


def image_to_png(image: UInt8[np.ndarray, "height width *channels"]) -> bytes:
    """Write one small image, one pixel of the file for each of its own.

    Args:
        image: Shape (height, width), uint8, 0 black and 255 white; or (height, width, 3) for red,
            green and blue.

    Returns:
        A PNG with 8 bits for each value, after the PNG specification, third edition
        (https://www.w3.org/TR/png-3/).

    Raises:
        TypeError: If `image` is not uint8 with two axes, or with a third of three colours.

    Example:
        >>> len(image_to_png(np.zeros((28, 28), dtype=np.uint8))) < 100
        True
    """
    if image.dtype != np.uint8 or image.ndim < 2 or image.shape[2:] not in ((), (COLOURS,)):
        raise TypeError(
            "`image` must be uint8 with shape (height, width) or (height, width, 3); "
            f"received {image.dtype} with shape {image.shape}"
        )
    height, width = image.shape[:2]
    values = image.reshape(height, -1)
    rows = np.zeros((height, values.shape[1] + 1), np.uint8)  # each starts with filter 0: none
    rows[:, 1:] = values
    kind = _GREY if image.ndim == 2 else _COLOUR
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    pixels = zlib.compress(rows.tobytes(), level=9)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
