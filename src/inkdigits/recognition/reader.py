"""A picture -> the numbers in it.

Comes in: upright pictures. Goes out: readings. Marks are found and hypotheses made of them, the
network says how likely each is a digit, and the best sequence of them is taken line by line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice

import numpy as np

from inkdigits.arrays import Image, Images
from inkdigits.imaging.finding import Found, find_ways
from inkdigits.imaging.glyph import draw_together
from inkdigits.imaging.marks import Mark
from inkdigits.imaging.picture import Picture
from inkdigits.imaging.strip import to_strip
from inkdigits.imaging.whole import whole_digits
from inkdigits.recognition.answers import Answers, Classifier
from inkdigits.recognition.cascade import Cascade
from inkdigits.recognition.counts import Count, Counter
from inkdigits.recognition.hypotheses import LEAST_CONFIDENCE, Hypothesis, sure_height
from inkdigits.recognition.judgement import judge
from inkdigits.recognition.line_of_marks import LineOfMarks
from inkdigits.recognition.numbers import number_of_each
from inkdigits.recognition.reading import Box, Digit, Expect, Guess, Line, Reading, best_guesses

_MOST_DOUBTS = 1500  # hypotheses of a page; one of 100 digits has some 100
_MOST_COUNTS = 500  # marks of a page that are counted; one of 100 digits has some 20


class Reader:
    """Reads the digits in pictures with one network, and perhaps two that help it."""

    def __init__(
        self,
        classifier: Classifier,
        counter: Callable[[], Counter] | None = None,
        quick: Callable[[], Classifier] | None = None,
    ) -> None:
        """Take the networks.

        Args:
            classifier: Reads images of 28x28 pixels; its classes are named 0 to 9, perhaps not all.
            counter: Returns what tells one digit from two that touch, and is called only where
                that is in doubt; None to let the classifier decide by what it makes of the parts.
            quick: Returns a small network that answers what is clear among pictures that are one
                digit as they are, and is called only where there are some; None to ask the
                classifier alone.
        """
        self.classifier = classifier
        self._counter, self._quick = counter, quick
        self._digits = {name: int(name) for name in classifier.class_names}

    def read(self, picture: Picture, expect: Expect | None = None) -> Reading:
        """Read one picture.

        Args:
            picture: What to read.
            expect: What is known of it: "single" takes all ink together for one digit, "number"
                takes the one line that reads best for one number, "page" and None nothing.

        Returns:
            Lines of digits, with those marks that were taken for none.

        Example:
            >>> from inkdigits.imaging.picture import picture_of
            >>> from inkdigits.recognition.onnx_runtime import OnnxClassifier
            >>> from inkdigits.recognition.shipped import shipped_network
            >>> page = np.full((200, 300), 255, np.uint8)
            >>> page[50:150, 100:108] = page[50:150, 180:188] = 0  # two strokes
            >>> Reader(OnnxClassifier(shipped_network())).read(picture_of(page)).text
            '11'
        """
        return self.read_many([picture], expect)[0]

    def read_many(self, pictures: Sequence[Picture], expect: Expect | None = None) -> list[Reading]:
        """Read several pictures; the network is asked for all of them at once.

        Args:
            pictures: What to read.
            expect: What is known of each of them, as for `read`.

        Returns:
            One reading for each picture.
        """
        return self.ask(pictures, expect)()

    def ask(
        self, pictures: Sequence[Picture], expect: Expect | None = None
    ) -> Callable[[], list[Reading]]:
        """Ask the network about pictures; arguments are those of `read_many`.

        Returns:
            What makes readings of the answers: `read_many` in two parts, for those who let the
            network answer the next pictures meanwhile.
        """
        whole = self._ask_whole(pictures)
        sure = whole.sure
        pages = {
            i: [_Page(picture, found, expect, self._digits) for found in find_ways(picture.pixels)]
            for i, picture in enumerate(pictures)
            if i not in sure
        }
        self._answer([page for ways in pages.values() for page in ways])

        def readings() -> list[Reading]:
            of = whole.readings(pictures, self._digits)
            for i, ways in pages.items():
                read = max((page.reading() for page in ways), key=_certainty_of_all)
                of[i] = read if i not in of or read.text else of[i]
            return [of[i] for i in range(len(pictures))]

        return readings

    def _ask_whole(self, pictures: Sequence[Picture]) -> _Whole:
        """Ask about those pictures that are one digit as they are."""
        images = whole_digits([picture.pixels for picture in pictures])
        places = [i for i, image in enumerate(images) if image is not None]
        taken = [image for image in images if image is not None]
        return _Whole(places, taken, self._of_whole(np.stack(taken)) if taken else None)

    def _of_whole(self, images: Images) -> Answers:
        if self._quick is None:
            return self.classifier.answers(images).joint()
        return Cascade(self._quick, self.classifier).joint_answers(images)

    def _answer(self, pages: Sequence[_Page]) -> None:
        """Let the network answer all hypotheses of pages, in two rounds."""
        self._ask(one for page in pages for line in page.lines for one in line.hypotheses)
        for page in pages:
            page.settle_height()
        self._count([line for page in pages for line in page.to_count()])
        self._ask(one for page in pages for one in page.doubt())
        self._count_parts([line for page in pages for line in page.lines])

    def _count(self, lines: Sequence[LineOfMarks]) -> None:
        """Let the second network, if there is one, tell how many digits doubtful marks are."""
        marks = [mark for line in lines for mark in line.uncounted]
        if self._counter is None or not marks:
            return
        counts = _counts(self._counter(), [(mark,) for mark in marks])
        for line in lines:
            line.take_counts(list(islice(counts, len(line.uncounted))))

    def _count_parts(self, lines: Sequence[LineOfMarks]) -> None:
        """Weigh what that network told; of three digits and more, let it look at the parts."""
        for line in lines:
            line.weigh_counts()
        parts = [part for line in lines for part in line.uncounted_parts]
        if self._counter is None or not parts:
            return
        counts = _counts(self._counter(), parts)
        for line in lines:
            line.take_counts_of_parts(list(islice(counts, len(line.uncounted_parts))))

    def _ask(self, hypotheses: Iterable[Hypothesis]) -> None:
        asked = list(hypotheses)
        if not asked:
            return
        answers = self.classifier.answers(np.stack([one.image for one in asked])).joint()
        for i, one in enumerate(asked):
            one.probabilities = answers.probabilities[i]
            one.outlierness = None if answers.outlierness is None else float(answers.outlierness[i])


def _counts(counter: Counter, inks: Sequence[tuple[Mark, ...]]) -> Iterator[Count]:
    strips = [to_strip(draw_together(ink)) for ink in inks]
    return iter(counter.counts(np.stack(strips)) if strips else ())


@dataclass(frozen=True, eq=False)
class _Whole:
    """Pictures that are one digit as they are.

    Attributes:
        places: Which pictures.
        images: What the network sees of each.
        answers: What it answered; None if there are no such pictures.
    """

    places: list[int]
    images: list[Image]
    answers: Answers | None

    @property
    def sure(self) -> set[int]:
        """Those of which the network says that they are a digit."""
        if self.answers is None:
            return set()
        kept = self.answers.probabilities.max(axis=1) >= LEAST_CONFIDENCE
        return {i for i, sure in zip(self.places, kept.tolist(), strict=True) if sure}

    def readings(
        self, pictures: Sequence[Picture], digits: Mapping[str, int]
    ) -> dict[int, Reading]:
        """Return a reading of each, with one digit or none."""
        if self.answers is None:
            return {}
        tops = best_guesses(self.answers.probabilities, digits)
        found = self.answers.outlierness
        strange = [None] * len(self.places) if found is None else found.tolist()
        return {
            i: _single(pictures[i], image, top, far)
            for i, image, top, far in zip(self.places, self.images, tops, strange, strict=True)
        }


def _single(
    picture: Picture, image: Image, top: tuple[Guess, ...], outlierness: float | None
) -> Reading:
    box = Box(0, 0, picture.width, picture.height)
    kept = top[0].confidence >= LEAST_CONFIDENCE
    line = Line((_digit(image, top, outlierness, box, kept),))
    return Reading((line,), picture.width, picture.height)


class _Page:
    """One picture on its way from marks to a reading."""

    def __init__(
        self,
        picture: Picture,
        found: Found,
        expect: Expect | None,
        digits: Mapping[str, int],
    ) -> None:
        self._picture, self._expect, self._digits = picture, expect, digits
        self._factor = found.factor * picture.scale
        lines = found.lines
        if expect == "single" and lines:
            lines = (tuple(mark for line in lines for mark in line),)
        self.lines = [LineOfMarks(line, together=expect == "single") for line in lines]

    def settle_height(self) -> None:
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
            _digit(one.image, top, one.outlierness, self._box(one), flag)
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


def _digit(
    image: Image,
    top: tuple[Guess, ...],
    outlierness: float | None,
    box: Box,
    kept: bool,
) -> Digit:
    digit = top[0].digit if kept else None
    return Digit(digit, top[0].confidence, box, top, outlierness, number=0, image=image)


def _one_number(line: Line) -> Line:
    return Line(tuple(replace(digit, number=0) for digit in line.digits))


def _certainty_of_all(reading: Reading) -> float:
    return sum(map(_certainty, reading.lines))


def _certainty(line: Line) -> float:
    return sum(digit.confidence for digit in line.digits if digit.digit is not None)
