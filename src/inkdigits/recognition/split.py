"""A picture whose panels, or whose sheet of paper, are read by themselves, and one reading of all.

Comes in: a picture, and later what was read in its parts. Goes out: the parts, and a reading of the
whole. It reads nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from inkdigits.imaging.panels import split_panels
from inkdigits.imaging.picture import Picture
from inkdigits.imaging.region import Region, whole_of
from inkdigits.imaging.sheet import take_sheet
from inkdigits.recognition.reading import Box, Digit, Expect, Line, Reading

_APART = 4  # pixels that are looked at, to tell a screen
_FLAT = 1.0  # grey levels from the colour that most of it has

_Panel: TypeAlias = tuple[Region, Reading]


class SplitPicture:
    """A picture in parts: the page and its panels, a sheet of paper, or itself without either."""

    def __init__(self, picture: Picture, expect: Expect | None = None) -> None:
        """Look for panels, and where there are none for a sheet.

        Args:
            picture: Any.
            expect: What is known of it, as for `Reader.read`. One digit, or one number, stands in
                the panel if there is one; several are left where they are then.
        """
        self._picture = picture
        page, panels = split_panels(picture)
        paper = not panels or (len(panels) == 1 and not _is_flat(page.picture))
        if paper and (sheet := take_sheet(picture)):
            page, panels = sheet, []
        alone = expect in ("single", "number")
        if alone and len(panels) > 1:
            page, panels = whole_of(picture), []
        self._page = None if alone and panels else page
        self._panels = panels

    @property
    def parts(self) -> list[Picture]:
        """What is to be read, at least one picture."""
        return [part.picture for part in self._regions]

    def join(self, readings: Sequence[Reading]) -> Reading:
        """Return a reading of the whole; panels that stand beside one another make a line.

        Args:
            readings: One of each part.
        """
        if self._page and self._page.picture is self._picture:
            return readings[0]
        moved = [
            _moved(reading, region, self._picture)
            for reading, region in zip(readings, self._regions, strict=True)
        ]
        lines = list(moved.pop(0).lines) if self._page else []
        for row in _rows(zip(self._panels, moved, strict=True)):
            lines += _lines([reading for _, reading in row])
        lines.sort(key=lambda line: min(digit.box.y for digit in line.digits))
        return Reading(tuple(lines), self._picture.width, self._picture.height)

    @property
    def _regions(self) -> list[Region]:
        return [*([self._page] if self._page else []), *self._panels]


def _is_flat(page: Picture) -> bool:
    """Whether most of a page has one colour, as on screens, and not what a camera makes of it."""
    few = page.pixels[::_APART, ::_APART].astype(np.int16)
    return bool(np.median(abs(few - np.median(few, axis=(0, 1)))) <= _FLAT)


def _rows(panels: Iterator[_Panel]) -> list[list[_Panel]]:
    """Group panels, which come from top to bottom, by what stands beside one another."""
    rows: list[list[_Panel]] = []
    for panel, reading in panels:
        _, top, _, height = panel.frame
        if rows and top + height / 2 < sum(rows[-1][0][0].frame[1::2]):
            rows[-1].append((panel, reading))
        else:
            rows.append([(panel, reading)])
    return [sorted(row, key=lambda each: each[0].frame) for row in rows]


def _lines(row: Sequence[Reading]) -> Iterator[Line]:
    """Yield one line for panels that have one line each, otherwise those of one after the other."""
    of_each = [reading.lines for reading in row]
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


def _moved(reading: Reading, region: Region, whole: Picture) -> Reading:
    """Return a region's reading in the coordinates of the whole picture."""
    lines = [
        Line(tuple(replace(d, box=_box_in_whole(d.box, region, whole)) for d in line.digits))
        for line in reading.lines
    ]
    return Reading(tuple(lines), whole.width, whole.height)


def _box_in_whole(box: Box, region: Region, whole: Picture) -> Box:
    """Return its place in the whole; a box that was turned may reach beyond the border."""
    x, y, width, height = region.box_in_whole(box.x, box.y, box.width, box.height)
    left, top = min(max(x, 0), whole.width - 1), min(max(y, 0), whole.height - 1)
    right, bottom = min(x + width, whole.width), min(y + height, whole.height)
    return Box(left, top, max(1, right - left), max(1, bottom - top))
