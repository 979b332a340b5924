"""What was read, drawn into the picture it was read in.

Comes in: a picture, and boxes with what stands in them. Goes out: a picture. It does not know who
read it, only what each box says.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from inkdigits.array_types import UInt8
from inkdigits.imaging.picture import Picture
from inkdigits.imaging.quantile import quantile

READ = (0, 128, 60)
REJECTED = (200, 40, 40)
_HALO = (255, 255, 255)
_TEXT = (255, 255, 255)

_SMALLEST_TEXT = 11  # points; less is hard to read
_LARGEST_TEXT = 64
_TEXT_SHARE = 0.33  # of a typical digit's height
_LEAST_SHARE = 0.18  # where lines are so close that tags would cover the digits above
_CLOSE = 0.1  # the quantile of the gaps between lines that tags should fit into
_LEGIBLE_DIGIT = 30  # pixels; smaller digits are enlarged with their picture
_ENLARGED_DIGIT = 64  # pixels, at least
_MOST_ENLARGED = 1600  # pixels: beyond it a picture is large enough as it is
_TAG = 1.25  # a tag's height, of its text's
_AWAY = 0.25  # about how far it is from the digit, of its text's height
_SMALL = 0.72  # the confidence's size, of the reading's


@dataclass(frozen=True)
class Note:
    """A box and what to write at it.

    Attributes:
        box: First column, first row, width and height, in pixels of the upright picture.
        text: What was read; None for what was rejected, which gets a dashed box and no text.
        detail: What to write behind it, smaller.
    """

    box: tuple[int, int, int, int]
    text: str | None
    detail: str = ""


@dataclass(frozen=True)
class _Style:
    """Sizes that fit the digits of one picture, in pixels."""

    factor: float
    border: int
    line: int
    text: int
    margin: int


def annotate(picture: Picture, notes: Sequence[Note]) -> UInt8[np.ndarray, "rows columns 3"]:
    """Draw boxes and readings into a picture.

    Args:
        picture: Stays as it is.
        notes: What to draw; the boxes may reach beyond the picture.

    Returns:
        The picture as large as it was decoded; if its digits are so small that nobody could read
        what is written at them, larger by a whole factor, with a border.

    Example:
        >>> from inkdigits.imaging.picture import picture_of
        >>> paper = picture_of(np.full((100, 200), 255, np.uint8))
        >>> annotate(paper, [Note((50, 30, 30, 60), "7", "99 %")]).shape
        (100, 200, 3)
    """
    image, style = _canvas(picture, _typical_height(picture, notes), _room(picture, notes))
    draw = ImageDraw.Draw(image)
    boxes = [_frame(note, style) for note in notes]
    for note, box in zip(notes, boxes, strict=True):
        _draw_box(draw, box, style, dashed=note.text is None)
    for note, box in zip(notes, boxes, strict=True):
        if note.text is not None:
            _draw_tag(draw, image.size, box, note, style)
    return np.asarray(image)


def to_png(pixels: UInt8[np.ndarray, "rows columns 3"]) -> bytes:
    r"""Return a picture as the content of a PNG file.

    Example:
        >>> to_png(np.zeros((2, 3, 3), np.uint8))[:4]
        b'\x89PNG'
    """
    content = io.BytesIO()
    # The strongest compression takes ten times as long and saves a tenth.
    Pillow.fromarray(pixels).save(content, "PNG", compress_level=2)
    return content.getvalue()


def _typical_height(picture: Picture, notes: Sequence[Note]) -> float:
    """Return how many pixels high digits are, or what was rejected if there are none."""
    read = [note.box[3] for note in notes if note.text is not None]
    heights = read or [note.box[3] for note in notes] or [picture.height]
    return max(1.0, float(np.median(heights)) / picture.scale)


def _room(picture: Picture, notes: Sequence[Note]) -> float:
    """Return how many pixels are free above a box where lines are close; infinity on one line."""
    if not notes:
        return np.inf
    x, y, width, height = np.array([note.box for note in notes], np.float64).T
    beside = (x[:, None] < x + width) & (x < (x + width)[:, None])
    above = (y + height / 2) < y[:, None]
    gaps = np.where(beside & above, y[:, None] - (y + height), np.inf).min(axis=1)
    known = gaps[np.isfinite(gaps)]
    return quantile(known, _CLOSE) / picture.scale if known.size else np.inf


def _canvas(picture: Picture, height: float, room: float) -> tuple[Pillow.Image, _Style]:
    """Return a copy to draw on, and the sizes for digits of such a height and lines so close.

    A picture that must be enlarged is often cropped to its digits, so it gets a border as well.
    """
    image = Pillow.fromarray(picture.pixels)
    larger = _enlargement(height, max(image.size))
    share = max(_LEAST_SHARE, min(_TEXT_SHARE, room / (_TAG + _AWAY) / height))
    text = round(min(max(_SMALLEST_TEXT, share * height * larger), _LARGEST_TEXT))
    border = 0 if larger == 1 else round(_TAG * text)
    if larger > 1:
        enlarged = image.resize(
            (image.width * larger, image.height * larger), Pillow.Resampling.NEAREST
        )
        ground = tuple(int(value) for value in np.median(_outline(picture.pixels), axis=0))
        wide = (enlarged.width + 2 * border, enlarged.height + 2 * border)
        image = Pillow.new("RGB", wide, ground)
        image.paste(enlarged, (border, border))
    sizes = {"line": max(1, round(text / 9)), "margin": max(1, round(text / 7))}
    return image, _Style(larger / picture.scale, border, text=text, **sizes)


def _outline(pixels: np.ndarray) -> np.ndarray:
    """Return the colours along the edge of a picture."""
    return np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])


def _enlargement(height: float, longest: int) -> int:
    if height >= _LEGIBLE_DIGIT:
        return 1
    wanted = -(-_ENLARGED_DIGIT // max(1, round(height)))
    return max(1, min(wanted, _MOST_ENLARGED // longest))


def _frame(note: Note, style: _Style) -> tuple[int, int, int, int]:
    """Return the first and last columns and rows of a line that runs around a note's box."""
    x, y, width, height = (style.factor * side for side in note.box)
    x, y = x + style.border, y + style.border
    away = style.margin + style.line
    left, top = round(x - away), round(y - away)
    return left, top, round(x + width + away) - 1, round(y + height + away) - 1


def _draw_box(
    draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], style: _Style, *, dashed: bool
) -> None:
    """Draw a box that shows on any ground: its line has a light edge on either side."""
    left, top, right, bottom = box
    edge = max(1, style.line // 3)
    if not dashed:
        wide = (left - edge, top - edge, right + edge, bottom + edge)
        draw.rectangle(wide, outline=_HALO, width=style.line + 2 * edge)
        draw.rectangle(box, outline=READ, width=style.line)
        return
    for dash in _dashes(box, style):
        draw.rectangle((dash[0] - edge, dash[1] - edge, dash[2] + edge, dash[3] + edge), fill=_HALO)
        draw.rectangle(dash, fill=REJECTED)


def _dashes(box: tuple[int, int, int, int], style: _Style) -> Iterator[tuple[int, int, int, int]]:
    """Return the dashes of a box as rectangles."""
    left, top, right, bottom = box
    thick = style.line - 1
    for start, end in _parts(left, right, style):
        yield start, top, end, top + thick
        yield start, bottom - thick, end, bottom
    for start, end in _parts(top, bottom, style):
        yield left, start, left + thick, end
        yield right - thick, start, right, end


def _parts(first: int, last: int, style: _Style) -> list[tuple[int, int]]:
    """Divide a side into dashes with gaps as long as they are, a dash at either end."""
    length = last - first + 1
    n = max(1, round(length / (5 * style.line)))
    n += 1 - n % 2
    bounds = [first + round(length * i / n) for i in range(n + 1)]
    return [(bounds[i], bounds[i + 1] - 1) for i in range(0, n, 2)]


def _draw_tag(
    draw: ImageDraw.ImageDraw,
    size: tuple[int, int],
    box: tuple[int, int, int, int],
    note: Note,
    style: _Style,
) -> None:
    """Write a reading on a tag above its box; below it or over its top where there is no room."""
    text, detail = note.text or "", note.detail
    large = ImageFont.load_default(style.text)
    small = ImageFont.load_default(max(8, _SMALL * style.text))
    gap = round(0.3 * style.text) if detail else 0
    text_width = draw.textlength(text, large)
    width = round(text_width + gap + draw.textlength(detail, small)) + 2 * style.margin + 2
    height = round(_TAG * style.text)
    left = min(max(0, box[0]), max(0, size[0] - width))
    top = box[1] - height
    if top < -height // 4:
        top = box[3] + 1 if box[3] + height < size[1] else box[1]
    top = max(0, top)
    draw.rectangle((left, top, left + width - 1, top + height - 1), fill=READ)
    base = top + round(0.98 * style.text)
    start = left + style.margin + 1
    draw.text((start, base), text, fill=_TEXT, font=large, anchor="ls")
    draw.text((start + text_width + gap, base), detail, fill=_TEXT, font=small, anchor="ls")
