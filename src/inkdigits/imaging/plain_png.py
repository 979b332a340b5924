"""A small grey PNG file that holds its pixels and nothing else -> these pixels, quickly.

Comes in: the content of a PNG file. Goes out: its pixels, or None, which says nothing about the
file but that it needs the decoder for all kinds. Folders of digits are full of such files, and to
set that decoder up takes ten times as long as their pixels.

Nothing is left to OpenCV to find wrong: it gets the file once all sums are right and the pixel data
are complete, since of a damaged file it would show what it has, and print what it thinks of it.
"""

from __future__ import annotations

from struct import Struct
from typing import TypeAlias
from zlib import crc32, decompressobj, error

import cv2
import numpy as np

from inkdigits.array_types import UInt8

LARGEST = 64  # pixels of the longer side

# Numbers of the PNG specification (third edition), sections 5.2, 5.3, 9.2 and 11.2.1.
_START = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\x0dIHDR"
_HEADER = Struct(">II5s")  # width, height; depth, colour type, compression, filter, interlace
_GREY = bytes([8, 0, 0, 0, 0])
_HEADER_ENDS = len(_START) + _HEADER.size + 4
_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_PIXELS = b"IDAT"
_FILTERS = 5

Pixels: TypeAlias = UInt8[np.ndarray, "rows columns 3"]


def plain_png(content: bytes) -> Pixels | None:
    """Decode a PNG file of at most 64x64 grey pixels of 8 bits, not interlaced.

    Args:
        content: The file.

    Returns:
        Shape (rows, columns, 3), uint8, all three colours alike; None if the file is larger, has
        colours or anything besides its pixels, or is damaged.

    Example:
        >>> plain_png(b"GIF89a and so on") is None
        True
    """
    if not content.startswith(_START) or not content.endswith(_END):
        return None
    if len(content) < _HEADER_ENDS + len(_END):
        return None
    width, height, form = _HEADER.unpack_from(content, len(_START))
    if form != _GREY or not (0 < width <= LARGEST and 0 < height <= LARGEST):
        return None
    if not _is_whole(content, width, height):
        return None
    pixels: Pixels | None = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    return pixels


def _is_whole(content: bytes, width: int, height: int) -> bool:
    """Whether all sums are right and the pixel data are as many as there should be."""
    packed = _packed(content)
    if packed is None:
        return False
    row = width + 1  # each begins with the number of its filter
    inflater = decompressobj()
    try:
        data = inflater.decompress(packed, height * row + 1)
    except error:
        return False
    ended = inflater.eof and not inflater.unused_data
    return ended and len(data) == height * row and max(data[::row]) < _FILTERS


def _packed(content: bytes) -> bytes | None:
    """Return the packed pixel data; None if there is anything else, or a sum is wrong."""
    header = content[len(_START) - 4 : _HEADER_ENDS]
    if crc32(header[:-4]) != int.from_bytes(header[-4:], "big"):
        return None
    parts: list[bytes] = []
    at, end = _HEADER_ENDS, len(content) - len(_END)
    while at < end:
        length = int.from_bytes(content[at : at + 4], "big")
        chunk = content[at + 4 : at + 8 + length]
        at += 12 + length
        if at > end or not chunk.startswith(_PIXELS):
            return None
        if crc32(chunk) != int.from_bytes(content[at - 4 : at], "big"):
            return None
        parts.append(chunk[len(_PIXELS) :])
    return b"".join(parts)
