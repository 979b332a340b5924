"""Ruled and squared paper: its lines are taken out of the ink, strokes across them stay.

Comes in: which pixels are ink, and how much. Goes out: the same without lines. It does not know
what the strokes show.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inkdigits.array_types import Bool, Float64, Int64, UInt8
from inkdigits.arrays import Image
from inkdigits.imaging.long_lines import PARTS, THICKEST, LongLine, Mask, follow, straight_lines
from inkdigits.imaging.quantile import quantile

_LEAST_SIDE = 100  # pixels; in smaller pictures lines and strokes are alike
_WHOLE = 0.95  # of its length that shows: such a line may be thicker, and then all may
_WHOLE_THICKER = 2.0  # times
_LEVELS = 6  # parts of a line whose own ink is measured
_LONE = 0.4  # of a part's columns have no more ink than the line itself
_SQUARED = 3  # lines each way
_DARKER = 1.35  # times its own ink,
_MORE = 12.0  # and of 255: where there is more, a stroke lies on it


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

    Where the ink is much thicker than the line, or darker, a stroke goes across or along it and
    stays.

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
    if max(mask.shape) < _LEAST_SIDE or min(mask.shape) < PARTS:
        return Unruled(mask)
    page = _Page(mask.copy(), inks, [np.zeros_like(ink) for ink in inks])
    level = _erase_level_lines(page, both_ends=False)
    on_its_side = page.transposed()
    upright = _erase_level_lines(on_its_side, both_ends=True)
    return Unruled(_transposed(on_its_side.mask), level, upright)


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
            [cv2.transpose(image) for image in images] for images in (self.inks, self.lines)
        )
        return _Page(_transposed(self.mask), inks, lines)


def _transposed(mask: Mask) -> Mask:
    """Return a mask on its side, as a copy; NumPy takes six times as long."""
    return cv2.transpose(mask.view(np.uint8)).view(bool)


def _erase_level_lines(page: _Page, *, both_ends: bool) -> int:
    """Erase lines from the left border to the right one, and return how many.

    Args:
        page: Is changed.
        both_ends: Whether a line must show at both borders: an upright stroke may be a 1.
    """
    thickest = max(3.0, THICKEST * max(page.mask.shape))
    whole_thickest = _WHOLE_THICKER * thickest
    erased = 0
    for row, slope in straight_lines(page.mask):
        rule = follow(page.mask, row, slope)
        if rule is None or rule.thickness > max(thickest, whole_thickest):
            continue
        if not rule.shows or (both_ends and not rule.ends) or _at_border(rule, len(page.mask)):
            continue
        if rule.thickness <= whole_thickest and rule.ends and rule.shown.mean() >= _WHOLE:
            thickest = max(thickest, rule.thickness + 1)  # so are the others of this paper
        if rule.thickness <= thickest:
            _erase(page, rule)
            erased += 1
    return erased


def _at_border(rule: LongLine, rows: int) -> bool:
    """Whether a line lies along the picture's border: it is the paper's edge, or dark corners."""
    middle = float(np.median(rule.middle))
    return min(middle, rows - 1 - middle) < rule.thickness


def _erase(page: _Page, rule: LongLine) -> None:
    """Erase a line where nothing else lies across or along it, and note its ink."""
    lone = rule.shown & ~rule.crossed
    erased = lone.copy()
    for ink, lines in zip(page.inks, page.lines, strict=True):
        seen, others = ink[_places(rule, 1, ink)].max(axis=0), lines[_places(rule, 0, ink)][0]
        own = _own_ink(seen, lone)
        erased &= seen <= _DARKER * (own + others) + _MORE
        within = _places(rule, round(rule.thickness / 2) + 1, ink)
        lines[within] = np.maximum(lines[within], own.astype(np.uint8))
    columns = np.flatnonzero(erased)
    middle, above, below = (each[columns] for each in (rule.middle, rule.above, rule.below))
    for step in range(-above.max(initial=0), below.max(initial=0) + 1):
        reached = (-above <= step) & (step <= below)
        page.mask[middle[reached] + step, columns[reached]] = False


def _places(
    rule: LongLine, reach: int, ink: Image
) -> tuple[Int64[np.ndarray, "rows columns"], Int64[np.ndarray, " columns"]]:
    """Return where a line's middle and so many pixels above and below it lie, to index with."""
    rows, columns = ink.shape
    steps = np.arange(-reach, reach + 1)[:, np.newaxis]
    return np.clip(rule.middle + steps, 0, rows - 1), np.arange(columns)


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
