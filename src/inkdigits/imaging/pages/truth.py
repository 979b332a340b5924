"""A generated page and what stands on it: the answer that a reader should give.

Comes in: pixels, digits with their places. Goes out: values. It does not know how pages are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from inkdigits.array_types import UInt8, UInt16

DistractorKind: TypeAlias = Literal["letter", "sign", "frame", "underline"]


class InkBox(NamedTuple):
    """The smallest rectangle around all pixels with ink, in pixels of the page.

    Attributes:
        x: First column.
        y: First row.
        width: Number of columns.
        height: Number of rows.
    """

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class TrueDigit:
    """A digit on a page.

    Attributes:
        digit: What it is, 0 to 9.
        box: Where its ink is, before the camera blurs it.
        number: Which number of its line it belongs to, from 0.
    """

    digit: int
    box: InkBox
    number: int


@dataclass(frozen=True)
class TrueLine:
    """The digits of one line from left to right.

    Example:
        >>> box = InkBox(0, 0, 9, 20)
        >>> line = TrueLine((TrueDigit(4, box, 0), TrueDigit(2, box, 0), TrueDigit(7, box, 1)))
        >>> line.text, line.numbers
        ('427', ('42', '7'))
    """

    digits: tuple[TrueDigit, ...]

    @property
    def text(self) -> str:
        """The digits without gaps."""
        return "".join(self.numbers)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The digits, parted where the line has a gap."""
        return tuple(
            "".join(str(each.digit) for each in group)
            for _, group in groupby(self.digits, key=lambda each: each.number)
        )


@dataclass(frozen=True)
class Distractor:
    """Something on a page that is no digit, and that a reader should not read.

    Attributes:
        kind: What it is.
        box: Where its ink is, before the camera blurs it.
    """

    kind: DistractorKind
    box: InkBox


@dataclass(frozen=True, eq=False)
class Page:
    """A picture of handwriting and the truth about it.

    Attributes:
        pixels: Shape (height, width, 3), uint8: red, green, blue.
        lines: From top to bottom.
        owners: Shape (height, width), uint16: whose ink lies there before the camera blurs it, as 1
            plus the index among `digits`; 0 where no digit's does.
        distractors: What else was written, in no particular order. The rules and squares of the
            paper are not among them.
    """

    pixels: UInt8[np.ndarray, "height width 3"]
    lines: tuple[TrueLine, ...]
    owners: UInt16[np.ndarray, "height width"]
    distractors: tuple[Distractor, ...] = ()

    @property
    def text(self) -> str:
        r"""The lines, joined by "\n"."""
        return "\n".join(line.text for line in self.lines)

    @property
    def digits(self) -> tuple[TrueDigit, ...]:
        """All digits, line by line."""
        return tuple(digit for line in self.lines for digit in line.digits)
