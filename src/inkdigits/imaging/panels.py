"""Panels on a page: rectangles that are dark where the page is bright, or the other way round.

Comes in: a picture. Goes out: its panels and the page without them, each a picture to be read by
itself, since ink is told from paper by one side alone. Screenshots have them: the black square that
somebody drew a digit in, or a row of tiles. Paper photographed on a table is none, unless it lies
as straight as on a screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import cv2
import numpy as np

from inkdigits.array_types import Bool, Int32, UInt8
from inkdigits.arrays import WHITE
from inkdigits.imaging.picture import Picture
from inkdigits.imaging.region import Region, cut_out, whole_of
from inkdigits.imaging.scaling import scaled_size

_SEARCHED = 1024  # pixels of the longer side that panels are looked for in
_LEAST = 64  # pixels of the longer side: in smaller pictures none are looked for
_LEAST_SIDE = 24  # of those pixels
_CONTRAST = 80.0  # grey levels between page and panels at least, on the mean
_PAGE = 0.6  # of the picture's border that is page
_FILLED = 0.95  # of its box that a panel fills; round corners take a little
_SIDE, _LARGE = 0.7, 48  # or, of so many pixels, of each of its sides, where ink reaches one
_INK = (0.003, 0.45)  # share of a panel that what stands in it may take
_NORMAL = 1.4826  # standard deviations of a normal distribution in its median absolute deviation
_EDGE = 2  # of the pixels searched: where page and panel mix

Pixels: TypeAlias = UInt8[np.ndarray, "rows columns 3"]
Mask: TypeAlias = Bool[np.ndarray, "rows columns"]


def split_panels(picture: Picture) -> tuple[Region, list[Region]]:
    """Take panels out of a page.

    Args:
        picture: Any.

    Returns:
        The page, with panels painted over by what surrounds them, and the panels, from top to
        bottom; the picture itself and none where there are no panels.

    Example:
        >>> from inkdigits.imaging.picture import picture_of
        >>> page = np.full((100, 200), 255, np.uint8)
        >>> page[20:80, 30:90] = 0
        >>> page[30:70, 58:62] = 255  # a 1 in a black square
        >>> rest, (panel,) = split_panels(picture_of(page))
        >>> panel.frame, int(rest.picture.pixels.min())
        ((32, 22, 56, 56), 255)
    """
    longer = max(picture.pixels.shape)
    if longer < _LEAST:
        return whole_of(picture), []
    factor = max(1.0, longer / _SEARCHED)
    boxes = sorted(_find(_grey(picture.pixels, factor)), key=lambda box: box[1])
    if not boxes:
        return whole_of(picture), []
    edge = round(_EDGE * factor)
    rest = picture.pixels.copy()
    panels = []
    for box in boxes:
        x, y, width, height = (round(side * factor) for side in box)
        inner = np.s_[y + edge : y + height - edge, x + edge : x + width - edge]
        panels.append(cut_out(picture, picture.pixels[inner], x + edge, y + edge))
        _paint_over(rest, x - edge, y - edge, x + width + edge, y + height + edge)
    return whole_of(Picture(rest, picture.width, picture.height, picture.page)), panels


def _grey(pixels: Pixels, factor: float) -> UInt8[np.ndarray, "rows columns"]:
    reduced = cv2.resize(
        pixels, scaled_size(pixels.shape, 1 / factor), interpolation=cv2.INTER_NEAREST
    )
    grey: UInt8[np.ndarray, "rows columns"] = cv2.cvtColor(reduced, cv2.COLOR_RGB2GRAY)
    return grey


def _find(grey: UInt8[np.ndarray, "rows columns"]) -> Iterator[tuple[int, int, int, int]]:
    """Yield column, row, width and height of each panel."""
    # Otsu, "A Threshold Selection Method from Gray-Level Histograms", 1979.
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    dark = grey <= threshold
    if dark.all() or not dark.any() or grey[~dark].mean() - grey[dark].mean() < _CONTRAST:
        return
    border = np.concatenate([dark[0], dark[-1], dark[:, 0], dark[:, -1]]).mean()
    if max(border, 1 - border) < _PAGE:
        return
    panel = ~dark if border > 0.5 else dark
    contours, _ = cv2.findContours(panel.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        if box := _box(contour, panel):
            yield box


def _box(contour: Int32[np.ndarray, "points 1 2"], panel: Mask) -> tuple[int, int, int, int] | None:
    """Return the box of a piece of dark, or bright, ground if it is a panel with ink in it."""
    x, y, width, height = cv2.boundingRect(contour)
    if min(width, height) < _LEAST_SIDE or (width, height) == panel.shape[::-1]:
        return None
    # Contours run through the middle of pixels.
    if cv2.contourArea(contour) < _FILLED * (width - 1) * (height - 1):
        sides = _least_side(panel[y : y + height, x : x + width])
        if sides < _SIDE or min(width, height) < _LARGE:
            return None
    ink = 1 - panel[y + _EDGE : y + height - _EDGE, x + _EDGE : x + width - _EDGE].mean()
    return (x, y, width, height) if _INK[0] <= ink <= _INK[1] else None


def _least_side(box: Mask) -> float:
    """Return how much of its emptiest side a box has, but for the corners."""
    inner = box[_EDGE:-_EDGE, _EDGE:-_EDGE]
    return float(min(inner[side].mean() for side in (0, -1, np.s_[:, 0], np.s_[:, -1])))


def _paint_over(pixels: Pixels, left: int, top: int, right: int, bottom: int) -> None:
    """Paint over a rectangle with what surrounds it: the same colour, and as grainy."""
    rows, columns = pixels.shape[:2]
    left, top, right, bottom = max(0, left), max(0, top), min(columns, right), min(rows, bottom)
    around = [
        pixels[max(0, top - 1) : top, left:right],
        pixels[bottom : bottom + 1, left:right],
        pixels[top:bottom, max(0, left - 1) : left],
        pixels[top:bottom, right : right + 1],
    ]
    colours = np.concatenate([each.reshape(-1, 3) for each in around]).astype(np.float32)
    if not len(colours):
        return
    colour = np.median(colours, axis=0)
    grain = _NORMAL * np.median(abs(colours - colour), axis=0)
    # Flat paint would be taken for paper without any noise, and the noise elsewhere for ink.
    drawn = np.random.default_rng(0).normal(colour, grain, (bottom - top, right - left, 3))
    pixels[top:bottom, left:right] = drawn.clip(0, WHITE).round()
