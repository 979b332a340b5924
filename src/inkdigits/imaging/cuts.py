"""A mark -> the parts that it may consist of, when digits touch.

Comes in: a mark. Goes out: its parts from left to right, cut wherever little ink is in the way. It
does not decide which cuts are right.
"""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np

from inkdigits.array_types import Float32, Int64
from inkdigits.imaging.marks import Mark, Mask

# Cuts are looked for in a copy of the mark that is this many rows high; all lengths are its pixels.
_ROWS = 40
_STEP = 3  # columns between the places where a cut is tried
_REACH = 7  # columns to either side that a cut may bend
_MOST_INK = 14.0  # pixels of ink that a cut may go through
_BEND = 0.08  # cost of one column to the side; a pixel of ink costs 1
_AWAY = 0.01  # cost of each row for every column that it is away from where it was tried
_APART = 6  # columns between two cuts, on average
_AT_EDGE = 5  # columns at either side without a cut
_CUTS = (6, 24)  # at most: of a mark that is not wide, and of any
_COLUMNS_EACH = 8  # of a wide one: a cut for so many columns, about three for each digit
_FORBIDDEN = 10.0  # cost of a row outside the mark

Ink: TypeAlias = Float32[np.ndarray, "rows columns"]
Cut: TypeAlias = Int64[np.ndarray, " rows"]  # in each row, the first column on the right of it


def cut(mark: Mark) -> list[Mark]:
    """Cut a mark from top to bottom wherever that goes through little ink.

    Each cut is the cheapest path from the top row to the bottom row in a band of columns, found
    by dynamic programming.

    Args:
        mark: Any mark.

    Returns:
        Its parts from left to right, more the wider it is; only itself if no cut is cheap. Each
        pixel of its ink is in exactly one part.

    Example:
        >>> mask = np.zeros((40, 60), bool)
        >>> mask[:, :10] = mask[:, 50:] = mask[19:21] = True  # two strokes and what joins them
        >>> ink = np.full(mask.shape, 255, np.uint8)
        >>> parts = cut(Mark(0, 0, ink, mask, 255.0))
        >>> len(parts) > 1, sum(int(part.mask.sum()) for part in parts) == int(mask.sum())
        (True, True)
    """
    factor = _ROWS / mark.height
    columns = max(1, round(mark.width * factor))
    small = cv2.resize(mark.mask.astype(np.float32), (columns, _ROWS), interpolation=cv2.INTER_AREA)
    cuts = find_cuts(small)
    if not cuts:
        return [mark]
    bounds = np.sort(np.stack(cuts), axis=0)  # where they cross, the left one stays left
    rows = np.minimum((np.arange(mark.height) * factor).astype(int), _ROWS - 1)
    right_of = np.arange(mark.width) >= (bounds[:, rows] / factor)[:, :, np.newaxis]
    part = right_of.sum(axis=0)
    parts = [_part(mark, mark.mask & (part == i)) for i in range(len(cuts) + 1)]
    return [each for each in parts if each is not None]


def find_cuts(ink: Ink) -> list[Cut]:
    """Return the cheapest cuts, those through the least ink first.

    Args:
        ink: Shape (40, columns), float32, 0 to 1.

    Returns:
        At most six, or 24 if it is wide, apart from one another and from both sides.
    """
    most = min(max(_CUTS[0], ink.shape[1] // _COLUMNS_EACH), _CUTS[1])
    starts = np.arange(_AT_EDGE, ink.shape[1] - _AT_EDGE + 1, _STEP)
    if not len(starts):
        return []
    sides = np.arange(-_REACH, _REACH + 1)
    band = starts[:, np.newaxis] + sides
    outside = (band < 1) | (band >= ink.shape[1])
    costs = ink[:, np.clip(band, 0, ink.shape[1] - 1)] + _FORBIDDEN * outside
    totals, places = _cheapest_paths(costs + _AWAY * abs(sides))
    paths = np.take_along_axis(band, places, axis=1)
    chosen: list[Cut] = []
    for i in np.argsort(totals, kind="stable"):
        if totals[i] > _MOST_INK or len(chosen) == most:
            break
        if all(abs(paths[i] - other).mean() >= _APART for other in chosen):
            chosen.append(paths[i])
    return chosen


def _cheapest_paths(
    costs: Float32[np.ndarray, "rows bands places"],
) -> tuple[Float32[np.ndarray, " bands"], Int64[np.ndarray, "bands rows"]]:
    """Return for each band the cost of its cheapest path, and its place in each row."""
    rows, bands, _ = costs.shape
    total = costs[0]
    steps = np.zeros(costs.shape, np.int64)
    options = np.full((3, *total.shape), np.inf)  # from the left, straight, from the right
    for row in range(1, rows):
        np.add(total[:, :-1], _BEND, out=options[0, :, 1:])
        options[1] = total
        np.add(total[:, 1:], _BEND, out=options[2, :, :-1])
        options.argmin(axis=0, out=steps[row])
        total = options.min(axis=0) + costs[row]
    steps -= 1
    places = np.zeros((bands, rows), np.int64)
    places[:, -1] = total.argmin(axis=1)
    every = np.arange(bands)
    for row in range(rows - 1, 0, -1):
        places[:, row - 1] = places[:, row] + steps[row, every, places[:, row]]
    return total.min(axis=1), places


def _part(mark: Mark, mask: Mask) -> Mark | None:
    """Return the part of a mark that a mask leaves; None if it has no ink."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    x, y = mark.x + int(columns[0]), mark.y + int(rows[0])
    return Mark(x, y, mark.values[part], mask[part], mark.level)
