"""One picture on its way from marks to a reading.

Comes in: the marks that were found, and later what the networks said of them. Goes out: lines of
digits in the picture's own pixels. It asks no network itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

import numpy as np

from inkdigits.imaging.finding import Found
from inkdigits.imaging.picture import Picture
from inkdigits.recognition.hypotheses import SURE, Hypothesis, sure_height
from inkdigits.recognition.judgement import judge
from inkdigits.recognition.line_of_marks import LineOfMarks
from inkdigits.recognition.numbers import number_of_each
from inkdigits.recognition.reading import Box, Expect, Line, Reading, best_guesses, digit_of

_MOST_DOUBTS = 1500  # hypotheses of a page; one of 100 digits has some 100
_MOST_COUNTS = 500  # marks of a page that are counted; one of 100 digits has some 20


class Page:
    """One picture on its way from marks to a reading."""

    def __init__(
        self,
        picture: Picture,
        found: Found,
        expect: Expect | None,
        digits: Mapping[str, int],
    ) -> None:
        """Make the first hypotheses.

        Args:
            picture: What is read.
            found: The marks in it.
            expect: What is known of it, as for `Reader.read`.
            digits: The digit of each class by its name, in the order of the probabilities.
        """
        self._picture, self._expect, self._digits = picture, expect, digits
        self._factor = found.factor * picture.scale
        lines = found.lines
        if expect == "single" and lines:
            lines = (tuple(mark for line in lines for mark in line),)
        self.together = found.together
        together = expect == "single" or self.together
        self.lines = [LineOfMarks(line, together=together) for line in lines]

    def settle_height(self) -> None:
        """Measure the digits' height, once the network has answered the first hypotheses."""
        height = sure_height([one for line in self.lines for one in line.hypotheses])
        for line in self.lines:
            line.settle_height(height)

    def to_count(self) -> list[LineOfMarks]:
        """Return lines whose doubtful marks are counted, until there are too many of these."""
        sums = accumulate(len(line.uncounted) for line in self.lines)
        return [line for line, marks in zip(self.lines, sums, strict=True) if marks <= _MOST_COUNTS]

    def doubt(self) -> list[Hypothesis]:
        """Return second thoughts on its lines, until there are too many: no page of digits is."""
        new: list[Hypothesis] = []
        for line in self.lines:
            if len(new) > _MOST_DOUBTS:
                break
            new += line.doubt()
        return new

    def reading(self) -> Reading:
        """Return what explains the page best, once everything is answered and weighed."""
        chosen = [[(one, line.is_digit(one)) for one in line.best()] for line in self.lines]
        kept = judge(chosen)
        lines = [
            self._line([one for one, _ in line], flags)
            for line, flags in zip(chosen, kept, strict=True)
        ]
        if self._expect == "number":
            lines = [_one_number(max(lines, key=_certainty))] if lines else []
        return Reading(tuple(lines), self._picture.width, self._picture.height)

    def _line(self, hypotheses: Sequence[Hypothesis], flags: Sequence[bool]) -> Line:
        tops = best_guesses(np.stack([one.probabilities for one in hypotheses]), self._digits)
        digits = [
            digit_of(one.image, top, one.outlierness, self._box(one), kept=flag)
            for one, top, flag in zip(hypotheses, tops, flags, strict=True)
        ]
        read = [digit.box for digit in digits if digit.digit is not None]
        numbers = iter(number_of_each(read))
        latest = 0
        numbered = []
        for digit in digits:
            latest = next(numbers) if digit.digit is not None else latest
            numbered.append(replace(digit, number=latest))
        return Line(tuple(numbered))

    def _box(self, one: Hypothesis) -> Box:
        """Return its place in the picture's own pixels."""
        x, y, width, height = one.box
        left, top = round(x * self._factor), round(y * self._factor)
        right, bottom = round((x + width) * self._factor), round((y + height) * self._factor)
        right, bottom = min(right, self._picture.width), min(bottom, self._picture.height)
        return Box(left, top, right - left, bottom - top)


def _one_number(line: Line) -> Line:
    return Line(tuple(replace(digit, number=0) for digit in line.digits))


def best_reading(ways: Sequence[Page]) -> Reading:
    """Choose among the ways that a picture may be meant.

    Args:
        ways: The same picture, at least once.

    Returns:
        All ink as one digit, where that was supposed and is sure; otherwise what reads most: that
        with the highest sum of confidences.
    """
    readings = [page.reading() for page in ways]
    for page, reading in zip(ways, readings, strict=True):
        if page.together and _read(reading) > SURE:
            return reading
    plain = [read for page, read in zip(ways, readings, strict=True) if not page.together]
    return max(plain, key=_read)


def _read(reading: Reading) -> float:
    return sum(map(_certainty, reading.lines))


def _certainty(line: Line) -> float:
    return sum(digit.confidence for digit in line.digits if digit.digit is not None)
