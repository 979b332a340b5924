"""Ink -> marks: pieces of ink that hang together.

Comes in: ink. Goes out: marks with their places. It does not know which marks make up a digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inkdigits.array_types import Bool, Int32
from inkdigits.arrays import Image
from inkdigits.imaging.binarise import Foreground, binarise
from inkdigits.imaging.ink import Ink
from inkdigits.imaging.surroundings import are_outlines, at_edge, holds_corners, is_ground
from inkdigits.imaging.text_lines import Box, Boxes, Levels, typical_height

Mask = Bool[np.ndarray, "height width"]

_OF_STRONGEST = 0.22  # fainter marks are shadows, dirt, print from the other side
_LEVEL = 23.0  # of 255: what the darkest ink of a mark reaches at least
_OVER_LOWEST = 1.2  # and how much more than the least ink that counts
_BRIDGED = 0.05  # typical heights: gaps that do not part a stroke
_FEW_MARKS = 3  # of fewer, any may be the writing
_MOST_MARKS = 2000  # the largest; a page has a few hundred


@dataclass(frozen=True, eq=False)
class Mark:
    """A piece of ink that hangs together.

    Attributes:
        x: First column in the picture.
        y: First row in the picture.
        values: Shape (height, width), uint8: ink as a share of the darkest around, 255 for all.
        mask: Shape (height, width): which pixels belong to the mark.
        level: The mark's darkest ink, 0 to 255.
    """

    x: int
    y: int
    values: Image
    mask: Mask
    level: float

    @property
    def width(self) -> int:
        """Number of columns."""
        return int(self.mask.shape[1])

    @property
    def height(self) -> int:
        """Number of rows."""
        return int(self.mask.shape[0])

    @property
    def right(self) -> int:
        """The column after the last."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The row after the last."""
        return self.y + self.height


def find_marks(ink: Ink) -> list[Mark]:
    """Find the pieces of ink that hang together.

    Ruled lines, the edges of the paper and what is much fainter than most are left out.

    Args:
        ink: What `find_ink` returns.

    Returns:
        At most 2,000 marks, in no order.

    Example:
        >>> values = np.zeros((40, 60), np.uint8)
        >>> values[10:30, 20:24] = values[10:30, 40:44] = 200
        >>> marks = find_marks(Ink(values, values, bright=False, noise=0.0, grain=0.0))
        >>> sorted((mark.x, mark.y, mark.width, mark.height) for mark in marks)
        [(20, 10, 4, 20), (40, 10, 4, 20)]
    """
    return _marks(binarise(ink)[0])


def find_marks_each_way(ink: Ink) -> tuple[list[Mark], ...]:
    """Find the pieces of ink in each way that `binarise` tells strokes from paper.

    Args:
        ink: What `find_ink` returns.

    Returns:
        At least one list as of `find_marks`, the likeliest first.

    Example:
        >>> paper = np.zeros((40, 60), np.uint8)
        >>> find_marks_each_way(Ink(paper, paper, bright=False, noise=0.0, grain=0.0))
        ([],)
    """
    return tuple(_marks(foreground) for foreground in binarise(ink))


def _marks(foreground: Foreground) -> list[Mark]:
    labels, boxes = _label(foreground.mask)
    found = [_cut_out(box, label, labels, foreground) for label, box in boxes.items()]
    inner = [
        mark
        for mark, box in zip(found, boxes_of(found), strict=True)
        if not (at_edge(box, labels.shape) or holds_corners(mark.mask, labels.shape))
    ]
    outlines = are_outlines(boxes_of(inner), np.array([mark.mask.sum() for mark in inner]))
    marks = [mark for mark, outline in zip(inner, outlines, strict=True) if not outline]
    strongest = _strongest(marks)
    least = max(_OF_STRONGEST * strongest, _OVER_LOWEST * foreground.lowest, _LEVEL)
    dark = [mark for mark in marks if mark.level >= least]
    if len(dark) < _FEW_MARKS:
        return dark
    usual = typical_height(boxes_of(dark), levels_of(dark))
    return [
        mark
        for mark, box in zip(dark, boxes_of(dark), strict=True)
        if not is_ground(
            box, labels.shape, height=mark.height / usual, level=mark.level / strongest
        )
    ]


def boxes_of(marks: Sequence[Mark]) -> Boxes:
    """Return first column, first row, width and height of each mark.

    Example:
        >>> dot = Mark(3, 5, np.zeros((2, 1), np.uint8), np.ones((2, 1), bool), 200.0)
        >>> boxes_of([dot]).tolist(), boxes_of([]).shape
        ([[3, 5, 1, 2]], (0, 4))
    """
    boxes = [(mark.x, mark.y, mark.width, mark.height) for mark in marks]
    return np.array(boxes, np.int64).reshape(-1, 4)


def extent(marks: Sequence[Mark]) -> tuple[int, int, int, int]:
    """Return where marks begin and end together: first column, first row, and those after the last.

    Args:
        marks: At least one.

    Example:
        >>> ink, mask = np.zeros((2, 1), np.uint8), np.ones((2, 1), bool)
        >>> extent([Mark(x, 5, ink, mask, 200.0) for x in (3, 8)])
        (3, 5, 9, 7)
    """
    return (
        min(mark.x for mark in marks),
        min(mark.y for mark in marks),
        max(mark.right for mark in marks),
        max(mark.bottom for mark in marks),
    )


def levels_of(marks: Sequence[Mark]) -> Levels:
    """Return the darkest ink of each mark."""
    return np.array([mark.level for mark in marks], np.float64)


def thickest_stroke(marks: list[Mark]) -> float:
    """Return the width of the thickest stroke in pixels; 0 without marks.

    Twice the largest distance of a pixel of ink from the nearest without.
    """
    widths = [
        2 * float(cv2.distanceTransform(np.pad(mark.mask, 1).view(np.uint8), cv2.DIST_L2, 3).max())
        for mark in marks
    ]
    return max(widths, default=0.0)


def _label(
    mask: Mask,
) -> tuple[Int32[np.ndarray, "rows columns"], dict[int, Box]]:
    """Number the pieces of ink and return the boxes of the largest; tiny gaps part no stroke."""
    ink = mask.view(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    boxes = stats[1:, :4].astype(np.int64)
    boxes = boxes[~are_outlines(boxes, stats[1:, cv2.CC_STAT_AREA])]
    reach = round(typical_height(boxes) * _BRIDGED / 2)
    linked = cv2.dilate(ink, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) if reach else ink
    _, labels, stats, _ = cv2.connectedComponentsWithStats(linked, connectivity=8)
    largest = 1 + np.argsort(-stats[1:, cv2.CC_STAT_AREA], kind="stable")[:_MOST_MARKS]
    return labels, {int(label): stats[label, :4].astype(np.int64) for label in largest}


def _cut_out(
    box: Box,
    label: int,
    labels: Int32[np.ndarray, "rows columns"],
    foreground: Foreground,
) -> Mark:
    """Return a mark; the box may be wider than its ink."""
    x, y, width, height = (int(side) for side in box)
    part = np.s_[y : y + height, x : x + width]
    own = (labels[part] == label) & foreground.mask[part]
    rows, columns = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
    inner = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    level = float(foreground.levels[part][inner][own[inner]].max())
    return Mark(
        x + int(columns[0]), y + int(rows[0]), foreground.shares[part][inner], own[inner], level
    )


def _strongest(marks: list[Mark]) -> float:
    """Return the level that most marks stay below, long ones counting more."""
    if not marks:
        return 0.0
    order = sorted(marks, key=lambda mark: mark.level)
    lengths = np.cumsum([mark.width + mark.height for mark in order])
    return order[int(np.searchsorted(lengths, 0.7 * lengths[-1]))].level
