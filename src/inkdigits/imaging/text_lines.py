"""Places of marks -> lines of writing, from top to bottom, each from left to right.

Comes in: boxes. Goes out: which of them stand in one line. It does not look at the ink.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import TypeAlias

import numpy as np

from inkdigits.array_types import Bool, Float64, Int64
from inkdigits.imaging.tilt import line_slope

_MIDDLE = np.array([2, 0, 1, 0])  # times a box: twice the column in its middle

Box: TypeAlias = Int64[np.ndarray, "4"]  # first column, first row, width, height
Boxes: TypeAlias = Int64[np.ndarray, "n 4"]
Levels: TypeAlias = Float64[np.ndarray, " n"]

# In typical heights.
_SPECK = 0.15  # smaller marks are dirt, dots and commas
_LOWEST, _HIGHEST = 0.45, 2.0  # of what lines are made; lower marks join them afterwards
_FAR = 12.0  # what is farther to the right is a line of its own
_BREAK = 0.18  # between parts of one digit, one above the other
_TALLEST = 1.5  # that they reach together
_NEAR = 2.0  # from a low mark to the line that it joins

_BESIDE = 0.45  # of the lower box: the overlap with those before it in its line
_STACKED = 0.5  # of the narrower box: the overlap of parts of one digit, one above the other
_BAND = 0.6  # of the lower line: the overlap of lines that stand beside one another
_NEIGHBOURS = 3  # the nearest marks of a line: a low mark stands in it if it stands among these
_ROOM = 0.2  # of their height: how far above and below them it may be
_THIN = (3, 12)  # times as wide as high, and as high as wide: lines rather than digits


def typical_height(boxes: Boxes, levels: Levels | None = None) -> float:
    """Return the height that most ink has: a median in which taller and darker boxes count more.

    Args:
        boxes: Shape (n, 4), int64.
        levels: Shape (n,), float64, above 0: how dark the ink of each is; None for all alike.

    Returns:
        In pixels; lines are left out where there is anything else. At least 1.

    Example:
        >>> digits, dot, line = [0, 0, 20, 30], [60, 9, 2, 2], [0, 50, 90, 1]
        >>> typical_height(np.array([digits, digits, dot, line]))
        30.0
    """
    width, height = boxes[:, 2], boxes[:, 3]
    shaped = (width <= _THIN[0] * height) & (height <= _THIN[1] * width)
    if not shaped.any():
        return float(height.max(initial=1))
    heights = height[shaped]
    weights = heights.astype(float) ** 1.5
    if levels is not None:
        weights *= levels[shaped] ** 2
    order = np.argsort(heights)
    sums = weights[order].cumsum()
    return float(heights[order][np.searchsorted(sums, sums[-1] / 2)])


def group_into_lines(boxes: Boxes, levels: Levels | None = None) -> list[list[int]]:
    """Tell which boxes stand in one line.

    Args:
        boxes: Shape (n, 4), int64.
        levels: As for `typical_height`.

    Returns:
        The indices of each line's boxes from left to right, the lines from top to bottom, those
        that stand beside one another from left to right. Specks are in none.

    Example:
        >>> group_into_lines(np.array([[40, 2, 20, 30], [0, 0, 20, 30], [0, 60, 20, 30]]))
        [[1, 0], [2]]
    """
    height = typical_height(boxes, levels)
    kept = [i for i in range(len(boxes)) if boxes[i, 2:].max() >= _SPECK * height]
    units = _join_stacked(boxes, kept, height)
    places = np.array([_union(boxes[unit]) for unit in units], np.int64).reshape(-1, 4)
    places = _levelled(places, height)
    lines = _chain(places, height)
    lines += [[i] for i in range(len(units)) if places[i, 3] > _HIGHEST * height]
    _add_low(lines, places, height)
    lines.sort(key=lambda line: float(np.mean(places[line, 1] + places[line, 3] / 2)))
    return [
        sorted(
            (j for i in line for j in units[i]), key=lambda j: int(2 * boxes[j, 0] + boxes[j, 2])
        )
        for line in _side_by_side(lines, places)
    ]


def _levelled(places: Boxes, height: float) -> Boxes:
    """Move boxes up or down as if their lines were level."""
    slope = line_slope(places[_are_tall(places, height)], height)
    down = slope * (places[:, 0] + places[:, 2] / 2)
    level: Boxes = places - np.outer(down.round().astype(np.int64), [0, 1, 0, 0])
    return level


def _are_tall(places: Boxes, height: float) -> Bool[np.ndarray, " n"]:
    """Tell which boxes are as tall as digits."""
    heights = places[:, 3]
    tall: Bool[np.ndarray, " n"] = (heights >= _LOWEST * height) & (heights <= _HIGHEST * height)
    return tall


def _join_stacked(boxes: Boxes, kept: Sequence[int], height: float) -> list[list[int]]:
    """Join what stands one above the other, close enough to be parts of one digit."""
    home = {i: i for i in kept}
    members = {i: [i] for i in kept}
    order = sorted(kept, key=lambda i: int(boxes[i, 0]))
    for position, i in enumerate(order):
        right = boxes[i, 0] + boxes[i, 2]
        for j in takewhile(lambda j: boxes[j, 0] <= right, order[position + 1 :]):  # noqa: B023
            one, other = home[i], home[j]
            if one == other or not _are_stacked(boxes[i], boxes[j], height):
                continue
            if _union(boxes[members[one] + members[other]])[3] <= _TALLEST * height:
                for k in members[other]:
                    home[k] = one
                members[one] += members.pop(other)
    return list(members.values())


def _are_stacked(one: Box, other: Box, height: float) -> bool:
    shared = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    gap = max(one[1], other[1]) - min(one[1] + one[3], other[1] + other[3])
    return bool(shared >= _STACKED * min(one[2], other[2]) and gap <= _BREAK * height)


def _chain(places: Boxes, height: float) -> list[list[int]]:
    """Make lines of boxes as tall as digits: each continues the one that it overlaps most."""
    each = places.tolist()  # plain numbers: far faster than arrays of four
    tall = np.flatnonzero(_are_tall(places, height)).tolist()
    lines: list[list[int]] = []
    for i in sorted(tall, key=lambda i: int(each[i][0])):
        fits = [
            (_continues(each[i], [each[j] for j in line[-2:]], height), k)
            for k, line in enumerate(lines)
        ]
        best, k = max(fits, default=(0.0, -1))
        if best >= _BESIDE:
            lines[k].append(i)
        else:
            lines.append([i])
    return lines


def _continues(box: Sequence[int], last: Sequence[Sequence[int]], height: float) -> float:
    """Return how much a box overlaps the last one or two of a line in height, 0 to 1."""
    if box[0] - (last[-1][0] + last[-1][2]) > _FAR * height:
        return 0.0
    top = sum(y for _, y, _, _ in last) / len(last)
    bottom = sum(y + tall for _, y, _, tall in last) / len(last)
    shared = min(box[1] + box[3], bottom) - max(box[1], top)
    return shared / min(box[3], bottom - top)


def _add_low(lines: list[list[int]], places: Boxes, height: float) -> None:
    """Put low marks into the lines that they stand in, if any."""
    known = [places[line] for line in lines]
    low = [i for i in range(len(places)) if places[i, 3] < _LOWEST * height]
    for i in low:
        near = [(_away(places[i], line), k) for k, line in enumerate(known)]
        away, k = min(near, default=(np.inf, -1))
        if away <= _NEAR * height:
            lines[k].append(i)


def _away(box: Box, line: Boxes) -> float:
    """Return the columns from a box to the nearest of a line; infinite above and below it."""
    gaps = np.maximum(line[:, 0] - box[0] - box[2], box[0] - line[:, 0] - line[:, 2])
    near = _union(line[np.argsort(gaps, kind="stable")[:_NEIGHBOURS]])
    middle = box[1] + box[3] / 2
    inside = near[1] - _ROOM * near[3] <= middle <= near[1] + (1 + _ROOM) * near[3]
    return float(max(0, gaps.min())) if inside else float("inf")


def _side_by_side(lines: Sequence[list[int]], places: Boxes) -> list[list[int]]:
    """Order lines that stand beside one another from left to right."""
    ordered: list[list[int]] = []
    for line in lines:
        at = len(ordered)
        while at and _comes_before(places[line], places[ordered[at - 1]]):
            at -= 1
        ordered.insert(at, line)
    return ordered


def _comes_before(line: Boxes, other: Boxes) -> bool:
    """Whether a line stands beside another one, at its left."""
    (x, y, _, tall), (other_x, other_y, _, other_tall) = _union(line), _union(other)
    shared = min(y + tall, other_y + other_tall) - max(y, other_y)
    return bool(x < other_x and shared >= _BAND * min(tall, other_tall))


def _union(boxes: Boxes) -> Box:
    left, top = boxes[:, 0].min(), boxes[:, 1].min()
    right, bottom = (boxes[:, 0] + boxes[:, 2]).max(), (boxes[:, 1] + boxes[:, 3]).max()
    return np.array([left, top, right - left, bottom - top], np.int64)
