"""A page as a decoder leaves it: bytes, and how to understand them.

Comes in: the parts. Goes out: one value that passes from process to process. It imports nothing,
so that a process which needs it starts quickly.
"""

from __future__ import annotations

from typing import NamedTuple


class RawPage(NamedTuple):
    """A page before it has become a picture.

    Attributes:
        width: Columns.
        height: Rows.
        mode: What a pixel consists of, as Pillow calls it, such as "RGB".
        pixels: Row by row, without gaps.
    """

    width: int
    height: int
    mode: str
    pixels: bytes | bytearray | memoryview
