"""A picture in any of Pillow's modes -> one in red, green and blue, opaque, small enough to read.

Comes in: a loaded picture. Goes out: a picture in mode RGB, reduced by a whole factor. It knows
no file format. Large pictures pass through in strips, so that only one whole copy is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image as Pillow

from inkdigits.arrays import WHITE

# Pixels of the longer side. Telephones take pictures of 4000 to 4096, of which JPEG's own decoder
# makes half as many in half of the time.
LONGEST = 3500
_STRIP = 256  # rows of the reduced picture
_DEEP = {"I", "F", "I;16", "I;16L", "I;16B", "I;16N"}

# Full white of pictures in more than 8 bits: that of 8, 10, 12, 14 and 16 bits.
_LEVELS = (255.0, 1023.0, 4095.0, 16383.0, 65535.0)


class _Range(NamedTuple):
    """The values that stand for black and for white."""

    black: float
    white: float


def reduction(size: tuple[int, int]) -> int:
    """Return the power of two that brings a picture's longer side to 3500 pixels or less.

    What is larger than 3500 pixels is so brought to more than 1750. JPEG files can be decoded at
    one half, one quarter and one eighth for a fraction of the work; hence powers of two.

    Example:
        >>> reduction((4032, 3024)), reduction((2000, 30)), reduction((20, 14001))
        (2, 1, 8)
    """
    factor = 1
    while max(size) > LONGEST * factor:
        factor *= 2
    return factor


def to_rgb(image: Pillow.Image, factor: int = 1) -> Pillow.Image:
    """Bring a picture into mode RGB, reduced by a factor.

    Each pixel is the mean of a square of `factor` pixels. Pictures in more than 8 bits keep their
    contrast: full white is that of the smallest usual depth that holds all their values. What is
    transparent becomes white, or black where the visible part is bright.

    Args:
        image: Loaded, in any mode.
        factor: At least 1.

    Returns:
        In mode RGB, its sides those of `image` divided by `factor`, rounded up.

    Raises:
        ValueError: If Pillow has no way from this mode to RGB.

    Example:
        >>> to_rgb(Pillow.new("CMYK", (5, 4), (0, 255, 255, 0)), factor=2).getpixel((2, 1))
        (255, 0, 0)
    """
    span = _range(image) if image.mode in _DEEP else None
    if factor == 1:
        return _on_ground(_in_colours(image, span))
    small: Pillow.Image | None = None
    for top, strip in _strips(image, _STRIP * factor):
        part = _in_colours(strip, span).reduce(factor)
        if small is None:
            small = Pillow.new(part.mode, (part.width, -(-image.height // factor)))
        small.paste(part, (0, top // factor))
    if small is None:
        raise ValueError("the picture has no rows")
    return _on_ground(small)


def _strips(image: Pillow.Image, rows: int) -> Iterator[tuple[int, Pillow.Image]]:
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def _in_colours(image: Pillow.Image, span: _Range | None) -> Pillow.Image:
    """Return a picture in mode RGBA if something may be transparent, otherwise in mode RGB."""
    if span is not None:
        return _to_bytes(image, span).convert("RGB")
    if image.mode == "LAB":
        return image.getchannel(0).convert("RGB")  # the lightness
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _range(image: Pillow.Image) -> _Range:
    low, high = 0.0, 0.0
    for _, strip in _strips(image, _STRIP):
        values = np.asarray(strip)
        known = values[np.isfinite(values)]
        if known.size:
            low, high = min(low, float(known.min())), max(high, float(known.max()))
    if low < 0:
        return _Range(low, high)
    levels = (1.0, *_LEVELS) if image.mode == "F" else _LEVELS
    return _Range(0.0, next((level for level in levels if level >= high), high))


def _to_bytes(image: Pillow.Image, span: _Range) -> Pillow.Image:
    values = np.nan_to_num(np.asarray(image), nan=0.0, posinf=span.white, neginf=span.black)
    share = (values.astype(np.float64) - span.black) / (span.white - span.black)
    return Pillow.fromarray(np.rint(np.clip(share, 0, 1) * WHITE).astype(np.uint8))


def _on_ground(image: Pillow.Image) -> Pillow.Image:
    """Put a picture that may be transparent on white or black paper."""
    if image.mode == "RGB":
        return image
    alpha = image.getchannel("A")
    colours = image.convert("RGB")
    if alpha.getextrema() == (WHITE, WHITE):
        return colours
    ground = Pillow.new("RGB", image.size, "black" if _wants_black(colours, alpha) else "white")
    ground.paste(colours, mask=alpha)
    return ground


def _wants_black(colours: Pillow.Image, alpha: Pillow.Image) -> bool:
    """Decide whether what is transparent should be black.

    Where most is transparent, the visible part is taken for ink: bright ink, though dark pixels
    may be at its edges, needs black. Otherwise it is a page of its own, whose ground goes on;
    unless all of it is bright, for then it is broad strokes.
    """
    seen = np.asarray(alpha)
    covered = float(seen.mean()) / WHITE
    if not covered:
        return False
    bright = np.asarray(colours.convert("L")) > WHITE // 2
    share = (
        float(seen.mean(where=bright) * bright.mean()) / (covered * WHITE) if bright.any() else 0
    )
    if covered < 0.5:
        return share >= 0.9
    return share < 0.5 or (share >= 0.99 and covered < 0.9)
