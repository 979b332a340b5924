"""Pages of handwriting from labelled digits, with exact truth.

Comes in: labelled images, a style, a source of randomness. Goes out: pages. It does not know where
the digits come from or who will read the pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from inkdigits.array_types import Float32, UInt16
from inkdigits.arrays import WHITE, Image
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.errors import UsageError
from inkdigits.imaging.pages.exposure import expose, light_page
from inkdigits.imaging.pages.hand import HEIGHT, Hand, draw_hand
from inkdigits.imaging.pages.layout import Curve, Placed, Sheet, lay_out
from inkdigits.imaging.pages.paper import draw_rules, empty_page
from inkdigits.imaging.pages.pens import ink_colour, lay_ink
from inkdigits.imaging.pages.strokes import cover
from inkdigits.imaging.pages.style import CLEAN, Style
from inkdigits.imaging.pages.truth import Distractor, InkBox, Page, TrueDigit, TrueLine
from inkdigits.imaging.pages.view import View, draw_view

_LINE_DISTANCE = (1.5, 2.4)  # heights
_FRAMED_DISTANCE = (2.2, 2.8)  # heights, where frames or lines must fit between
_SQUARES = (0.55, 1.2)  # heights
_PENCIL_POINT = 2.4  # units: width of frames and underlines with a pen of width 1
_TIMES = 4  # frames are drawn larger and averaged


def make_page(digits: LabelledImages, rng: np.random.Generator, style: Style = CLEAN) -> Page:
    """Write digits on a page and take a picture of it.

    Args:
        digits: Digits to draw from, 28x28, with labels 0 to 9.
        rng: Source of randomness; with the same state it makes the same page.
        style: How the page looks.

    Raises:
        UsageError: If there are no digits, they are not 28x28 or have no ink, a label is above 9,
            or the page has a size and the writing does not fit into it.

    Example:
        >>> one = np.zeros((1, 28, 28), np.uint8)
        >>> one[0, 4:24, 13:15] = 255
        >>> page = make_page(LabelledImages(one, np.array([1], np.uint8)), np.random.default_rng(0))
        >>> page.text, len(page.digits)
        ('11111', 5)
    """
    _check(digits)
    dark = bool(rng.random() < style.ground.dark)
    hand = draw_hand(style.writing, dark, rng)
    kind = rng.random()
    squared = kind < style.ground.squared
    ruled = squared or kind < style.ground.squared + style.ground.ruled
    rule, line = _distances(style, squared, rng)
    sheet = lay_out(digits, hand, style.writing, line, rng)
    view = draw_view(sheet.bounds(), hand.unit, style, rng)
    planes = empty_page(view, style.ground, dark, rng)
    if ruled:
        draw_rules(planes, view, rule, squared, rng)
    canvas, lines, distractors = _write(sheet, view, hand, rng)
    for plane, value in zip(planes, ink_colour(hand.pen, rng), strict=True):
        plane += canvas.ink * (value - plane)
    light_page(planes, style.camera, rng)
    pixels = expose(planes, style.camera, hand.height, rng)
    return Page(pixels, lines, canvas.owners, distractors)


def make_pages(
    digits: LabelledImages, n: int, rng: np.random.Generator, style: Style = CLEAN
) -> Iterator[Page]:
    """Make n pages, one after another.

    Args:
        digits: Digits to draw from, 28x28, with labels 0 to 9.
        n: Number of pages.
        rng: Source of randomness; the first of a longer series are those of a shorter one.
        style: How the pages look.

    Raises:
        UsageError: As `make_page`.
    """
    return (make_page(digits, rng, style) for _ in range(n))


def number_page(
    digits: LabelledImages, rng: np.random.Generator, style: Style = CLEAN, length: int = 5
) -> Page:
    """Make a page with a single number; arguments and errors as those of `make_page`.

    Args:
        digits: Digits to draw from.
        rng: Source of randomness.
        style: How the page looks; how many lines and numbers it asks for does not matter.
        length: Digits of the number, at least 1.
    """
    one = replace(style.writing, lines=(1, 1), numbers=(1, 1), length=(length, length))
    return make_page(digits, rng, replace(style, writing=one))


def pair(digits: LabelledImages, rng: np.random.Generator, style: Style = CLEAN) -> Page:
    """Make a page with two digits that touch; arguments and errors as those of `make_page`."""
    touching = replace(style, writing=replace(style.writing, touching=1))
    return number_page(digits, rng, touching, length=2)


def pasted(image: Image, factor: int = 8) -> np.ndarray:
    """Paste a digit large on a white page, black, with the grey levels that it has.

    Args:
        image: Shape (height, width), uint8; 0 is paper, 255 is full ink.
        factor: Pixels for each pixel of the image, at least 1.

    Returns:
        Shape (2 height factor, 2 width factor, 3), uint8: the digit in the middle, enlarged by
        bicubic interpolation.

    Raises:
        UsageError: If the factor is below 1.

    Example:
        >>> pasted(np.full((28, 28), 255, np.uint8), factor=2)[56, [0, 56]].tolist()
        [[255, 255, 255], [0, 0, 0]]
    """
    if factor < 1:
        raise UsageError(f"`factor` must be at least 1; received {factor}")
    height, width = (side * factor for side in image.shape)
    large = cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC)
    page = np.full((2 * height, 2 * width, 3), WHITE, np.uint8)
    top, left = height // 2, width // 2
    page[top : top + height, left : left + width] -= large[..., np.newaxis]
    return page


def _check(digits: LabelledImages) -> None:
    if not len(digits):
        raise UsageError("there must be digits to draw from; received none")
    if digits.images.shape[1:] != (28, 28):
        height, width = digits.images.shape[1:]
        raise UsageError(f"digits must be images of 28x28; received {height}x{width}")
    if digits.labels.max() > 9:
        raise UsageError(f"labels must be between 0 and 9; received {digits.labels.max()}")


def _distances(style: Style, squared: bool, rng: np.random.Generator) -> tuple[float, float]:
    """Return the units between rules, and those between lines, a multiple of the former."""
    framed = style.writing.frames or style.writing.underlines
    line = HEIGHT * rng.uniform(*(_FRAMED_DISTANCE if framed else _LINE_DISTANCE))
    if not squared:
        return line, line
    rule = HEIGHT * rng.uniform(*_SQUARES)
    return rule, rule * float(np.ceil(line / rule))


def _write(
    sheet: Sheet, view: View, hand: Hand, rng: np.random.Generator
) -> tuple[_Canvas, tuple[TrueLine, ...], tuple[Distractor, ...]]:
    """Draw everything; return the ink, the lines, and what is no digit."""
    canvas = _Canvas.empty(view)
    lines: dict[int, list[TrueDigit]] = {}
    distractors = []
    digits = 0
    for placed in sheet.placed:
        written = placed.glyph.digit
        digits += written is not None
        owner = 0 if written is None else digits
        box = canvas.lay(*_cover_glyph(placed, view), hand, rng, owner)
        if written is not None:
            digit = TrueDigit(written, box, placed.number)
            lines.setdefault(placed.line, []).append(digit)
        elif placed.kind != "digit":
            distractors.append(Distractor(placed.kind, box))
    for curve in sheet.curves:
        box = canvas.lay(*_cover_curve(curve, view, hand), hand, rng)
        distractors.append(Distractor(curve.kind, box))
    return canvas, tuple(TrueLine(tuple(line)) for line in lines.values()), tuple(distractors)


def _cover_glyph(placed: Placed, view: View) -> tuple[InkBox, Float32[np.ndarray, "rows columns"]]:
    glyph = placed.glyph
    move = np.array([[1, 0, placed.x], [0, 1, placed.y], [0, 0, 1]])
    unit = glyph.size * view.scale_at(placed.x, placed.y)
    return cover(glyph.depth, view.matrix @ move @ glyph.matrix, unit)


def _cover_curve(
    curve: Curve, view: View, hand: Hand
) -> tuple[InkBox, Float32[np.ndarray, "rows columns"]]:
    """Draw a frame or underline."""
    points = view.project(curve.points)
    width = hand.unit * hand.pen_width * _PENCIL_POINT
    low = np.floor(points.min(axis=0) - width - 1)
    columns, rows = (np.ceil(points.max(axis=0) + width + 1) - low).astype(int)
    drawn = np.zeros((rows * _TIMES, columns * _TIMES), np.uint8)
    path = np.rint((points - low) * _TIMES).astype(np.int32)
    cv2.polylines(drawn, [path], False, WHITE, max(1, round(width * _TIMES)))
    share = cv2.resize(drawn, (int(columns), int(rows)), interpolation=cv2.INTER_AREA)
    box = InkBox(int(low[0]), int(low[1]), int(columns), int(rows))
    return box, share.astype(np.float32) / WHITE


@dataclass(frozen=True, eq=False)
class _Canvas:
    """What lies on a page: how opaque the ink is, and whose it is."""

    ink: Float32[np.ndarray, "height width"]
    owners: UInt16[np.ndarray, "height width"]

    @classmethod
    def empty(cls, view: View) -> _Canvas:
        shape = view.height, view.width
        return cls(np.zeros(shape, np.float32), np.zeros(shape, np.uint16))

    def lay(
        self,
        box: InkBox,
        share: Float32[np.ndarray, "rows columns"],
        hand: Hand,
        rng: np.random.Generator,
        owner: int = 0,
    ) -> InkBox:
        """Add ink; return the box of what lies on the page."""
        if not share.size:
            return box
        laid = lay_ink(share, hand.pen, hand.height, rng) * np.float32(hand.opacity)
        top, left = max(0, -box.y), max(0, -box.x)
        place = np.s_[max(0, box.y) : box.y + box.height, max(0, box.x) : box.x + box.width]
        target = self.ink[place]
        part = laid[top : top + target.shape[0], left : left + target.shape[1]]
        np.maximum(target, part, out=target)
        self.owners[place][part > 0] = owner
        rows, columns = (np.flatnonzero((part > 0).any(axis)) for axis in (1, 0))
        return InkBox(
            max(0, box.x) + int(columns[0]),
            max(0, box.y) + int(rows[0]),
            int(columns[-1] - columns[0]) + 1,
            int(rows[-1] - rows[0]) + 1,
        )
