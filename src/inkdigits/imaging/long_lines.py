"""Long lines in a picture: found as straight ones, then followed, since paper is seldom flat.

Comes in: which pixels are ink. Goes out: lines from the left border to the right one, column by
column. It does not know whether they are those of the paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import pi

import cv2
import numpy as np

from inkdigits.array_types import Bool, Float64, Int64
from inkdigits.arrays import WHITE, Image
from inkdigits.imaging.scaling import reduce_to, scaled_size

PARTS = 24  # of a line, which are followed one after the other; needs as many columns
THICKEST = 0.012  # of the longer side; the strokes of a digit that fills a picture are thicker
COVERED = 0.5  # of its length that shows

_REDUCED = 700  # the longer side of the copy in which lines are looked for
_TILT = 8 * pi / 180  # to either side
_STEP = pi / 720
_VOTES = 0.4  # of the side: pixels in a row, give or take the line's width
_MOST_LINES = 400  # that are looked at, most votes first
_WANDER = 2  # rows that it may wander from one part to the next
_STRAIGHT = 100  # pixels of ink count as much as rows that a line wanders, so many times
_BAND = 0.008  # of the longer side: how far it may wander in all, to either side
_SAME = 0.3  # of that: lines whose ends are no farther from one another are followed alike
_SHOWN = 0.35  # of a part
_SPREAD = 0.7  # of its parts that show
_THICKER = 1.7  # times its width: where ink is as thick, a stroke goes across

Mask = Bool[np.ndarray, "rows columns"]


@dataclass(frozen=True, eq=False)
class LongLine:
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
        bounds = np.linspace(0, len(self.shown), PARTS + 1).astype(int)
        inked = np.add.reduceat(self.shown.astype(np.int64), bounds[:-1])
        parts: Float64[np.ndarray, " parts"] = inked / np.diff(bounds)
        return parts

    @cached_property
    def thin(self) -> float:
        """Share of the columns that show the line, without strokes across it."""
        return float((self.shown & ~self.crossed).mean())

    @property
    def ends(self) -> bool:
        """Whether it shows at both borders."""
        return bool(max(self.parts[:2]) > _SHOWN and max(self.parts[-2:]) > _SHOWN)

    @cached_property
    def crossed(self) -> Bool[np.ndarray, " columns"]:
        """Where ink is so thick that a stroke goes across."""
        crossed: Bool[np.ndarray, " columns"] = (
            self.above + self.below + 1 > _THICKER * self.thickness + 1
        )
        return crossed

    @property
    def shows(self) -> bool:
        """Whether it shows over most of its way, as thin as it is."""
        return bool(self.thin >= COVERED and (self.parts > _SHOWN).mean() >= _SPREAD)


def straight_lines(mask: Mask) -> list[tuple[float, float]]:
    """Find straight lines with enough ink, about level, by the Hough transform.

    Source: R. O. Duda and P. E. Hart, "Use of the Hough Transformation to Detect Lines and Curves
    in Pictures", 1972.

    Args:
        mask: Shape (rows, columns): which pixels are ink.

    Returns:
        The row at the left border and the slope of each, no two about the same; those with most
        ink first.

    Example:
        >>> page = np.zeros((300, 300), bool)
        >>> page[150] = True
        >>> [(round(row), round(slope, 3)) for row, slope in straight_lines(page)][0]
        (150, 0.0)
    """
    factor = min(1.0, _REDUCED / max(mask.shape))
    small = reduce_to(mask.view(np.uint8) * np.uint8(WHITE), scaled_size(mask.shape, factor))
    found = cv2.HoughLines(
        _ridges(small),
        1,
        _STEP,
        max(1, int(_VOTES * small.shape[1])),
        min_theta=pi / 2 - _TILT,
        max_theta=pi / 2 + _TILT,
    )
    if found is None:
        return []
    rho, theta = found.reshape(-1, 2)[:_MOST_LINES].T.astype(np.float64)
    rows, slopes = rho / np.sin(theta) / factor, -np.cos(theta) / np.sin(theta)
    return _apart(list(zip(rows.tolist(), slopes.tolist(), strict=True)), mask.shape)


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


def _ridges(small: Image) -> Image:
    """Return ink that is thin from top to bottom, so that filled areas have no say."""
    ink = (small > 64).astype(np.uint8)
    thick = max(3, round(2 * THICKEST * max(small.shape))) | 1
    filled = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((thick, 1), np.uint8))
    ridges: Image = cv2.subtract(ink, filled)
    return ridges


def follow(mask: Mask, row: float, slope: float) -> LongLine | None:
    """Follow a line through the picture.

    Args:
        mask: Shape (rows, columns): which pixels are ink; at least `PARTS` columns.
        row: Where it begins at the left border, about.
        slope: Rows that it goes down for each column, about.

    Returns:
        The line; None if most of it lies outside or does not show.

    Example:
        >>> page = np.zeros((300, 300), bool)
        >>> page[150:152] = page[100:200, 40] = True
        >>> line = follow(page, 151.0, 0.0)
        >>> line.thickness, line.shows, np.flatnonzero(line.crossed).tolist()
        (2.0, True, [40])
    """
    rows, columns = mask.shape
    reach = max(3, round(_BAND * max(mask.shape)))
    x = np.arange(columns)
    straight = row + slope * x
    if ((straight >= 0) & (straight < rows)).mean() < COVERED:
        return None
    around = np.rint(straight).astype(np.int64) + np.arange(-reach, reach + 1)[:, np.newaxis]
    middle = around[_path(_look_up(mask, around)), x]
    nearby = [_look_up(mask, middle + step) for step in (0, -1, 1)]
    middle += np.select(nearby, [0, -1, 1], 0)
    shown = np.logical_or.reduce(nearby)
    if shown.mean() < COVERED:
        return None
    most = 2 * (round(THICKEST * max(mask.shape)) + 2)
    above, below = (_run(mask, middle, direction, most) for direction in (-1, 1))
    thickness = float(np.median((above + below + 1)[shown]))
    return LongLine(middle, above, below, shown, thickness)


def _look_up(
    mask: Mask, rows: Int64[np.ndarray, "*many columns"]
) -> Bool[np.ndarray, "*many columns"]:
    """Return whether there is ink in these rows of each column; outside the picture is none."""
    last = len(mask) - 1
    columns = np.arange(rows.shape[-1])
    inked: Bool[np.ndarray, "*many columns"] = mask[np.clip(rows, 0, last), columns]
    inked &= (rows >= 0) & (rows <= last)
    return inked


def _path(band: Bool[np.ndarray, "width columns"]) -> Int64[np.ndarray, " columns"]:
    """Return the rows of the path that has most ink, part by part, each near the one before.

    The best path is found by dynamic programming, so a stroke that the line runs into leads only
    the parts astray that it covers.
    """
    width, columns = band.shape
    bounds = np.linspace(0, columns, PARTS + 1).astype(int)
    inked = np.add.reduceat(band.astype(np.int64), bounds[:-1], axis=1)
    steps = np.arange(-_WANDER, _WANDER + 1)
    before = np.clip(np.arange(width)[:, np.newaxis] + steps, 0, width - 1)
    # Where as much ink lies either way, the path goes straight on.
    total, origin = inked[:, 0] * _STRAIGHT, np.zeros((PARTS, width), np.int64)
    for chunk in range(1, PARTS):
        reached = total[before] - abs(steps)
        best = reached.argmax(axis=1)
        origin[chunk] = before[np.arange(width), best]
        total = reached.max(axis=1) + inked[:, chunk] * _STRAIGHT
    rows = np.zeros(PARTS, np.int64)
    rows[-1] = total.argmax()
    for chunk in range(PARTS - 1, 0, -1):
        rows[chunk - 1] = origin[chunk, rows[chunk]]
    middles = (bounds[:-1] + bounds[1:]) / 2
    return np.rint(np.interp(np.arange(columns), middles, rows)).astype(np.int64)


def _run(
    mask: Mask, middle: Int64[np.ndarray, " columns"], direction: int, most: int
) -> Int64[np.ndarray, " columns"]:
    """Return how many pixels of ink follow one another from the middle, in each column."""
    inked = _look_up(mask, middle + direction * np.arange(1, most + 1)[:, np.newaxis])
    length: Int64[np.ndarray, " columns"] = np.logical_and.accumulate(inked).sum(axis=0)
    return length
