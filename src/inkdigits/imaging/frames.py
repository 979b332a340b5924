"""Frames around digits, such as the boxes of a form or a circle around a number, are taken out.

Comes in: which pixels are ink. Goes out: which of these are frames. It does not know what stands in
them. A frame is a piece of ink with a hole, rectangular or round, in which something stands, or a
rectangular one as large as such a hole. Lines from border to border are none of them: see `rules`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import cv2
import numpy as np

from inkdigits.array_types import Bool, Float64
from inkdigits.imaging.holes import Boxes, Hole, Labels, find_holes, find_nearly_closed
from inkdigits.imaging.long_lines import Mask

# Of a hole's shorter side: the least height of what stands in a rectangular one, and in another,
# which may be that of a 0.
_FILLED, _FILLED_ROUND = 0.3, 0.4
_CLEAR = 2.0  # times the thickness of a circle: how far from it something in it stands at least
_LOOKED_AT = 20  # pieces in a circle
_GAP = 1.5  # times the thickness of frames: half of a gap between their lines, at most
_LONG = 0.8  # of a frame's shorter side: what may be a line of it
_TICK = 0.5  # of the shorter side of a hole: lines at its sides that only part it
_MOST = 4  # times the picture that all holes take: what has more, one in the other, is a pattern
_ALIKE = 1.25  # times as long at most are the sides of frames of one kind


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
    labels, boxes, holes = find_holes(mask)
    if not holes or sum(hole.area for hole in holes) > _MOST * mask.size:
        return np.zeros_like(mask)
    frames = _in_use(holes, boxes[1:])
    if not frames:
        return np.zeros_like(mask)
    own = [frame.piece for frame in frames]
    frames += _with_gaps(frames, _lines(labels, boxes, frames))
    found = _around(frames, mask)
    left = np.isin(labels, own) & ~found
    found |= _ticks(left, found, frames)
    found &= ~_crossing(mask & ~found, frames)
    return found


def _in_use(holes: Sequence[Hole], pieces: Boxes) -> list[Hole]:
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


def _lines(labels: Labels, boxes: Boxes, frames: Sequence[Hole]) -> Mask:
    """Return the ink of pieces that may be lines of frames: long ones that stand in none."""
    least = _LONG * min(frame.sides[1] for frame in frames)
    chosen = boxes[:, 2:].max(axis=1) >= least
    for frame in frames:
        chosen &= ~_stand_in(frame, boxes)
    chosen[0] = False  # the paper
    lines: Mask = chosen[labels]
    return lines


def _with_gaps(frames: Sequence[Hole], lines: Mask) -> list[Hole]:
    """Return holes like those of frames whose lines do not quite meet, as in a table by hand."""
    known = [frame for frame in frames if frame.rectangular]
    if not known:
        return []
    thickness = max(frame.thickness for frame in known)
    sides = np.array([frame.sides for frame in known])
    found = find_nearly_closed(lines, round(_GAP * thickness), thickness)
    return [hole for hole in found if hole.rectangular and _is_like_any(hole, sides)]


def _holds_any(hole: Hole, pieces: Boxes) -> bool:
    """Whether a piece of some height lies in a hole; in a round one well away from its ink.

    Lines of the paper may be left in a 0, but they end close to it.
    """
    least = (_FILLED if hole.rectangular else _FILLED_ROUND) * hole.sides[1]
    found = pieces[_stand_in(hole, pieces) & (pieces[:, 3] >= least)]
    if hole.rectangular:
        return len(found) > 0
    return any(_is_well_inside(hole, box) for box in found[:_LOOKED_AT].tolist())


def _stand_in(hole: Hole, pieces: Boxes) -> Bool[np.ndarray, " pieces"]:
    """Return which pieces lie in a hole as wholes."""
    left, top, right, bottom = hole.bounds
    x, y, width, height = pieces.T
    across, along = (left < x) & (x + width < right), (top < y) & (y + height < bottom)
    inside: Bool[np.ndarray, " pieces"] = across & along
    return inside


def _is_well_inside(hole: Hole, box: Sequence[int]) -> bool:
    """Whether all corners of a box are far from the ink around a hole."""
    x, y, width, height = box
    corners = itertools.product((x, x + width), (y, y + height))
    distances = [cv2.pointPolygonTest(hole.hull, corner, measureDist=True) for corner in corners]
    return min(distances) >= _CLEAR * hole.thickness


def _is_like_any(hole: Hole, others: Float64[np.ndarray, "holes 2"]) -> bool:
    """Whether a hole is about as large as one of others, by their sides."""
    ratios = others / np.array(hole.sides)
    return bool(((ratios <= _ALIKE) & (ratios >= 1 / _ALIKE)).all(axis=1).any())


def _around(frames: Sequence[Hole], mask: Mask) -> Mask:
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


def _ticks(left: Mask, found: Mask, frames: Sequence[Hole]) -> Mask:
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


def _crossing(left: Mask, frames: Sequence[Hole]) -> Mask:
    """Return where strokes on both sides of a frame would meet across it."""
    side = 2 * round(max(frame.thickness for frame in frames)) + 5
    window = np.ones((side, side), np.uint8)
    closed: Mask = cv2.morphologyEx(left.astype(np.uint8), cv2.MORPH_CLOSE, window) > 0
    return closed
