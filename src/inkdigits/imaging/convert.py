"""What a program has in its memory -> a picture to read.

Comes in: the content of a picture file, an array of pixels, or an image of Pillow. Goes out: a
picture. It does not open files.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from PIL import Image as Pillow

from inkdigits.errors import PictureError, UsageError
from inkdigits.imaging.colours import reduction, to_rgb
from inkdigits.imaging.decode import decode
from inkdigits.imaging.picture import Picture, picture_of
from inkdigits.imaging.upright import orientation, turn_upright, upright_size

InMemory: TypeAlias = bytes | np.ndarray | Pillow.Image


def to_picture(image: InMemory) -> Picture:
    """Make a picture of what a program has in its memory.

    Args:
        image: The content of a picture file, of which the first page is taken; uint8 pixels of
            shape (height, width) or (height, width, 3); or an image of Pillow.

    Raises:
        PictureError: If the content cannot be decoded, or an image has no pixels.
        UsageError: If it is anything else.

    Example:
        >>> to_picture(Pillow.new("L", (5, 2))).pixels.shape
        (2, 5, 3)
    """
    if isinstance(image, bytes | bytearray | memoryview):
        return decode(bytes(image))[0]
    if isinstance(image, Pillow.Image):
        return _from_pillow(image)
    if not isinstance(image, np.ndarray):
        raise UsageError(
            "`image` must be a path, bytes, a NumPy array or a Pillow image; "
            f"received {type(image).__name__}"
        )
    try:
        return picture_of(image)
    except TypeError as error:
        raise UsageError(str(error)) from error


def _from_pillow(image: Pillow.Image) -> Picture:
    """Treat an image as one in a file is treated: upright, opaque, small enough to read.

    Raises:
        PictureError: If its pixels cannot be had; Pillow reads a file only when they are needed.
    """
    try:
        image.load()
        askew = orientation(image)
        upright = turn_upright(to_rgb(image, reduction(image.size)), askew)
    except (OSError, ValueError, SyntaxError) as error:
        raise PictureError(f"the image cannot be read: {error}") from error
    return Picture(np.asarray(upright), *upright_size(image.size, askew))
