"""A picture -> the numbers in it.

Comes in: upright pictures. Goes out: readings. Marks are found and hypotheses made of them, the
network says how likely each is a digit, and the best sequence of them is taken line by line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from threading import Thread

import numpy as np

from inkdigits.errors import ModelFileError
from inkdigits.imaging.finding import find_ways
from inkdigits.imaging.glyph import draw_together
from inkdigits.imaging.marks import Mark
from inkdigits.imaging.picture import Picture
from inkdigits.imaging.strip import to_strip
from inkdigits.imaging.whole import whole_digits
from inkdigits.recognition.answers import Classifier
from inkdigits.recognition.counts import Count, Counter
from inkdigits.recognition.hypotheses import Hypothesis
from inkdigits.recognition.line_of_marks import LineOfMarks
from inkdigits.recognition.page import Page, best_reading
from inkdigits.recognition.reading import Expect, Reading
from inkdigits.recognition.split import SplitPicture
from inkdigits.recognition.whole_pictures import WholePictures

_LARGE = 1_000_000  # pixels: to search so many takes longer than to load a network


class Reader:
    """Reads the digits in pictures with one network, and perhaps one that counts them."""

    def __init__(
        self,
        classifier: Classifier,
        counter: Callable[[], Counter] | None = None,
        *,
        whole: Classifier | None = None,
    ) -> None:
        """Take the networks.

        Args:
            classifier: Reads images of 28x28 pixels; its classes are named 0 to 9, perhaps not all.
            counter: Returns what tells one digit from two that touch, and is called only where
                that is in doubt or a picture is large; several threads may call it. None to let
                the classifier decide by what it makes of the parts.
            whole: Reads small pictures that are one digit as they are, of the same classes; the
                classifier if not given.
        """
        self.classifier = classifier
        self._whole = whole or classifier
        self._counter = counter
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
        split = [SplitPicture(picture, expect) for picture in pictures]
        readings = iter(self._read_parts([part for each in split for part in each.parts], expect))
        return [each.join(list(islice(readings, len(each.parts)))) for each in split]

    def _read_parts(self, pictures: Sequence[Picture], expect: Expect | None) -> list[Reading]:
        whole = self._ask_whole(pictures)
        sure = whole.sure
        if any(_is_large(picture) for i, picture in enumerate(pictures) if i not in sure):
            with suppress(RuntimeError):  # where no more threads may be, it is loaded in its turn
                Thread(target=self._load_ahead).start()
        pages = {
            i: [
                Page(picture, found, expect, self._digits)
                for found in find_ways(picture.pixels)
                if expect != "single" or not found.together  # all are, then
            ]
            for i, picture in enumerate(pictures)
            if i not in sure
        }
        self._answer([page for ways in pages.values() for page in ways])
        readings = whole.readings(pictures, self._digits)
        for i, ways in pages.items():
            read = best_reading(ways)
            readings[i] = read if i not in readings or read.text else readings[i]
        return [readings[i] for i in range(len(pictures))]

    def _load_ahead(self) -> None:
        """Load, while a page is searched, the networks that most pages need."""
        with suppress(ModelFileError):  # who needs them will be told
            self.classifier.load()
            if self._counter is not None:
                self._counter()

    def _ask_whole(self, pictures: Sequence[Picture]) -> WholePictures:
        """Ask about those pictures that are one digit as they are."""
        images = whole_digits([picture.pixels for picture in pictures])
        places = [i for i, image in enumerate(images) if image is not None]
        taken = [image for image in images if image is not None]
        answers = self._whole.answers(np.stack(taken)).joint() if taken else None
        return WholePictures(places, taken, answers)

    def _answer(self, pages: Sequence[Page]) -> None:
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


def _is_large(picture: Picture) -> bool:
    return picture.width * picture.height >= _LARGE


def _counts(counter: Counter, inks: Sequence[tuple[Mark, ...]]) -> Iterator[Count]:
    strips = [to_strip(draw_together(ink)) for ink in inks]
    return iter(counter.counts(np.stack(strips)) if strips else ())
