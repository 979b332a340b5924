"""Signs beside and below one another: numbers, gaps, lines, and frames and lines around them.

Comes in: labelled images, a hand and a style of writing. Goes out: what stands where on a flat
sheet, in units. It does not know the paper or the camera.

The line of each row of text is a multiple of the distance between lines; x grows to the right, y
downwards.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from inkdigits.array_types import Float
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.imaging.pages.hand import (
    HEIGHT,
    STEPS,
    Glyph,
    Hand,
    draw_letter,
    draw_sign,
    write,
)
from inkdigits.imaging.pages.style import Writing
from inkdigits.imaging.pages.truth import DistractorKind

_ROWS = 64 * STEPS  # rows of the front, half of them above the line, as those of an outline
_DIGIT_WIDTH = 16.0  # units; nine in ten of MNIST's digits are narrower than 20
_NUMBER_GAP = (1.5 * _DIGIT_WIDTH, 2.5 * _DIGIT_WIDTH)
_CLEARER = 2.5  # a gap between numbers is at least this many times one between digits
_OVERLAP = (0.0, 2.0)  # units by which touching ink overlaps
_WORD = (2, 6)  # letters, upper bound excluded
_AROUND = 6.0  # units between a number and its frame or the line below
_APART = 2.5  # units that a box may be smaller on each side than the place for it


@dataclass(frozen=True, eq=False)
class Placed:
    """A glyph with its place on the sheet: where its origin lies, in units."""

    glyph: Glyph
    x: float
    y: float
    kind: Literal["digit", "letter", "sign"]
    line: int
    number: int


@dataclass(frozen=True, eq=False)
class Curve:
    """A frame or underline: points in units, shape (n, 2)."""

    points: Float[np.ndarray, "n 2"]
    kind: DistractorKind


@dataclass
class Sheet:
    """Everything that is written, in the order in which it was written."""

    placed: list[Placed] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)

    def bounds(self) -> tuple[float, float, float, float]:
        """Return the smallest and largest x and y with ink: left, top, right, bottom."""
        boxes = [_box(each) for each in self.placed]
        boxes += [(*each.points.min(axis=0), *each.points.max(axis=0)) for each in self.curves]
        low, high = np.array(boxes)[:, :2].min(axis=0), np.array(boxes)[:, 2:].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def lay_out(
    digits: LabelledImages,
    hand: Hand,
    writing: Writing,
    line_distance: float,
    rng: np.random.Generator,
) -> Sheet:
    """Write lines of numbers on a flat sheet.

    Args:
        digits: What to draw from, with replacement.
        hand: Who writes.
        writing: What is written.
        line_distance: Units from line to line.
        rng: Source of randomness.
    """
    sheet = Sheet()
    for line in range(rng.integers(*writing.lines, endpoint=True)):
        _Line(sheet, line, line * line_distance, hand, writing, rng).write_numbers(digits)
    return sheet


class _Line:
    """A line while it is being written."""

    def __init__(
        self,
        sheet: Sheet,
        index: int,
        y: float,
        hand: Hand,
        writing: Writing,
        rng: np.random.Generator,
    ) -> None:
        self.sheet, self.index, self.y = sheet, index, y
        self.hand, self.writing, self.rng = hand, writing, rng
        # How far to the right each row is taken by ink; outlines are moved to the line's rows.
        self.front = np.full(_ROWS, -np.inf)
        self.end = rng.uniform(0, HEIGHT)
        self.middle = -np.inf

    def write_numbers(self, digits: LabelledImages) -> None:
        if self.rng.random() < self.writing.letters:
            for _ in range(self.rng.integers(*_WORD)):
                self._write(draw_letter(self.rng), None, "letter", 0)
            self._gap()
        count = int(self.rng.integers(*self.writing.numbers, endpoint=True))
        for number in range(count):
            self._write_number(digits, number)
            if number + 1 < count:
                self._part()

    def _write_number(self, digits: LabelledImages, number: int) -> None:
        first = len(self.sheet.placed)
        for place in range(self.rng.integers(*self.writing.length, endpoint=True)):
            chosen = self.rng.integers(len(digits))
            touching = place > 0 and self.rng.random() < self.writing.touching
            digit = int(digits.labels[chosen])
            self._write(digits.images[chosen], digit, "digit", number, touching)
        boxes = np.array([_box(each) for each in self.sheet.placed[first:]])
        left, top = boxes[:, :2].min(axis=0)
        right, bottom = boxes[:, 2:].max(axis=0)
        # Nothing is drawn from the series of a style without boxes, so its pages stay as they are.
        if self.writing.boxes and self.rng.random() < self.writing.boxes:
            self._box_each(boxes)
        elif self.rng.random() < self.writing.frames:
            self._frame(left - _AROUND, top - _AROUND, right + _AROUND, bottom + _AROUND)
        elif self.rng.random() < self.writing.underlines:
            self._draw([(left, bottom + _AROUND), (right, bottom + _AROUND)], "underline")

    def _part(self) -> None:
        """Leave a gap, perhaps with a sign in it, before the next number."""
        self._gap()
        if self.rng.random() < self.writing.signs:
            self._write(draw_sign(self.rng), None, "sign", 0)
            self._gap()

    def _gap(self) -> None:
        gap = max(self.rng.uniform(*_NUMBER_GAP), _CLEARER * self.hand.spacing)
        self.end = float(self.front.max()) + gap
        self.front[:] = -np.inf

    def _write(
        self,
        image: np.ndarray,
        digit: int | None,
        kind: Literal["digit", "letter", "sign"],
        number: int,
        touching: bool = False,
    ) -> None:
        glyph = write(image, digit, self.hand, self.writing, self.rng)
        jitter = self.rng.uniform(-1, 1) * self.writing.baseline_jitter * HEIGHT
        # A sign stands in the middle of the line, everything else on it.
        below = HEIGHT // 2 * STEPS if kind == "sign" else glyph.bottom
        shift = round(jitter * STEPS) - below
        x = self._next_place(glyph, shift, touching)
        placed = Placed(glyph, x, self.y + shift / STEPS, kind, self.index, number)
        self.sheet.placed.append(placed)
        self.front = np.maximum(self.front, _moved(glyph.right, shift, -np.inf) + x)
        left, _, right, _ = _box(placed)
        self.middle = (left + right) / 2

    def _next_place(self, glyph: Glyph, shift: int, touching: bool) -> float:
        """Return where the origin of the next glyph goes."""
        left = _moved(glyph.left, shift, np.inf)
        start = float(left.min())
        if not np.isfinite(self.front).any():
            return self.end - start
        own_middle = (start + float(glyph.right.max())) / 2
        onward = self.middle + 1 - own_middle
        if touching:
            # At least a pixel of the page, or the contact would be lost between its pixels.
            overlap = max(self.rng.uniform(*_OVERLAP), 1 / self.hand.unit)
            contact = float(np.max(self.front - left)) - overlap
            return contact if np.isfinite(contact) else float(self.front.max()) - start - overlap
        gap = self.hand.spacing * self.rng.uniform(0.75, 1.25)
        return max(float(np.max(_widened(self.front, gap) - left)) + gap, onward)

    def _box_each(self, digits: Float[np.ndarray, "n 4"]) -> None:
        """Draw a box around each digit; next to one another, or a little apart.

        Args:
            digits: Of each from left to right its left, top, right and bottom.
        """
        top, bottom = digits[:, 1].min() - _AROUND, digits[:, 3].max() + _AROUND
        middles = (digits[:-1, 2] + digits[1:, 0]) / 2
        edges = [digits[0, 0] - _AROUND, *middles, digits[-1, 2] + _AROUND]
        apart = _APART * (self.rng.random() < 0.5)
        for left, right in itertools.pairwise(edges):
            self._frame(left + apart, top, right - apart, bottom)

    def _frame(self, left: float, top: float, right: float, bottom: float) -> None:
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        moved = [(x + self._wobble(), y + self._wobble()) for x, y in corners]
        self._draw([*moved, moved[0]], "frame")

    def _draw(self, points: list[tuple[float, float]], kind: DistractorKind) -> None:
        self.sheet.curves.append(Curve(np.array(points), kind))

    def _wobble(self) -> float:
        return self.rng.uniform(-1, 1)


def _moved(outline: np.ndarray, rows: int, empty: float) -> np.ndarray:
    """Move an outline down by a number of rows."""
    moved = np.full_like(outline, empty)
    if abs(rows) < len(outline):
        source = outline[max(0, -rows) : len(outline) - max(0, rows)]
        moved[max(0, rows) : max(0, rows) + len(source)] = source
    return moved


def _widened(front: np.ndarray, gap: float) -> np.ndarray:
    """Let each row be taken by what stands in the rows less than a gap above and below."""
    reach = int(np.ceil(gap * STEPS))
    padded = np.pad(front, reach, constant_values=-np.inf)
    widened: np.ndarray = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(
        axis=1
    )
    return widened


def _box(placed: Placed) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a glyph's ink in units."""
    glyph = placed.glyph
    rows = np.flatnonzero(np.isfinite(glyph.left))
    top, bottom = (rows[[0, -1]] - len(glyph.left) // 2) / STEPS
    return (
        placed.x + float(glyph.left.min()),
        placed.y + float(top),
        placed.x + float(glyph.right.max()),
        placed.y + float(bottom),
    )
