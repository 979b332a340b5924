"""Holes in pieces of ink, rectangular or round, such as frames have.

Comes in: which pixels are ink. Goes out: its pieces, and the holes in them. It does not know
whether anything stands in a hole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import cv2
import numpy as np

from inkdigits.array_types import Int32
from inkdigits.imaging.long_lines import Mask

_LEAST_SIDE = 14  # pixels of a hole
_INKED = 0.6  # of the box around a frame, at most
_RECTANGULAR = 0.9  # of the least rectangle around a hole that its hull fills; an ellipse: 0.79
_ROUND = 0.7  # the same of a hole that something large stands in, whatever its angle
_UPRIGHT = 10.0  # degrees to either side
_THICKEST = 0.35  # of a hole's shorter side

Contour: TypeAlias = Int32[np.ndarray, "points 1 2"]
Boxes: TypeAlias = Int32[np.ndarray, "pieces 4"]
Labels: TypeAlias = Int32[np.ndarray, "rows columns"]


@dataclass(frozen=True, eq=False)
class Hole:
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


def find_holes(mask: Mask) -> tuple[Labels, Boxes, list[Hole]]:
    """Find the pieces of ink, and the holes in those that may be frames.

    Args:
        mask: Shape (rows, columns): which pixels are ink.

    Returns:
        The number of the piece that each pixel belongs to, 0 for the paper; first column, first
        row, width and height of each piece, from 0 on; the holes.

    Example:
        >>> ring = np.zeros((60, 80), bool)
        >>> ring[10:50, 20:70] = True
        >>> ring[13:47, 23:67] = False
        >>> _, boxes, (hole,) = find_holes(ring)
        >>> boxes[1].tolist(), hole.sides, hole.rectangular
        ([20, 10, 50, 40], (45.0, 35.0), True)
    """
    labels, boxes, candidates = _pieces(mask, _INKED)
    return (
        labels,
        boxes,
        [hole for piece in candidates for hole in _holes(piece, labels, boxes[piece])],
    )


def find_nearly_closed(mask: Mask, gap: int, thickness: float) -> list[Hole]:
    """Find holes in ink that has gaps, through which one comes in from outside.

    Args:
        mask: Shape (rows, columns): which pixels are ink.
        gap: How many pixels to each side ink is made thicker to look for them.
        thickness: That of the ink.

    Returns:
        The holes, as large as without that; their pieces are others than those of `find_holes`.

    Example:
        >>> ring = np.zeros((60, 80), bool)
        >>> ring[10:50, 20:70] = True
        >>> ring[13:47, 23:67] = False
        >>> ring[8:20, 60:72] = False  # no corner
        >>> find_holes(ring)[2], len(find_nearly_closed(ring, 8, 3.0))
        ([], 1)
    """
    window = np.ones((2 * gap + 1, 2 * gap + 1), np.uint8)
    labels, boxes, candidates = _pieces(cv2.dilate(mask.view(np.uint8), window) > 0, inked=1.0)
    return [
        _grown(hole, gap, thickness)
        for piece in candidates
        for hole in _holes(piece, labels, boxes[piece], widened=gap)
    ]


def _pieces(mask: Mask, inked: float) -> tuple[Labels, Boxes, list[int]]:
    """Return the pieces of ink, by number, the box around each, and which may be frames.

    These are large and hollow, and do not touch the picture's border. Of the box around them so
    much is ink at most.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8))
    rows, columns = mask.shape
    x, y, width, height, area = stats.T
    large = np.minimum(width, height) > _LEAST_SIDE
    inside = (x > 0) & (y > 0) & (x + width < columns) & (y + height < rows)
    chosen = large & inside & (area <= inked * width * height)
    return labels, stats[:, :4], [i for i in np.flatnonzero(chosen).tolist() if i]


def _holes(piece: int, labels: Labels, box: Sequence[int], widened: int = 0) -> list[Hole]:
    """Return the holes of a piece that may be those of frames.

    Ink was made thicker before, by so many pixels to each side.
    """
    x, y, width, height = (int(side) for side in box)
    own = (labels[y : y + height, x : x + width] == piece).view(np.uint8)
    contours, tree = cv2.findContours(own, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE, offset=(x, y))
    inner = [contours[i] for i in np.flatnonzero(tree[0, :, 3] >= 0).tolist()]
    outer = [contours[i] for i in np.flatnonzero(tree[0, :, 3] < 0).tolist()]
    ink = sum(map(cv2.contourArea, outer)) - sum(map(cv2.contourArea, inner))
    edges = sum(cv2.arcLength(each, closed=True) for each in contours)
    # Contours run through the middle of pixels.
    thickness = max(2 * ink / edges + 1 - 2 * widened, 1.0)
    return [hole for each in inner if (hole := _hole(each, thickness, piece))]


def _hole(contour: Contour, thickness: float, piece: int) -> Hole | None:
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
    return Hole(hull, (longer, shorter), thickness, piece, rectangular)


def _grown(hole: Hole, reach: int, thickness: float) -> Hole:
    """Return a hole in ink that was made thicker as it was before."""
    left, top, right, bottom = hole.bounds
    corner = np.array([left - reach, top - reach], np.int32)
    inside = np.zeros((bottom - top + 2 * reach, right - left + 2 * reach), np.uint8)
    cv2.fillConvexPoly(inside, hole.hull - corner, 1)
    wide = cv2.dilate(inside, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    (hull,), _ = cv2.findContours(wide, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    longer, shorter = (side + 2 * reach for side in hole.sides)
    return replace(hole, hull=hull + corner, sides=(longer, shorter), thickness=thickness)
