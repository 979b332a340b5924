"""A picture -> lines of marks that may be digits: everything before the network is asked.

Comes in: upright pixels. Goes out: marks, line by line. It does not know digits from other ink.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkdigits.imaging.broken import as_one_digit
from inkdigits.imaging.ink import Pixels, find_ink
from inkdigits.imaging.marks import (
    Mark,
    boxes_of,
    find_marks,
    find_marks_each_way,
    levels_of,
    thickest_stroke,
)
from inkdigits.imaging.text_lines import group_into_lines

LONGEST = 2048  # pixels: pictures are searched at this size at most
_THICK = 0.07  # of the longer side: strokes that the usual search for paper hollows out
_ALIKE = 0.08  # of a mark's height: one whose sides move less is the same mark
_FEW, _LARGE = 12, 0.45  # marks, one as large as this part of a side: their strokes may be thick


@dataclass(frozen=True)
class Found:
    """What was found in a picture.

    Attributes:
        lines: Marks from left to right, line by line from top to bottom; every line has some.
        factor: Pixels of the picture for each pixel of the marks.
        together: Whether this supposes that all marks are one digit.
    """

    lines: tuple[tuple[Mark, ...], ...]
    factor: float
    together: bool = False


def find_lines(pixels: Pixels) -> Found:
    """Find lines of marks.

    Args:
        pixels: Shape (rows, columns, 3), uint8: red, green, blue.

    Returns:
        The lines; none on bare paper.

    Example:
        >>> import numpy as np
        >>> page = np.full((100, 200, 3), 255, np.uint8)
        >>> page[20:60, 30:34] = page[20:60, 80:84] = 0
        >>> [[(mark.x, mark.y) for mark in line] for line in find_lines(page).lines]
        [[(30, 20), (80, 20)]]
    """
    return find_ways(pixels)[0]


def find_ways(pixels: Pixels) -> tuple[Found, ...]:
    """Find lines of marks in each way that a picture may be meant.

    Args:
        pixels: Shape (rows, columns, 3), uint8: red, green, blue.

    Returns:
        What is found, the likeliest first: where there may be strokes as thick as shadows are
        wide, with these as ink and as shadows, if that is not the same; where paper is uneven and
        there is faint ink, without that and with it; otherwise one. And where all of it may be one
        digit, that is torn or so thick that the paper in it passes for ink, it as one.
    """
    reduced = _reduce(pixels)
    ink = find_ink(reduced)
    usual, *others = find_marks_each_way(ink)
    ways = [usual, *(marks for marks in others if _differ(usual, marks))]
    one: list[tuple[Mark, ...]] = []
    if _may_be_hollow(usual, reduced.shape):
        thick_ink = find_ink(reduced, thick=True)
        thick = find_marks(thick_ink)
        ways = [thick, *(ways[1:] if _are_same(usual, thick) else ways)]
        if len(thick) == 1 and thick_ink.bright != ink.bright:
            one.append(tuple(thick))
    factor = pixels.shape[1] / reduced.shape[1]
    found = [Found(_lines(marks), factor) for marks in ways]
    one += [marks for way in found if (marks := as_one_digit(way.lines))]
    return (*found, *(Found((marks,), factor, together=True) for marks in one))


def _lines(marks: list[Mark]) -> tuple[tuple[Mark, ...], ...]:
    lines = group_into_lines(boxes_of(marks), levels_of(marks))
    return tuple(tuple(marks[i] for i in line) for line in lines)


def _differ(some: list[Mark], others: list[Mark]) -> bool:
    """Whether two sets of marks are more than the same with thicker or thinner strokes."""
    if len(some) != len(others):
        return True
    here, there = (
        np.array(sorted(boxes_of(each).tolist())).reshape(-1, 4) for each in (some, others)
    )
    return bool((abs(here - there) > np.maximum(2, _ALIKE * here[:, 3:])).any())


def _are_same(some: list[Mark], others: list[Mark]) -> bool:
    """Whether two sets of marks, found in the same order, hold the same ink."""
    return boxes_of(some).tolist() == boxes_of(others).tolist() and all(
        np.array_equal(one.mask, other.mask) and np.array_equal(one.values, other.values)
        for one, other in zip(some, others, strict=True)
    )


def _may_be_hollow(marks: list[Mark], shape: tuple[int, ...]) -> bool:
    """Whether strokes may be so thick that what lies inside them was taken for paper."""
    if not marks or thickest_stroke(marks) > _THICK * max(shape):
        return True
    return len(marks) <= _FEW and any(
        mark.height > _LARGE * shape[0] or mark.width > _LARGE * shape[1] for mark in marks
    )


def _reduce(pixels: Pixels) -> Pixels:
    """Reduce a picture by a whole factor until it is small enough."""
    factor = -(-max(pixels.shape) // LONGEST)
    if factor == 1:
        return pixels
    size = (max(1, pixels.shape[1] // factor), max(1, pixels.shape[0] // factor))
    reduced: Pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return reduced
