"""A picture whose panels are read by themselves, and one reading of all its parts.

Comes in: a picture, and later what was read in its parts. Goes out: the parts, and a reading of the
whole. It reads nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from inkdigits.imaging.panels import Part, split_panels
from inkdigits.imaging.picture import Picture
from inkdigits.recognition.reading import Digit, Expect, Line, Reading

_Panel: TypeAlias = tuple[Part, Reading]


class SplitPicture:
    """A picture in parts: the page and its panels, or itself where it has none."""

    def __init__(self, picture: Picture, expect: Expect | None = None) -> None:
        """Look for panels.

        Args:
            picture: Any.
            expect: What is known of it, as for `Reader.read`. One digit, or one number, stands in
                the panel if there is one; several are left where they are then.
        """
        self._picture = picture
        page, self._panels = split_panels(picture)
        self._page: Part | None = page
        if expect in ("single", "number"):
            if len(self._panels) == 1:
                self._page = None
            else:
                self._page, self._panels = Part(picture), []

    @property
    def parts(self) -> list[Picture]:
        """What is to be read, at least one picture."""
        parts = [*([self._page] if self._page else []), *self._panels]
        return [part.picture for part in parts]

    def join(self, readings: Sequence[Reading]) -> Reading:
        """Return a reading of the whole; panels that stand beside one another make a line.

        Args:
            readings: One of each part.
        """
        if not self._panels:
            return readings[0]
        lines = list(readings[0].lines) if self._page else []
        panels = readings[-len(self._panels) :]
        for row in _rows(zip(self._panels, panels, strict=True)):
            lines += _lines(row)
        lines.sort(key=lambda line: min(digit.box.y for digit in line.digits))
        return Reading(tuple(lines), self._picture.width, self._picture.height)


def _rows(panels: Iterator[_Panel]) -> list[list[_Panel]]:
    """Group panels, which come from top to bottom, by what stands beside one another."""
    rows: list[list[_Panel]] = []
    for panel, reading in panels:
        middle = panel.y + panel.picture.height / 2
        if rows and middle < rows[-1][0][0].y + rows[-1][0][0].picture.height:
            rows[-1].append((panel, reading))
        else:
            rows.append([(panel, reading)])
    return [sorted(row, key=lambda each: each[0].x) for row in rows]


def _lines(row: list[_Panel]) -> Iterator[Line]:
    """Yield one line for panels that have one line each, otherwise those of one after the other."""
    of_each = [[_moved(line, panel) for line in reading.lines] for panel, reading in row]
    if any(sum(bool(line.text) for line in lines) > 1 for lines in of_each):
        yield from (line for lines in of_each for line in lines)
        return
    digits: list[Digit] = []
    for lines in of_each:
        before = digits[-1].number + 1 if digits else 0
        own = (digit for line in lines for digit in line.digits)
        digits += [replace(digit, number=before + digit.number) for digit in own]
    if digits:
        yield Line(tuple(digits))


def _moved(line: Line, panel: Part) -> Line:
    """Return a panel's line in the coordinates of the whole picture."""
    boxes = [replace(d.box, x=d.box.x + panel.x, y=d.box.y + panel.y) for d in line.digits]
    return Line(tuple(replace(d, box=b) for d, b in zip(line.digits, boxes, strict=True)))
