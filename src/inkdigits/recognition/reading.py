"""What was read in a picture: lines of digits, each with its place, confidence and input.

Comes in: the parts. Goes out: values that the command line, Python and a server share. It does
not know how digits are found or recognised. A network for whole pictures gives one line with one
"digit", which is the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Literal, Protocol, TypeAlias

import numpy as np

from inkdigits.array_types import UInt8
from inkdigits.arrays import Probabilities
from inkdigits.imaging.picture import Picture

Expect: TypeAlias = Literal["single", "number", "page"]

_BEST = 3  # guesses that a reading tells of each digit


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
        digit: The digit; of pictures, the index of the class.
        confidence: Calibrated probability, 0 to 1.
        name: Name of the class; for digits the digit itself.
    """

    digit: int
    confidence: float
    name: str


def best_guesses(
    probabilities: Probabilities, classes: Mapping[str, int]
) -> Iterator[tuple[Guess, ...]]:
    """Return the three best guesses of each row, the best first.

    Args:
        probabilities: Shape (n, classes), float32.
        classes: The digit of each class by its name, in the order of the probabilities; of
            pictures the index.

    Example:
        >>> (top,) = best_guesses(np.array([[0.2, 0.7, 0.1]], np.float32), {"3": 3, "5": 5, "9": 9})
        >>> [guess.digit for guess in top]
        [5, 3, 9]
    """
    names, digits = list(classes), list(classes.values())
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :_BEST]
    confidences = np.take_along_axis(probabilities, order, axis=1)
    for places, sure in zip(order.tolist(), confidences.tolist(), strict=True):
        yield tuple(
            Guess(digits[i], confidence, names[i])
            for i, confidence in zip(places, sure, strict=True)
        )


@dataclass(frozen=True, eq=False)
class Digit:
    """Something that was found in a picture: a digit, or what was taken for none.

    Attributes:
        digit: What it was read as, of pictures the index of the class; None if it was rejected.
        confidence: Calibrated probability of the best guess, 0 to 1.
        box: Its place.
        top: The three best guesses, the best first.
        outlierness: How strange it looks to the network; None if the network has no such score.
        number: Which number of its line it belongs to, from 0; gaps part numbers.
        image: Shape (height, width) or (height, width, 3), uint8: what the network saw.
    """

    digit: int | None
    confidence: float
    box: Box
    top: tuple[Guess, ...]
    outlierness: float | None
    number: int
    image: UInt8[np.ndarray, "height width *channels"]

    @property
    def name(self) -> str | None:
        """What it was read as, in words; None if it was rejected."""
        return None if self.digit is None else self.top[0].name


def digit_of(
    image: UInt8[np.ndarray, "height width *channels"],
    top: tuple[Guess, ...],
    outlierness: float | None,
    box: Box,
    *,
    kept: bool,
) -> Digit:
    """Make a digit of guesses, or of what was rejected; of the first number of its line.

    Args:
        image: What the network saw.
        top: The best guesses, the best first.
        outlierness: How strange the image looks to the network.
        box: Its place.
        kept: Whether it is a digit.
    """
    digit = top[0].digit if kept else None
    return Digit(digit, top[0].confidence, box, top, outlierness, number=0, image=image)


@dataclass(frozen=True)
class Line:
    """Digits beside one another, from left to right, those rejected among them."""

    digits: tuple[Digit, ...]

    @cached_property
    def text(self) -> str:
        """The digits that were read, without gaps."""
        return "".join(each.top[0].name for each in self.digits if each.digit is not None)

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The digits that were read, parted where the picture has a gap."""
        read = [each for each in self.digits if each.digit is not None]
        return tuple(
            "".join(each.top[0].name for each in group)
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

    @cached_property
    def text(self) -> str:
        r"""The lines in which digits were read, joined by "\n"; empty if there are none."""
        return "\n".join(line.text for line in self.lines if line.text)

    @cached_property
    def digits(self) -> tuple[Digit, ...]:
        """Everything that was found, line by line, those rejected among them."""
        return tuple(digit for line in self.lines for digit in line.digits)


class ReadsPictures(Protocol):
    """Reads pictures with one network."""

    def read(self, picture: Picture, expect: Expect | None = None) -> Reading:
        """Read one picture."""

    def read_many(self, pictures: Sequence[Picture], expect: Expect | None = None) -> list[Reading]:
        """Read several pictures; the network is asked for all of them at once."""
