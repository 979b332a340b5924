"""Ruled and squared paper: its lines are taken out of the ink, strokes across them stay.

Comes in: which pixels are ink, and how much. Goes out: the same without lines. It does not know
what the strokes show.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import pi

import cv2
import numpy as np

from inkdigits.array_types import Bool, Float64, Int64, UInt8
from inkdigits.arrays import Image
from inkdigits.imaging.quantile import quantile

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
_SAME = 0.3  # of that: lines whose ends are no farther from one another are followed alike
_THICKEST = 0.012  # of the longer side; the strokes of a digit that fills a picture are thicker
_WHOLE = 0.95  # of its length that shows: such a line may be thicker, and then all may
_WHOLE_THICKER = 2.0  # times
_COVERED = 0.5  # of its length that shows
_SPREAD = 0.7  # of its parts that show
_SHOWN = 0.35  # of a part
_THICKER = 1.7  # times its width: where ink is as thick, a stroke goes across
_LEVELS = 6  # parts of a line whose own ink is measured
_LONE = 0.4  # of a part's columns have no more ink than the line itself
_SQUARED = 3  # lines each way
_DARKER = 1.35  # times its own ink,
_MORE = 12.0  # and of 255: where there is more, a stroke lies on it

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


@dataclass(frozen=True, eq=False)
class Unruled:
    """Ink without the lines of the paper.

    Attributes:
        mask: Shape (rows, columns): which pixels are ink.
        level: How many lines ran from side to side.
        upright: How many ran from top to bottom.
    """

    mask: Mask
    level: int = 0
    upright: int = 0

    @property
    def squared(self) -> bool:
        """Whether the paper is squared, by how many lines it has both ways."""
        return min(self.level, self.upright) >= _SQUARED


def remove_rules(mask: Mask, inks: Sequence[Image]) -> Unruled:
    """Take out thin lines that run through the whole picture, about level or upright.

    Lines are found by the Hough transform (Duda and Hart, "Use of the Hough Transformation to
    Detect Lines and Curves in Pictures", 1972), then followed from border to border, since paper
    is seldom flat. Where the ink is much thicker than the line, or darker, a stroke goes across or
    along it and stays.

    Args:
        mask: Shape (rows, columns): which pixels are ink.
        inks: How much ink lies on each, shape (rows, columns), uint8; in each of several colours,
            or what shows in any of them and what shows in all.

    Returns:
        The ink that is left, and how many lines there were.

    Example:
        >>> page = np.zeros((300, 300), bool)
        >>> page[150:152] = True  # a line from border to border
        >>> page[130:170, 100:104] = True  # a stroke across it
        >>> left = remove_rules(page, [page * np.uint8(100)])
        >>> int(left.mask[150].sum()), bool(left.mask[130:170, 100:104].all()), left.level
        (4, True, 1)
    """
    if max(mask.shape) < _LEAST_SIDE or min(mask.shape) < _CHUNKS:
        return Unruled(mask)
    page = _Page(mask.copy(), inks, [np.zeros_like(ink) for ink in inks])
    level = _erase_level_lines(page, both_ends=False)
    on_its_side = page.transposed()
    upright = _erase_level_lines(on_its_side, both_ends=True)
    return Unruled(np.ascontiguousarray(on_its_side.mask.T), level, upright)


@dataclass(frozen=True, eq=False)
class _Page:
    """What is left of the ink while lines are taken out.

    Attributes:
        mask: Which pixels are ink; is changed.
        inks: How much ink lies on each, in several colours.
        lines: How much of that is lines that were found; is changed.
    """

    mask: Mask
    inks: Sequence[Image]
    lines: Sequence[Image]

    def transposed(self) -> _Page:
        """Return a copy of it on its side."""
        inks, lines = (
            [np.ascontiguousarray(image.T) for image in images]
            for images in (self.inks, self.lines)
        )
        return _Page(np.ascontiguousarray(self.mask.T), inks, lines)


def _erase_level_lines(page: _Page, *, both_ends: bool) -> int:
    """Erase lines from the left border to the right one, and return how many.

    Args:
        page: Is changed.
        both_ends: Whether a line must show at both borders: an upright stroke may be a 1.
    """
    thickest = max(3.0, _THICKEST * max(page.mask.shape))
    whole_thickest = _WHOLE_THICKER * thickest
    erased = 0
    for row, slope in _apart(_straight_lines(page.mask), page.mask.shape):
        rule = _follow(page.mask, row, slope)
        if rule is None or rule.thickness > max(thickest, whole_thickest):
            continue
        if _at_border(rule, len(page.mask)) or not _shows(rule, both_ends=both_ends):
            continue
        if rule.thickness <= whole_thickest and rule.ends and rule.shown.mean() >= _WHOLE:
            thickest = max(thickest, rule.thickness + 1)  # so are the others of this paper
        if rule.thickness <= thickest:
            _erase(page, rule)
            erased += 1
    return erased


def _apart(lines: list[tuple[float, float]], shape: tuple[int, ...]) -> list[tuple[float, float]]:
    """Leave out lines that lie where one before them does: followed, they would be the same."""
    rows, columns = shape
    near = max(1.0, _SAME * _BAND * max(rows, columns))
    ends = np.array([(row, row + slope * columns) for row, slope in lines]).reshape(-1, 2)
    kept: list[int] = []
    for i, each in enumerate(ends):
        if not kept or (abs(ends[kept] - each).max(axis=1) > near).all():
            kept.append(i)
    return [lines[i] for i in kept]


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
    """Follow a line through the picture; None if most of it lies outside or does not show."""
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
    if shown.mean() < _COVERED:
        return None
    above, below = (_run(band, middle, direction, 2 * thickest) for direction in (-1, 1))
    thickness = float(np.median((above + below + 1)[shown]))
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
    places = middle + direction * np.arange(1, most + 1)[:, np.newaxis]
    inked = band[np.clip(places, 0, width - 1), np.arange(columns)]
    inked &= (places >= 0) & (places < width)
    length: Int64[np.ndarray, " columns"] = np.logical_and.accumulate(inked).sum(axis=0)
    return length


def _shows(rule: _Rule, *, both_ends: bool) -> bool:
    """Whether a line shows over most of its way, as thin as it is."""
    return bool(
        (rule.ends or not both_ends)
        and rule.thin >= _COVERED
        and (rule.parts > _SHOWN).mean() >= _SPREAD
    )


def _at_border(rule: _Rule, rows: int) -> bool:
    """Whether a line lies along the picture's border: it is the paper's edge, or dark corners."""
    middle = float(np.median(rule.middle))
    return min(middle, rows - 1 - middle) < rule.thickness


def _crossed(rule: _Rule) -> Bool[np.ndarray, " columns"]:
    """Return where a stroke goes across."""
    crossed: Bool[np.ndarray, " columns"] = (
        rule.above + rule.below + 1 > _THICKER * rule.thickness + 1
    )
    return crossed


def _erase(page: _Page, rule: _Rule) -> None:
    """Erase a line where nothing else lies across or along it, and note its ink."""
    lone = rule.shown & ~_crossed(rule)
    erased = lone.copy()
    for ink, lines in zip(page.inks, page.lines, strict=True):
        erased &= _is_alone(rule, lone, ink, lines)
    for column in np.flatnonzero(erased):
        row = rule.middle[column]
        page.mask[row - rule.above[column] : row + rule.below[column] + 1, column] = False


def _is_alone(
    rule: _Rule, lone: Bool[np.ndarray, " columns"], ink: Image, lines: Image
) -> Bool[np.ndarray, " columns"]:
    """Return where there is no more ink than that of a line and of others across it; note its own.

    Args:
        rule: The line.
        lone: Where it is as thin as it should be.
        ink: How much ink there is.
        lines: That of other lines; is changed.
    """
    columns, last = np.arange(ink.shape[1]), ink.shape[0] - 1
    near = np.clip(rule.middle + np.array([[-1], [0], [1]]), 0, last)
    seen = ink[near, columns].max(axis=0)
    own = _own_ink(seen, lone)
    alone: Bool[np.ndarray, " columns"] = seen <= _DARKER * (own + lines[near[1], columns]) + _MORE
    half = round(rule.thickness / 2) + 1
    rows = np.clip(rule.middle + np.arange(-half, half + 1)[:, np.newaxis], 0, last)
    lines[rows, columns] = np.maximum(lines[rows, columns], own.astype(np.uint8))
    return alone


def _own_ink(
    ink: UInt8[np.ndarray, " columns"], lone: Bool[np.ndarray, " columns"]
) -> Float64[np.ndarray, " columns"]:
    """Return how much ink a line has in each column, from where it lies alone nearby.

    Light and shadow change that along the way. Strokes may lie along most of a part, but seldom
    along two that follow one another, so of three the middle one counts.
    """
    bounds = np.linspace(0, len(ink), _LEVELS + 1).astype(int)
    middles, levels = [], []
    for start, end in itertools.pairwise(bounds):
        alone = ink[start:end][lone[start:end]]
        if alone.size:
            middles.append((start + end) / 2)
            levels.append(quantile(alone, _LONE))
    padded = np.pad(levels, 1, mode="edge")
    usual = np.median(np.lib.stride_tricks.sliding_window_view(padded, 3), axis=1)
    own: Float64[np.ndarray, " columns"] = np.interp(np.arange(len(ink)), middles, usual)
    return own
