"""The outline of a sheet of paper that lies on something else.

Comes in: pixels. Goes out: the corners of the one sheet in them. It does not take the sheet out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from inkdigits.array_types import Bool, Float32, Float64, Int32, UInt8
from inkdigits.arrays import WHITE
from inkdigits.imaging.scaling import scaled_size

_SEARCHED = 256  # pixels of the longer side that a sheet is looked for in
_OF_EACH = 4  # pixels along each side whose mean is one of those
_SPECKS = 3  # of those pixels: a median as wide takes noise and thin strokes away
_STROKES = 31  # the same for all strokes
_HAIRS = 5  # what is narrower than this belongs to no sheet
_LEAST, _MOST = 0.1, 0.97  # share of the picture that a sheet takes
_CONVEX = 0.96  # share of its hull that it takes at least
_ROUNDED = 1.5  # pixels: what a median takes off a corner
_FILLED = 0.965  # of four sides around it, as far as these lie in the picture
_STRAIGHT = 0.985  # the same, where it may be no more than light
_STRAY = 0.1  # of what lies around it may look like the sheet
_OWN = 0.75  # of what lies inside its hull looks like the sheet, at least
_STANDS_OUT = 25  # of 255, as a share of the paper around: ink
_AS_STRONG, _WRITING = 0.8, 0.004  # of the sheet's ink; such ink takes that much of a page at least
_INK = (0.001, 0.2)  # share of the sheet that ink takes
_CONTRAST = 28.0  # grey levels, in the channel with the most, between sheet and ground
_EDGE = 3  # pixels to either side of an edge: there both are as they are elsewhere
_STEP, _SHARP = 0.5, 0.8  # of the contrast is found between these, along so much of the outline
_SHADE = (0.25, 0.12)  # light that a shadow leaves at least, and by how much its colours differ

Pixels: TypeAlias = UInt8[np.ndarray, "rows columns 3"]
Colour: TypeAlias = Float64[np.ndarray, " 3"]
Strength: TypeAlias = Float64[np.ndarray, "rows columns"]
Mask: TypeAlias = Bool[np.ndarray, "rows columns"]
Hull: TypeAlias = Int32[np.ndarray, "points 1 2"]
Corners: TypeAlias = Float32[np.ndarray, "corners 2"]


@dataclass(frozen=True, eq=False)
class _Piece:
    """What is brighter, or darker, or more coloured than the rest, and hangs together.

    Attributes:
        seen: Which pixels are so, in this piece and elsewhere.
        hull: The corners of its hull.
        inside: The pixels of the hull, but for its margin.
        around: Those that do not belong to it, but for the margin.
    """

    seen: Mask
    hull: Hull
    inside: Mask
    around: Mask


def find_outline(pixels: Pixels) -> Corners | None:
    """Find the one sheet of paper that lies on a table, a cloth or the like.

    It is convex with straight, sharp sides, has ink on it and hardly any ground, and differs from
    what lies around in light or in colour. A shadow on a page is no sheet, and the rest of the page
    none if there is ink in the shadow.

    Args:
        pixels: Shape (rows, columns, 3), uint8: red, green, blue.

    Returns:
        The corners of its hull in order, as column and row from the picture's upper left corner;
        None where there is no sheet, or nothing but that.

    Example:
        >>> table = np.full((200, 240, 3), 60, np.uint8)
        >>> table[40:160, 50:210] = 230
        >>> table[70:130, 100:106] = 20  # a stroke
        >>> np.round(find_outline(table), -1).tolist()
        [[210.0, 40.0], [210.0, 160.0], [50.0, 160.0], [50.0, 40.0]]
    """
    small, factor = _reduce(pixels)
    pieces = [piece for piece in _pieces(small) if _is_quadrangle(piece)]
    pieces.sort(key=lambda piece: -_share(piece.inside, piece.seen))
    for piece in pieces:
        if _is_written_on(piece, small):
            corners: Corners = cv2.approxPolyDP(piece.hull, _ROUNDED, True)[:, 0]
            return ((corners + 0.5) * factor).astype(np.float32)
    return None


def _reduce(pixels: Pixels) -> tuple[Pixels, float]:
    """Return the picture with a longer side of `_SEARCHED` at most, and how much smaller it is."""
    factor = max(1.0, max(pixels.shape[:2]) / _SEARCHED)
    size = scaled_size(pixels.shape, 1 / factor)
    # Nearest first: the mean of a few pixels tells as much as that of thousands, and whole factors
    # take less time.
    each = min(_OF_EACH, int(np.ceil(factor)))
    several = (each * size[0], each * size[1])
    few = cv2.resize(pixels, several, interpolation=cv2.INTER_NEAREST)
    small = cv2.resize(few, size, interpolation=cv2.INTER_AREA)
    smooth: Pixels = cv2.medianBlur(small, _SPECKS)
    return smooth, factor


def _pieces(small: Pixels) -> Iterator[_Piece]:
    """Yield what is brighter and what is darker than a threshold, in light and in colour."""
    saturation = cv2.cvtColor(small, cv2.COLOR_RGB2HSV)[..., 1]
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    red, green, blue = cv2.split(small)
    least, most = (each(each(red, green), blue) for each in (cv2.min, cv2.max))
    for view in (grey, least, most, saturation):
        # Otsu, "A Threshold Selection Method from Gray-Level Histograms", 1979.
        threshold, _ = cv2.threshold(view, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        for seen in (view > threshold, view <= threshold):
            if piece := _largest(seen):
                yield piece


def _largest(seen: Mask) -> _Piece | None:
    """Return the largest piece if it is convex and of a sheet's size."""
    without_hairs = cv2.morphologyEx(
        seen.view(np.uint8), cv2.MORPH_OPEN, np.ones((_HAIRS, _HAIRS), np.uint8)
    )
    contours, _ = cv2.findContours(without_hairs, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    contour = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(contour)
    area = cv2.contourArea(hull)
    if not _LEAST <= area / seen.size <= _MOST or cv2.contourArea(contour) < _CONVEX * area:
        return None
    filled = cv2.fillConvexPoly(np.zeros(seen.shape, np.uint8), hull, 1)
    margin = np.ones((2 * _EDGE + 1, 2 * _EDGE + 1), np.uint8)
    inside = cv2.erode(filled, margin, borderValue=0) > 0
    return _Piece(seen, hull, inside, cv2.dilate(filled, margin) == 0)


def _is_quadrangle(piece: _Piece) -> bool:
    """Whether a piece has four sides, and little of what looks like it lies elsewhere."""
    return bool(
        piece.around.any()
        and _share(piece.around, piece.seen) <= _STRAY
        and _share(piece.inside, piece.seen) >= _OWN
        and _filled(piece) >= _FILLED
    )


def _filled(piece: _Piece) -> float:
    """Return which share a piece takes of four sides around it, as far as the picture goes."""
    rows, columns = piece.seen.shape
    four = cv2.approxPolyN(piece.hull, 4)[0].astype(np.float32)
    frame = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32) - 0.5
    area, _ = cv2.intersectConvexConvex(four, frame)
    return float(cv2.contourArea(piece.hull) / max(area, 1.0))


def _share(where: Mask, what: Mask) -> float:
    return float(what[where].mean()) if where.any() else 0.0


def _is_written_on(piece: _Piece, small: Pixels) -> bool:
    """Whether a piece has sharp sides and ink on it, and is not the lit or dark part of a page."""
    sheet, ground = _colour(small, piece.inside & piece.seen), _colour(small, piece.around)
    contrast = float(abs(sheet - ground).max())
    if contrast < _CONTRAST or _sharp(piece, small, _STEP * contrast) < _SHARP:
        return False
    strength = _strength(small, piece.inside, sheet)
    ink = piece.inside & (strength > _STANDS_OUT)
    if not _INK[0] <= _share(piece.inside, ink) <= _INK[1]:
        return False
    left = np.minimum(sheet, ground) / np.maximum(np.maximum(sheet, ground), 1)
    if left.min() < _SHADE[0] or np.ptp(left) > _SHADE[1]:
        return True
    if sheet.sum() < ground.sum() or _filled(piece) < _STRAIGHT:
        return False
    elsewhere = _strength(small, piece.around, ground) > _AS_STRONG * strength[ink].mean()
    return _share(piece.around, elsewhere) < _WRITING


def _colour(small: Pixels, where: Mask) -> Colour:
    """Return the median of what lies somewhere, of every fourth pixel if that is something."""
    few = small[::2, ::2][where[::2, ::2]]
    colour: Colour = np.median(few if len(few) else small[where], axis=0)
    return colour


def _strength(small: Pixels, where: Mask, paper: Colour) -> Strength:
    """Return how much pixels stand out from what lies around them there, of 255."""
    alone = np.where(where[..., None], small, paper).astype(np.uint8)
    ground = cv2.medianBlur(alone, _STROKES)
    strength: Strength = cv2.absdiff(alone, ground).max(axis=2) * (
        WHITE / np.maximum(ground.max(axis=2), 1)
    )
    return strength


def _sharp(piece: _Piece, small: Pixels, step: float) -> float:
    """Return the share of a piece's outline where grey levels change by a step at once.

    What lies along the border of the picture does not count.
    """
    line = cv2.polylines(np.zeros(piece.seen.shape, np.uint8), [piece.hull], True, 1)
    window = np.ones((2 * _EDGE + 1, 2 * _EDGE + 1), np.uint8)
    steps = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, window).max(axis=2)
    inner = np.s_[_EDGE:-_EDGE, _EDGE:-_EDGE]
    return _share(line[inner] > 0, steps[inner] >= step)
