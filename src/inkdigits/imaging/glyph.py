"""Marks -> an image in the form of MNIST: the one thing that the network sees.

Comes in: the marks that may be one digit. Goes out: their ink together, with strokes as wide as
MNIST's. It does not know whether they are a digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import cv2
import numpy as np

from inkdigits.arrays import WHITE, Image
from inkdigits.imaging.marks import Mark, extent
from inkdigits.imaging.normalise import to_mnist
from inkdigits.imaging.scaling import scaled_size

_SIDE = 80  # the longer side on which strokes are measured
PER_PIXEL = _SIDE / 20  # pixels there for each of MNIST's
_MARGIN = 16  # room for strokes to grow
_THICKEST, _SHRUNK = 4.2, 4.0  # strokes left as they are at most, and what others are brought to
_SMOOTH = 1.2
_TRACE = 8  # of 255: fainter ink would only widen the box
_EDGE = 0.35  # of the darkest ink: where strokes end, which a lens or a scan has blurred


@dataclass(frozen=True)
class Finish:
    """How strokes are made like MNIST's.

    Attributes:
        paper: Share of ink that becomes none.
        full: Share of ink that becomes all.
        thinnest: Strokes left as they are at least, in MNIST's pixels.
        grown: What thinner ones are brought to.
    """

    paper: float
    full: float
    thinnest: float
    grown: float

    @cached_property
    def contrast(self) -> Image:
        """What becomes of each grey level."""
        levels = np.arange(WHITE + 1, dtype=np.uint8) / np.float32(WHITE)
        shares = (levels - self.paper) / (self.full - self.paper)
        return (WHITE * shares.clip(0, 1)).astype(np.uint8)


# Chosen on held-out digits, as the reader finds them on pages; see benchmarks/RESULTS.md.
_OF_DIGITS = Finish(paper=0.1, full=0.9, thinnest=1.8, grown=2.1)


def draw_together(marks: Sequence[Mark]) -> Image:
    """Draw marks at their places in one picture, just large enough.

    Args:
        marks: At least one.

    Returns:
        uint8; 0 is paper, 255 is full ink.
    """
    x, y, right, bottom = extent(marks)
    drawn = np.zeros((bottom - y, right - x), np.uint8)
    for mark in marks:
        part = drawn[mark.y - y : mark.bottom - y, mark.x - x : mark.right - x]
        np.maximum(part, mark.values * mark.mask, out=part)
    return drawn


def to_glyph(ink: Image) -> Image:
    """Bring a picture of ink into the form of MNIST, with strokes as wide as MNIST's.

    Nine in ten of MNIST's strokes are 1.6 to 3.6 pixels wide (twice the area over the outline). A
    pen on a page is far thinner: without this, its digits would be pale and broken at 20 pixels.
    MNIST's digits were black or white when they were brought to 20 pixels, so these go from where
    strokes end, and the blur around them is left out.

    Args:
        ink: Shape (height, width), uint8; 0 is paper, 255 is full ink.

    Returns:
        Shape (28, 28), uint8, as `to_mnist` returns it.

    Example:
        >>> line = np.zeros((300, 9), np.uint8)
        >>> line[:, 3:6] = 255  # 300 times as long as wide
        >>> image = to_glyph(line)
        >>> int((image[14] > 127).sum())
        2
    """
    clean = clean_strokes(ink, _SIDE, _SIDE, _OF_DIGITS)
    strokes = (clean >= _EDGE * clean.max(initial=1)).astype(np.uint8)
    x, y, width, height = cv2.boundingRect(strokes)
    return to_mnist(clean[y : y + height, x : x + width])


def clean_strokes(ink: Image, highest: int, widest: int, finish: Finish) -> Image:
    """Enlarge or reduce a picture of ink, and make its strokes as wide as MNIST's.

    Args:
        ink: Shape (height, width), uint8; 0 is paper, 255 is full ink.
        highest: Rows that the ink fills, if it is not too wide for that.
        widest: Columns that it fills otherwise.
        finish: What becomes of grey levels and of thin strokes.

    Returns:
        uint8, the ink with some paper around: `PER_PIXEL` pixels for each of MNIST's.
    """
    grey = cv2.LUT(
        _resize(ink, min(highest / ink.shape[0], widest / ink.shape[1])), finish.contrast
    )
    framed = cv2.copyMakeBorder(grey, _MARGIN, _MARGIN, _MARGIN, _MARGIN, cv2.BORDER_CONSTANT)
    _, clean = cv2.threshold(_adjust_strokes(framed, finish), _TRACE - 1, 0, cv2.THRESH_TOZERO)
    return np.asarray(clean, np.uint8)


def stroke_width(ink: Image) -> float:
    """Return the mean width of strokes in pixels: twice the area over the length of the outline.

    Args:
        ink: uint8; what is above 127 counts.
    """
    mask = (ink > WHITE // 2).astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    length = sum(cv2.arcLength(outline, True) for outline in outlines)
    return 2 * float(mask.sum()) / length if length else 0.0


def _resize(ink: Image, factor: float) -> Image:
    """Enlarge or reduce; strokes that would be thinner than a pixel grow before."""
    size = scaled_size(ink.shape, factor)
    if factor < 1 and stroke_width(ink) * factor < 1:
        side = ceil(1 / factor)
        ink = cv2.dilate(ink, np.ones((side, side), np.uint8))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    resized: Image = cv2.resize(ink, size, interpolation=method)
    return resized


def _adjust_strokes(ink: Image, finish: Finish) -> Image:
    """Let thin strokes grow and thick ones shrink, on all sides alike."""
    width = stroke_width(ink) / PER_PIXEL
    if 0 < width < finish.thinnest:
        grown = cv2.dilate(ink, _disc((finish.grown - width) / 2))
        smooth: Image = cv2.GaussianBlur(grown, (0, 0), _SMOOTH)
        return smooth
    if width > _THICKEST:
        thin: Image = cv2.erode(ink, _disc((width - _SHRUNK) / 2))
        return thin
    return ink


def _disc(radius: float) -> Image:
    """Return a disc; the radius is in MNIST's pixels."""
    side = 2 * round(radius * PER_PIXEL) + 1
    disc: Image = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return disc
