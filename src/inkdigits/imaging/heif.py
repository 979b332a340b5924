"""A HEIC or HEIF file, as phones write them -> its pictures.

Comes in: the content of a file. Goes out: pictures, each decoded only when it is asked for.
Errors are those of libheif, which some damaged files crash: see `apart.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from inkdigits.imaging.limits import Limits
from inkdigits.imaging.raw_page import RawPage

_MODES = {"L", "LA", "RGB", "RGBA", "RGBa", "I;16"}


def heif_pages(content: bytes, limits: Limits) -> Iterator[RawPage]:
    """Decode the pictures of a HEIF file, the primary one first.

    The file says itself how its pictures are turned; libheif heeds that, and the standard
    (ISO/IEC 23008-12, section 6.5.10) overrules what Exif says.

    Args:
        content: The file.
        limits: What each picture is held against before and after it is decoded.

    Yields:
        Upright pages.

    Raises:
        PictureError: If a picture is larger than allowed.
        ValueError: If a picture is of a mode that this package has no way to read.
        Exception: Whatever libheif raises on a damaged file.
    """
    from pi_heif import open_heif  # type: ignore[import-untyped]

    file = open_heif(content)
    for index in sorted(range(len(file)), key=lambda index: index != file.primary_index):
        image = file[index]
        limits.check_size(*image.size)
        pixels = bytes(image.data)  # the memory itself is libheif's, and goes with its file
        limits.check_size(*image.size)  # decoding may tell another one
        if image.mode not in _MODES:
            raise ValueError(f"its pixels are of the unknown mode {image.mode}")
        width, height = image.size
        yield RawPage(width, height, image.mode, pixels)
