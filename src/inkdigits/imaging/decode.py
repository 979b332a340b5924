"""A picture file -> upright pictures in colours.

Comes in: the bytes of a file. Goes out: its pages as pictures, or a `PictureError`. It does not
know where the file comes from or what it is called.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from inkdigits.errors import PictureError
from inkdigits.imaging.apart import pages_apart
from inkdigits.imaging.kinds import Kind, kind_of
from inkdigits.imaging.limits import Limits
from inkdigits.imaging.picture import Picture, picture_of
from inkdigits.imaging.plain_png import plain_png
from inkdigits.imaging.raster import raster_pages

__all__ = ["Limits", "Pages", "decode", "decode_pages"]

Pages: TypeAlias = Literal["first", "all"]

# All pages together, times `max_pixels`: they are in memory at once.
_MAX_TOTAL = 20
_DEFAULT = Limits()


def decode(content: bytes, *, limits: Limits = _DEFAULT, pages: Pages = "first") -> list[Picture]:
    """Decode the first page of a picture file, or all pages.

    PNG, JPEG, WebP, BMP, TIFF, GIF, HEIC and PDF files are known by their content. Pictures of
    more than 3500 pixels on their longer side are reduced, by 2, 4, 8 and so on, to more than
    1750. Exif orientation is heeded; what is transparent becomes white, or black where what is
    visible is bright.

    Args:
        content: The file.
        limits: How large it may be. What it claims is checked before pixels are decoded.
        pages: Only the first page or frame, or all of them; in PDF files, what is drawn on each.

    Returns:
        Pictures in the order of the file, at least one.

    Raises:
        PictureError: If the file is empty, of no known kind, damaged, cut off, locked or too
            large, or all its pages together have more than 20 times `limits.max_pixels`.

    Example:
        >>> bmp = b"BM" + bytes([58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0])
        >>> bmp += bytes([40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0]) + bytes(24)
        >>> decode(bmp + bytes([0, 0, 255, 0]))[0].pixels.tolist()
        [[[255, 0, 0]]]
    """
    found: list[Picture] = []
    total = 0
    for picture in decode_pages(content, limits=limits, pages=pages):
        total += picture.pixels.shape[0] * picture.pixels.shape[1]
        if total > _MAX_TOTAL * limits.max_pixels:
            raise PictureError(
                f"received a file whose pages have more than {_MAX_TOTAL * limits.max_pixels:,} "
                "pixels in all; split it into smaller ones"
            )
        found.append(picture)
    return found


def decode_pages(
    content: bytes, *, limits: Limits = _DEFAULT, pages: Pages = "first"
) -> Iterator[Picture]:
    """Decode a picture file like `decode`, one page at a time.

    Args:
        content: The file.
        limits: How large it may be.
        pages: Only the first page or frame, or all of them.

    Yields:
        Pictures in the order of the file. Each is decoded when it is asked for, so only one need
        be in memory.

    Raises:
        PictureError: As `decode`, at the page that is the cause.
    """
    limits.check_bytes(len(content))
    kind = kind_of(content)
    decoded = _typed(_pages(content, kind, limits), kind)
    page = 0
    for page, picture in enumerate(decoded, start=1):
        limits.check_page(page)
        yield picture
        if pages == "first":
            return
    if not page:
        raise PictureError(f"received a {kind} file without pictures")


def _pages(content: bytes, kind: Kind, limits: Limits) -> Iterator[Picture]:
    if kind == "PNG" and (pixels := plain_png(content)) is not None:
        limits.check_size(pixels.shape[1], pixels.shape[0])
        return iter([picture_of(pixels)])
    if kind == "PDF" or kind == "HEIC":
        return pages_apart(content, kind, limits)
    return raster_pages(content, kind, limits)


def _typed(decoded: Iterator[Picture], kind: Kind) -> Iterator[Picture]:
    """Give the errors of all decoders one type; on damaged files they raise almost anything."""
    try:
        yield from decoded
    except PictureError:
        raise
    except Exception as error:
        cause = " ".join(str(error).split()) or type(error).__name__
        raise PictureError(f"received a {kind} file that is damaged: {cause}") from error
