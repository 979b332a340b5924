"""Frames around digits, such as the boxes of a form or a circle around a number, are taken out.

Comes in: which pixels are ink. Goes out: which of these are frames. It does not know what stands in
them. A frame is a piece of ink with a hole, rectangular or round, in which something stands, or a
rectangular one as large as such a hole. Lines from border to border are none of them: see `rules`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import cv2
import numpy as np

from inkdigits.array_types import Float64, Int32
from inkdigits.imaging.long_lines import Mask

_LEAST_SIDE = 14  # pixels of a hole
_INKED = 0.6  # of the box around a frame, at most
_RECTANGULAR = 0.9  # of the least rectangle around a hole that its hull fills; an ellipse: 0.79
_ROUND = 0.7  # the same of a hole that something large stands in, whatever its angle
_UPRIGHT = 10.0  # degrees to either side
_THICKEST = 0.35  # of a hole's shorter side
# Of a hole's shorter side: the least height of what stands in a rectangular one, and in another,
# which may be that of a 0.
_FILLED, _FILLED_ROUND = 0.3, 0.4
_CLEAR = 2.0  # times the thickness of a circle: how far from it something in it stands at least
_LOOKED_AT = 20  # pieces in a circle
_TICK = 0.5  # of the shorter side of a hole: lines at its sides that only part it
_MOST = 4  # times the picture that all holes take: what has more, one in the other, is a pattern
_ALIKE = 1.25  # times as long at most are the sides of frames of one kind

Contour: TypeAlias = Int32[np.ndarray, "points 1 2"]
Boxes: TypeAlias = Int32[np.ndarray, "pieces 4"]
Labels: TypeAlias = Int32[np.ndarray, "rows columns"]


@dataclass(frozen=True, eq=False)
class _Hole:
    """A hole in a piece of ink, rectangular or round.

    Attributes:
        hull: Its corners, on the ink around it.
        sides: The longer and the shorter side of the least rectangle around it, in pixels.
        thickness: Of the ink around it, in pixels.
        piece: Number of the piece of ink.
        rectangular: Whether it is a rectangle, and upright.
    """

    hull: Contour
    sides: tuple[float, float]
    thickness: float
    piece: int
    rectangular: bool

    @cached_property
    def bounds(self) -> tuple[int, int, int, int]:
        """First column, first row, and those after the last."""
        x, y, width, height = cv2.boundingRect(self.hull)
        return x, y, x + width, y + height

    @property
    def area(self) -> float:
        """Of the least rectangle around it, in pixels."""
        return self.sides[0] * self.sides[1]


def find_frames(mask: Mask) -> Mask:
    """Find the ink of frames.

    Args:
        mask: Shape (rows, columns): which pixels are ink.

    Returns:
        Which of them belong to frames. Where a stroke crosses a frame, the stroke's ink does not.

    Example:
        >>> form = np.zeros((60, 60), bool)
        >>> form[10:50, 10:50] = True
        >>> form[12:48, 12:48] = False
        >>> bool(find_frames(form).any())
        False
        >>> form[20:40, 28:32] = True  # a 1 in it
        >>> frame = find_frames(form)
        >>> int(frame.sum()), bool(frame[20:40, 28:32].any())
        (304, False)
    """
    labels, boxes, candidates = _pieces(mask)
    holes = [hole for piece in candidates for hole in _holes(piece, labels, boxes[piece])]
    if not holes or sum(hole.area for hole in holes) > _MOST * mask.size:
        return np.zeros_like(mask)
    frames = _in_use(holes, boxes[1:])
    if not frames:
        return np.zeros_like(mask)
    found = _around(frames, mask)
    left = np.isin(labels, [frame.piece for frame in frames]) & ~found
    found |= _ticks(left, found, frames)
    found &= ~_crossing(mask & ~found, frames)
    return found


def _pieces(mask: Mask) -> tuple[Labels, Boxes, list[int]]:
    """Return the pieces of ink, by number, the box around each, and which may be frames.

    These are large and hollow, and do not touch the picture's border. Piece 0 is the paper.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8))
    rows, columns = mask.shape
    x, y, width, height, area = stats.T
    large = np.minimum(width, height) > _LEAST_SIDE
    inside = (x > 0) & (y > 0) & (x + width < columns) & (y + height < rows)
    chosen = large & inside & (area <= _INKED * width * height)
    return labels, stats[:, :4], [i for i in np.flatnonzero(chosen).tolist() if i]


def _holes(piece: int, labels: Labels, box: Sequence[int]) -> list[_Hole]:
    """Return the holes of a piece that may be those of frames."""
    x, y, width, height = (int(side) for side in box)
    own = (labels[y : y + height, x : x + width] == piece).view(np.uint8)
    contours, tree = cv2.findContours(own, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE, offset=(x, y))
    inner = [contours[i] for i in np.flatnonzero(tree[0, :, 3] >= 0).tolist()]
    outer = [contours[i] for i in np.flatnonzero(tree[0, :, 3] < 0).tolist()]
    ink = sum(map(cv2.contourArea, outer)) - sum(map(cv2.contourArea, inner))
    edges = sum(cv2.arcLength(each, closed=True) for each in contours)
    thickness = 2 * ink / edges + 1  # contours run through the middle of pixels
    return [hole for each in inner if (hole := _hole(each, thickness, piece))]


def _hole(contour: Contour, thickness: float, piece: int) -> _Hole | None:
    """Return a hole if it is rectangular or round, and large beside the ink around it."""
    hull = cv2.convexHull(contour)
    _, sides, angle = cv2.minAreaRect(hull)
    shorter, longer = sorted(sides)
    if shorter < max(_LEAST_SIDE, thickness / _THICKEST):
        return None
    filling = cv2.contourArea(hull) / (longer * shorter)
    if filling < _ROUND:
        return None
    rectangular = filling >= _RECTANGULAR and min(angle % 90, -angle % 90) <= _UPRIGHT
    return _Hole(hull, (longer, shorter), thickness, piece, rectangular)


def _in_use(holes: Sequence[_Hole], pieces: Boxes) -> list[_Hole]:
    """Return the holes in which something stands, and rectangular ones like them or beside them.

    Args:
        holes: At least one.
        pieces: Of each piece of ink the first column, first row, width and height.
    """
    filled = [hole for hole in holes if _holds_any(hole, pieces)]
    known = {hole.piece for hole in filled}
    sides = np.array([hole.sides for hole in filled if hole.rectangular]).reshape(-1, 2)
    beside = [
        hole
        for hole in holes
        if hole.rectangular and (hole.piece in known or _is_like_any(hole, sides))
    ]
    return beside + [hole for hole in filled if not hole.rectangular]


def _holds_any(hole: _Hole, pieces: Boxes) -> bool:
    """Whether a piece of some height lies in a hole; in a round one well away from its ink.

    Lines of the paper may be left in a 0, but they end close to it.
    """
    left, top, right, bottom = hole.bounds
    x, y, width, height = pieces.T
    inside = (left < x) & (x + width < right) & (top < y) & (y + height < bottom)
    least = (_FILLED if hole.rectangular else _FILLED_ROUND) * hole.sides[1]
    found = pieces[inside & (height >= least)]
    if hole.rectangular:
        return len(found) > 0
    return any(_is_well_inside(hole, box) for box in found[:_LOOKED_AT].tolist())


def _is_well_inside(hole: _Hole, box: Sequence[int]) -> bool:
    """Whether all corners of a box are far from the ink around a hole."""
    x, y, width, height = box
    corners = itertools.product((x, x + width), (y, y + height))
    distances = [cv2.pointPolygonTest(hole.hull, corner, measureDist=True) for corner in corners]
    return min(distances) >= _CLEAR * hole.thickness


def _is_like_any(hole: _Hole, others: Float64[np.ndarray, "holes 2"]) -> bool:
    """Whether a hole is about as large as one of others, by their sides."""
    ratios = others / np.array(hole.sides)
    return bool(((ratios <= _ALIKE) & (ratios >= 1 / _ALIKE)).all(axis=1).any())


def _around(frames: Sequence[_Hole], mask: Mask) -> Mask:
    """Return the ink around the holes, as wide as their frames are thick."""
    found = np.zeros_like(mask)
    for frame in frames:
        reach = round(frame.thickness) + 1
        left, top, right, bottom = frame.bounds
        place = (
            slice(max(0, top - reach), bottom + reach),
            slice(max(0, left - reach), right + reach),
        )
        corner = np.array([place[1].start, place[0].start], np.int32)
        inside = np.zeros(mask[place].shape, np.uint8)
        cv2.fillConvexPoly(inside, frame.hull - corner, 1)
        wide = cv2.dilate(inside, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
        within = cv2.erode(inside, np.ones((5, 5), np.uint8))  # slanted edges have steps
        found[place] |= (wide > within) & mask[place]
    return found


def _ticks(left: Mask, found: Mask, frames: Sequence[_Hole]) -> Mask:
    """Return the short lines that frames are marked off with, as combs are, for one digit each.

    Args:
        left: What is left of the pieces that frames were found in.
        found: The ink of the frames.
        frames: Their holes.
    """
    thickest = max(frame.thickness for frame in frames) + 1
    longest = _TICK * min(frame.sides[1] for frame in frames)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(left.astype(np.uint8))
    _, _, width, height, _ = stats.T
    chosen = (np.minimum(width, height) <= thickest) & (np.maximum(width, height) <= longest)
    beside = cv2.dilate(found.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    chosen &= np.isin(np.arange(len(chosen)), labels[beside])
    chosen[0] = False  # the paper
    ticks: Mask = chosen[labels]
    return ticks


def _crossing(left: Mask, frames: Sequence[_Hole]) -> Mask:
    """Return where strokes on both sides of a frame would meet across it."""
    side = 2 * round(max(frame.thickness for frame in frames)) + 5
    window = np.ones((side, side), np.uint8)
    closed: Mask = cv2.morphologyEx(left.astype(np.uint8), cv2.MORPH_CLOSE, window) > 0
    return closed
