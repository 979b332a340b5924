"""A PDF file -> its pages, drawn.

Comes in: the content of a file. Goes out: pages, each drawn when it is asked for. It does not read
text or forms: all that counts is what a page looks like. Some files keep PDFium busy for days, and
nothing can interrupt it: see `apart.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from inkdigits.errors import PictureError
from inkdigits.imaging.limits import Limits
from inkdigits.imaging.raw_page import RawPage

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage  # type: ignore[import-untyped]

_DPI = 200
_POINTS = 72  # in an inch
_SHORTEST = 1000  # pixels of the longer side
_LARGEST = 14_400  # points, ISO 32000-1, annex C.2
_DEPTH = 4  # of forms within forms that are searched for pictures


def pdf_pages(content: bytes, limits: Limits, longest: int) -> Iterator[RawPage]:
    """Draw every page of a PDF file at 200 dots per inch, within limits.

    Args:
        content: The file.
        limits: What each page and each picture on it is held against before it is drawn.
        longest: Pixels of the longer side of a page.

    Yields:
        Pages in mode RGB.

    Raises:
        PictureError: If the file is locked or has no pages, or something in it is too large.
        Exception: Whatever PDFium raises on a damaged file.
    """
    document = _open(content)
    for index in range(len(document)):
        size = document.get_page_size(index)
        page = document[index]
        _check_pictures(page, limits)
        scale = pixels_per_point(size, limits.max_pixels, longest)
        bitmap = page.render(scale=scale, rev_byteorder=True)
        yield RawPage(bitmap.width, bitmap.height, "RGB", memoryview(bitmap.buffer).cast("B"))
        page.close()


def pixels_per_point(size: tuple[float, float], max_pixels: int, longest: int) -> float:
    """Return how many pixels a point is given: 200 to the inch, within limits.

    Args:
        size: Width and height of a page in points.
        max_pixels: What the page may have in all.
        longest: What its longer side may have; it has at least 1000 otherwise.

    Raises:
        PictureError: If the page is empty or larger than PDF allows.

    Example:
        >>> pixels_per_point((720, 360), 50_000_000, 4000)  # 10 inches, 2000 pixels
        2.7777777777777777
    """
    longer, shorter = max(size), min(size)
    if not 0 < shorter <= longer <= _LARGEST:
        raise PictureError(
            f"received a PDF page of {size[0]:g}x{size[1]:g} points; "
            f"it should be larger than 0 and at most {_LARGEST:,}"
        )
    pixels = min(max(longer * _DPI / _POINTS, _SHORTEST), longest)
    most = math.sqrt(max_pixels * longer / shorter)
    return max(1, math.floor(min(pixels, most))) / longer


def _open(content: bytes) -> PdfDocument:
    from pypdfium2 import PdfDocument, PdfiumError, raw

    try:
        return PdfDocument(content)
    except PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            message = "received a PDF file that is locked; it should open without a password"
            raise PictureError(message) from error
        if error.err_code == raw.FPDF_ERR_SUCCESS:
            raise PictureError("received a PDF file without pages") from error
        raise


def _check_pictures(page: PdfPage, limits: Limits) -> None:
    from pypdfium2 import PdfImage, raw

    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=_DEPTH):
        if isinstance(image, PdfImage):
            width, height = image.get_px_size()
            limits.check_size(max(width, 1), max(height, 1))  # one without pixels does no harm
