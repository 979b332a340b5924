"""Ruled and squared paper: its lines are taken out of the ink, strokes across them stay.

Comes in: which pixels are ink. Goes out: the same without lines. It does not know what the strokes
show.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import pi

import cv2
import numpy as np

from inkdigits.array_types import Bool, Float64, Int64
from inkdigits.arrays import Image

_LEAST_SIDE = 100  # pixels; in smaller pictures lines and strokes are alike
_REDUCED = 700  # the longer side of the copy in which lines are looked for
_TILT = 8 * pi / 180  # to either side
_STEP = pi / 720
_VOTES = 0.4  # of the side: pixels in a row, give or take the line's width
_MOST_LINES = 400  # that are looked at, most votes first
_CHUNKS = 24  # parts of a line that are followed one after the other
_WANDER = 2  # rows that it may wander from one part to the next
_STRAIGHT = 100  # pixels of ink count as much as rows that a line wanders, so many times
_BAND = 0.008  # of the longer side: how far it may wander in all, to either side
_THICKEST = 0.012  # of the longer side; the strokes of a digit that fills a picture are thicker
_WHOLE = 0.9  # of its length that shows: such a line may be thicker, and then all may
_WHOLE_THICKER = 2.0  # times
_COVERED = 0.5  # of its length that shows
_SPREAD = 0.7  # of its parts that show
_SHOWN = 0.35  # of a part
_THICKER = 1.7  # times its width: where ink is as thick, a stroke goes across

Mask = Bool[np.ndarray, "rows columns"]


@dataclass(frozen=True, eq=False)
class _Rule:
    """A line from the left border to the right one.

    Attributes:
        middle: Row in each column.
        above: Rows of ink above the middle in each column.
        below: Rows of ink below it.
        shown: Whether there is ink at the middle in each column.
        thickness: Rows that the line has in most columns.
    """

    middle: Int64[np.ndarray, " columns"]
    above: Int64[np.ndarray, " columns"]
    below: Int64[np.ndarray, " columns"]
    shown: Bool[np.ndarray, " columns"]
    thickness: float

    @cached_property
    def parts(self) -> Float64[np.ndarray, " parts"]:
        """Share of each part that shows."""
        bounds = np.linspace(0, len(self.shown), _CHUNKS + 1).astype(int)
        inked = np.add.reduceat(self.shown.astype(np.int64), bounds[:-1])
        parts: Float64[np.ndarray, " parts"] = inked / np.diff(bounds)
        return parts

    @cached_property
    def thin(self) -> float:
        """Share of the columns that show the line, without strokes across it."""
        return float((self.shown & ~_crossed(self)).mean())

    @property
    def ends(self) -> bool:
        """Whether it shows at both borders."""
        return bool(max(self.parts[:2]) > _SHOWN and max(self.parts[-2:]) > _SHOWN)


def remove_rules(mask: Mask) -> Mask:
    """Take out thin lines that run through the whole picture, about level or upright.

    Lines are found by the Hough transform (Duda and Hart, "Use of the Hough Transformation to
    Detect Lines and Curves in Pictures", 1972), then followed from border to border, since paper
    is seldom flat. Where the ink is much thicker than the line, a stroke goes across and stays.

    Args:
        mask: Shape (rows, columns): which pixels are ink.

    Returns:
        The ink that is left.

    Example:
        >>> page = np.zeros((300, 300), bool)
        >>> page[150:152] = True  # a line from border to border
        >>> page[130:170, 100:104] = True  # a stroke across it
        >>> left = remove_rules(page)
        >>> int(left[150].sum()), bool((left[130:170, 100:104]).all())
        (4, True)
    """
    if max(mask.shape) < _LEAST_SIDE:
        return mask
    left = mask.copy()
    _erase_level_lines(left, both_ends=False)
    upright = np.ascontiguousarray(left.T)
    _erase_level_lines(upright, both_ends=True)
    return np.ascontiguousarray(upright.T)


def _erase_level_lines(mask: Mask, *, both_ends: bool) -> None:
    """Erase lines from the left border to the right one.

    Args:
        mask: Is changed.
        both_ends: Whether a line must show at both borders: an upright stroke may be a 1.
    """
    thickest = max(3.0, _THICKEST * max(mask.shape))
    whole_thickest = _WHOLE_THICKER * thickest
    for row, slope in _straight_lines(mask):
        rule = _follow(mask, row, slope)
        if rule is None or rule.thickness > max(thickest, whole_thickest):
            continue
        if not _shows(rule, both_ends=both_ends):
            continue
        if rule.thickness <= whole_thickest and rule.ends and rule.thin >= _WHOLE:
            thickest = max(thickest, rule.thickness + 1)  # so are the others of this paper
        if rule.thickness <= thickest:
            _erase(mask, rule)


def _straight_lines(mask: Mask) -> list[tuple[float, float]]:
    """Return the row at the left border and the slope of each straight line with enough ink."""
    factor = min(1.0, _REDUCED / max(mask.shape))
    size = (max(1, round(mask.shape[1] * factor)), max(1, round(mask.shape[0] * factor)))
    small = cv2.resize(mask.view(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    found = cv2.HoughLines(
        _ridges(small),
        1,
        _STEP,
        max(1, int(_VOTES * size[0])),
        min_theta=pi / 2 - _TILT,
        max_theta=pi / 2 + _TILT,
    )
    if found is None:
        return []
    rho, theta = found.reshape(-1, 2)[:_MOST_LINES].T.astype(np.float64)
    rows, slopes = rho / np.sin(theta) / factor, -np.cos(theta) / np.sin(theta)
    return list(zip(rows.tolist(), slopes.tolist(), strict=True))


def _ridges(small: Image) -> Image:
    """Return ink that is thin from top to bottom, so that filled areas have no say."""
    ink = (small > 64).astype(np.uint8)
    thick = max(3, round(2 * _THICKEST * max(small.shape))) | 1
    filled = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((thick, 1), np.uint8))
    ridges: Image = cv2.subtract(ink, filled)
    return ridges


def _follow(mask: Mask, row: float, slope: float) -> _Rule | None:
    """Follow a line through the picture; None if it lies outside for most of its way."""
    rows, columns = mask.shape
    reach = max(3, round(_BAND * max(mask.shape)))
    x = np.arange(columns)
    straight = row + slope * x
    if ((straight >= 0) & (straight < rows)).mean() < _COVERED:
        return None
    thickest = round(_THICKEST * max(mask.shape)) + 2
    width = reach + 2 * thickest  # room for the ink above and below
    places = np.rint(straight).astype(np.int64) + np.arange(-width, width + 1)[:, np.newaxis]
    inside = (places >= 0) & (places < rows)
    band = mask[np.clip(places, 0, rows - 1), x] & inside
    offset = _path(band[width - reach : width + reach + 1]) - reach
    middle = width + offset
    nearby = [band[middle + step, x] for step in (0, -1, 1)]
    step = np.select(nearby, [0, -1, 1], 0)
    middle = middle + step
    shown = np.logical_or.reduce(nearby)
    above, below = (_run(band, middle, direction, 2 * thickest) for direction in (-1, 1))
    thickness = float(np.median((above + below + 1)[shown])) if shown.any() else 0.0
    return _Rule(places[middle, x], above, below, shown, thickness)


def _path(band: Bool[np.ndarray, "width columns"]) -> Int64[np.ndarray, " columns"]:
    """Return the rows of the path that has most ink, part by part, each near the one before.

    The best path is found by dynamic programming, so a stroke that the line runs into leads only
    the parts astray that it covers.
    """
    width, columns = band.shape
    bounds = np.linspace(0, columns, _CHUNKS + 1).astype(int)
    inked = np.add.reduceat(band.astype(np.int64), bounds[:-1], axis=1)
    steps = np.arange(-_WANDER, _WANDER + 1)
    before = np.clip(np.arange(width)[:, np.newaxis] + steps, 0, width - 1)
    # Where as much ink lies either way, the path goes straight on.
    total, origin = inked[:, 0] * _STRAIGHT, np.zeros((_CHUNKS, width), np.int64)
    for chunk in range(1, _CHUNKS):
        reached = total[before] - abs(steps)
        best = reached.argmax(axis=1)
        origin[chunk] = before[np.arange(width), best]
        total = reached.max(axis=1) + inked[:, chunk] * _STRAIGHT
    rows = np.zeros(_CHUNKS, np.int64)
    rows[-1] = total.argmax()
    for chunk in range(_CHUNKS - 1, 0, -1):
        rows[chunk - 1] = origin[chunk, rows[chunk]]
    middles = (bounds[:-1] + bounds[1:]) / 2
    return np.rint(np.interp(np.arange(columns), middles, rows)).astype(np.int64)


def _run(
    band: Bool[np.ndarray, "width columns"],
    middle: Int64[np.ndarray, " columns"],
    direction: int,
    most: int,
) -> Int64[np.ndarray, " columns"]:
    """Return how many pixels of ink follow one another from the middle, in each column."""
    width, columns = band.shape
    x = np.arange(columns)
    length = np.zeros(columns, np.int64)
    going = np.ones(columns, bool)
    for step in range(1, most + 1):
        at = middle + direction * step
        going &= band[np.clip(at, 0, width - 1), x] & (at >= 0) & (at < width)
        length += going
    return length


def _shows(rule: _Rule, *, both_ends: bool) -> bool:
    """Whether a line shows over most of its way, as thin as it is."""
    return bool(
        (rule.ends or not both_ends)
        and rule.thin >= _COVERED
        and (rule.parts > _SHOWN).mean() >= _SPREAD
    )


def _crossed(rule: _Rule) -> Bool[np.ndarray, " columns"]:
    """Return where a stroke goes across."""
    crossed: Bool[np.ndarray, " columns"] = (
        rule.above + rule.below + 1 > _THICKER * rule.thickness + 1
    )
    return crossed


def _erase(mask: Mask, rule: _Rule) -> None:
    columns = np.flatnonzero(rule.shown & ~_crossed(rule))
    for column in columns:
        row = rule.middle[column]
        mask[row - rule.above[column] : row + rule.below[column] + 1, column] = False
