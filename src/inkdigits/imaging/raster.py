"""A PNG, JPEG, WebP, BMP, TIFF or GIF file -> its pages or frames, one after the other.

Comes in: the content of a file of a known kind. Goes out: pictures, each decoded only when it is
asked for. Errors are those of Pillow; the caller gives them a type.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib import import_module
from itertools import count
from typing import TypeAlias

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageFile

from inkdigits.array_types import UInt8
from inkdigits.errors import PictureError
from inkdigits.imaging.colours import reduction, to_rgb
from inkdigits.imaging.kinds import Kind
from inkdigits.imaging.limits import Limits
from inkdigits.imaging.picture import Picture
from inkdigits.imaging.quiet import pillow_is_quiet
from inkdigits.imaging.upright import orientation, turn_upright, upright_size

# Pillow's module for each, which is imported when the first such file comes.
_DECODERS: dict[Kind, str] = {
    "PNG": "Png",
    "JPEG": "Jpeg",
    "WebP": "WebP",
    "BMP": "Bmp",
    "TIFF": "Tiff",
    "GIF": "Gif",
}

# A progressive JPEG file of a few kilobytes may hold thousands of scans, each of which goes over
# the whole picture. Cameras and programs write about ten.
_START_OF_SCAN = b"\xff\xda"
_MAX_SCANNED = 1_000_000_000  # pixels times scans

Pixels: TypeAlias = UInt8[np.ndarray, "rows columns 3"]


def raster_pages(content: bytes, kind: Kind, limits: Limits) -> Iterator[Picture]:
    """Decode the pages of a file in one of Pillow's formats.

    Args:
        content: The file.
        kind: What it is.
        limits: What each page is held against before its pixels are decoded.

    Yields:
        Upright pictures, the first page first.

    Raises:
        PictureError: If a page is larger than allowed.
        Exception: Whatever Pillow raises on a damaged file.

    Example:
        >>> gif = b"GIF87a" + bytes([2, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255])
        >>> gif += bytes([0x2C, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x44, 0x0A, 0, 0x3B])
        >>> [picture.pixels[0, :, 0].tolist() for picture in raster_pages(gif, "GIF", Limits())]
        [[0, 255]]
    """
    image = None
    for page in count(1):
        with pillow_is_quiet():
            if image is None:
                image = _open(content, kind, limits)
            elif not _turn_to(image, page):
                return
            limits.check_size(*image.size)
            if kind == "JPEG":
                _check_scans(content, image.size)
            picture = _picture(image, page)
        yield picture


def _open(content: bytes, kind: Kind, limits: Limits) -> ImageFile.ImageFile:
    try:
        return _decoder(kind)(io.BytesIO(content))
    except Pillow.DecompressionBombError as error:  # Pillow's own limit, for WebP
        message = f"received a {kind} file of far more than {limits.max_pixels:,} pixels"
        raise PictureError(message) from error


def _decoder(kind: Kind) -> type[ImageFile.ImageFile]:
    """Return the decoder itself: `Image.open` would also try others, and warn of large ones."""
    name = _DECODERS[kind]
    decoder: type[ImageFile.ImageFile] = getattr(
        import_module(f"PIL.{name}ImagePlugin"), f"{name}ImageFile"
    )
    return decoder


def _turn_to(image: ImageFile.ImageFile, page: int) -> bool:
    """Go on to a page, counted from 1; say whether there is one."""
    try:
        image.seek(page - 1)
    except EOFError:
        return False
    return True


def _picture(image: ImageFile.ImageFile, page: int) -> Picture:
    size, factor = image.size, reduction(image.size)
    if factor > 1:
        # JPEG alone heeds this: it then decodes one pixel in place of 2x2, 4x4 or 8x8.
        image.draft(None, (max(1, size[0] // factor), max(1, size[1] // factor)))
    image.load()
    # Pillow turns TIFF files by itself.
    askew = 1 if image.format == "TIFF" else orientation(image)
    done = round(max(size) / max(image.size))
    pixels = _pixels(image, max(1, factor // done), askew)
    width, height = upright_size(size, askew)
    return Picture(pixels, width, height, page)


def _pixels(image: Pillow.Image, factor: int, askew: int) -> Pixels:
    if image.mode != "L" or factor > 1 or image.has_transparency_data:
        return np.asarray(turn_upright(to_rgb(image, factor), askew))
    # Grey pictures are most of all small ones, and this way faster by a quarter.
    grey = np.asarray(turn_upright(image, askew))
    pixels: Pixels = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    return pixels


def _check_scans(content: bytes, size: tuple[int, int]) -> None:
    scans = content.count(_START_OF_SCAN)
    if scans * size[0] * size[1] > _MAX_SCANNED:
        raise PictureError(
            f"received a JPEG file that paints {size[0]}x{size[1]} pixels {scans:,} times over; "
            "about ten times would be usual"
        )
