"""A picture held askew, with the note that says so -> an upright one.

Comes in: Pillow's pictures. Goes out: the same pictures, turned or mirrored. It knows no format.
"""

from __future__ import annotations

from PIL import ExifTags
from PIL import Image as Pillow

# What undoes each orientation. Exif 2.32 (CIPA DC-008), section 4.6.4, tag 0x0112.
_UNDO = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}

_NOTES = {"exif", "xmp", "XML:com.adobe.xmp", "Raw profile type exif"}


def orientation(image: Pillow.Image) -> int:
    """Return the Exif orientation that a loaded picture comes with.

    Args:
        image: As its file was opened, not a copy, and loaded: PNG may keep its notes at the end.

    Returns:
        1 to 8; 1, upright, also where the note is missing, damaged or out of range.

    Example:
        >>> orientation(Pillow.new("L", (3, 2)))
        1
    """
    if _NOTES.isdisjoint(image.info):
        return 1
    try:
        noted = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # whatever a damaged note leads to, the picture itself is there
        return 1
    return int(noted) if isinstance(noted, int) and noted in _UNDO else 1


def turn_upright(image: Pillow.Image, orientation: int) -> Pillow.Image:
    """Turn or mirror a picture so that it stands upright.

    Args:
        image: The picture as it is stored.
        orientation: 1 to 8, as Exif counts.

    Returns:
        The picture itself if it is upright already, otherwise a copy.

    Example:
        >>> turn_upright(Pillow.new("L", (3, 2)), 6).size
        (2, 3)
    """
    return image.transpose(_UNDO[orientation]) if orientation in _UNDO else image


def upright_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Return width and height of a picture once it is upright.

    Example:
        >>> upright_size((3, 2), 6)
        (2, 3)
    """
    width, height = size
    return (height, width) if orientation >= 5 else (width, height)
