"""Pictures inside the page: PNG bytes as data URIs, with the size they are shown at.

Comes in: the content of a PNG file. Goes out: what an `img` element needs. It does not know what
the picture shows.
"""

from __future__ import annotations

import struct
from base64 import b64encode
from dataclasses import dataclass

DOTS_PER_CSS_PIXEL = 2  # plots are drawn for screens with two dots a pixel


@dataclass(frozen=True)
class Picture:
    """A picture that needs no file beside the page.

    Attributes:
        uri: Data URI of the whole picture.
        width: Width on the page in CSS pixels.
        height: Height on the page in CSS pixels.
    """

    uri: str
    width: int
    height: int


def embed(png: bytes, dots_per_pixel: float = DOTS_PER_CSS_PIXEL) -> Picture:
    """Put a PNG into a data URI.

    Args:
        png: Content of a PNG file.
        dots_per_pixel: Pixels of the file for one CSS pixel of the page.

    Example:
        >>> import numpy as np
        >>> from inkdigits.plots.png import image_to_png
        >>> picture = embed(image_to_png(np.zeros((20, 40), dtype=np.uint8)))
        >>> picture.width, picture.height, picture.uri[:22]
        (20, 10, 'data:image/png;base64,')
    """
    width, height = struct.unpack(">II", png[16:24])  # the first chunk is always the header
    return Picture(
        uri=f"data:image/png;base64,{b64encode(png).decode('ascii')}",
        width=round(width / dots_per_pixel),
        height=round(height / dots_per_pixel),
    )
