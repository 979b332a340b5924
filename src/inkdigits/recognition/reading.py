"""What was read in a picture: lines of digits, each with its place, confidence and input.

Comes in: the parts. Goes out: values that the command line, Python and a server share. It does
not know how digits are found or recognised.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from inkdigits.arrays import Image


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of the upright picture, as it was before any reduction.

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
class Guess:
    """One class and how probable it is.

    Attributes:
        digit: Index of the class; for digits the digit itself.
        confidence: Calibrated probability, 0 to 1.
    """

    digit: int
    confidence: float


@dataclass(frozen=True, eq=False)
class Digit:
    """Something that was found in a picture: a digit, or what was taken for none.

    Attributes:
        digit: What it was read as; None if it was rejected.
        confidence: Calibrated probability of the best guess, 0 to 1.
        box: Its place.
        top: The three best guesses, the best first.
        outlierness: How strange it looks to the network; None if the network has no such score.
        number: Which number of its line it belongs to, from 0; gaps part numbers.
        image: Shape (28, 28), uint8: what the network saw.
    """

    digit: int | None
    confidence: float
    box: Box
    top: tuple[Guess, ...]
    outlierness: float | None
    number: int
    image: Image


@dataclass(frozen=True)
class Line:
    """Digits beside one another, from left to right, those rejected among them."""

    digits: tuple[Digit, ...]

    @property
    def text(self) -> str:
        """The digits that were read, without gaps."""
        return "".join(self.numbers)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The digits that were read, parted where the picture has a gap."""
        read = [each for each in self.digits if each.digit is not None]
        return tuple(
            "".join(str(each.digit) for each in group)
            for _, group in groupby(read, key=lambda each: each.number)
        )


@dataclass(frozen=True)
class Reading:
    """All that was found in a picture.

    Attributes:
        lines: From top to bottom; a line may hold nothing but what was rejected.
        width: Width of the upright picture in pixels.
        height: Height of the upright picture in pixels.
    """

    lines: tuple[Line, ...]
    width: int
    height: int

    @property
    def text(self) -> str:
        r"""The lines in which digits were read, joined by "\n"; empty if there are none."""
        return "\n".join(line.text for line in self.lines if line.text)

    @property
    def digits(self) -> tuple[Digit, ...]:
        """Everything that was found, line by line, those rejected among them."""
        return tuple(digit for line in self.lines for digit in line.digits)
