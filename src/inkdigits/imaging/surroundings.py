"""What surrounds writing: edges of the paper, what lies beside it, outlines of sheets and frames.

Comes in: boxes of marks, and how much ink they have. Goes out: which of them are no writing.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from inkdigits.array_types import Bool, Int64
from inkdigits.imaging.text_lines import Box, Boxes

Mask: TypeAlias = Bool[np.ndarray, "height width"]
Areas: TypeAlias = Int64[np.ndarray, " n"]
Shape: TypeAlias = tuple[int, ...]  # rows and columns of the picture

_LARGE = 200  # pixels: smaller pictures have no edge of their own
_ALONG = 0.5  # of the picture's side: a mark as long beside the border is the paper's edge
_SLIVER = 0.2  # of its length: a mark at the border as narrow as this
_CORNERS = 3  # of the picture: more than a digit that is cropped to its ink takes
_HOLLOW = 0.06  # of its box: what the ink of a mark takes that is but the outline of something
_SURROUNDED, _OTHERS = 0.08, 2  # of its height: others in it, and how many of them
_TALLER = 1.5  # times as high as most: a mark in a corner of the picture that is no writing
_FAINT = 0.65  # of the level of most: a mark at the border that is none


def at_edge(box: Box, shape: Shape) -> bool:
    """Whether a mark is an edge of the paper: at the picture's border, and long or a sliver."""
    rows, columns = shape
    _, _, width, height = box
    if min(shape) < _LARGE:
        return False
    beside, above = _borders(box, shape)
    at_side = beside and (height > _ALONG * rows or width < _SLIVER * height)
    at_end = above and (width > _ALONG * columns or height < _SLIVER * width)
    return bool(at_side or at_end)


def holds_corners(mask: Mask, shape: Shape) -> bool:
    """Whether three corners of the picture belong to a mark: then it is what ink lies on."""
    if mask.shape != shape:
        return False
    return int(mask[[0, 0, -1, -1], [0, -1, 0, -1]].sum()) >= _CORNERS


def are_outlines(boxes: Boxes, areas: Areas) -> Bool[np.ndarray, " n"]:
    """Tell which marks are hardly any ink around others: a sheet's edge, or a torn frame.

    Args:
        boxes: Shape (n, 4), int64.
        areas: Shape (n,), int64: pixels of ink in each.

    Example:
        >>> boxes = np.array([[0, 0, 300, 200], [50, 60, 30, 40], [90, 60, 30, 40]])
        >>> are_outlines(boxes, np.array([1000, 400, 400])).tolist()
        [True, False, False]
    """
    outlines: Bool[np.ndarray, " n"] = areas <= _HOLLOW * boxes[:, 2] * boxes[:, 3]
    for i in np.flatnonzero(outlines):
        x, y, width, height = boxes[i]
        inside = (boxes[:, :2] > (x, y)).all(axis=1)
        inside &= (boxes[:, :2] + boxes[:, 2:] < (x + width, y + height)).all(axis=1)
        inside &= boxes[:, 3] >= _SURROUNDED * height
        outlines[i] = inside.sum() >= _OTHERS
    return outlines


def is_ground(box: Box, shape: Shape, *, height: float, level: float) -> bool:
    """Whether a mark is what lies beside the paper, or a shadow that the picture cuts off.

    Writing that is cropped to its ink touches the borders too, but is as high and as dark as the
    rest.

    Args:
        box: That of any mark.
        shape: Rows and columns of the picture.
        height: How many times as high as most ink it is.
        level: How many times as dark.
    """
    beside, above = _borders(box, shape)
    cut_off, in_corner = beside + above > 0, (beside, above) == (1, 1)
    return (cut_off and level < _FAINT) or (in_corner and height > _TALLER)


def _borders(box: Box, shape: Shape) -> tuple[int, int]:
    """Return how many borders of the picture a box touches at its sides, and above and below."""
    rows, columns = shape
    x, y, width, height = (int(each) for each in box)
    return (x <= 1) + (x + width >= columns - 1), (y <= 1) + (y + height >= rows - 1)
