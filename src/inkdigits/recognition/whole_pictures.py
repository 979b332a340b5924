"""Pictures that are one digit as they are, and what the network says to them.

Comes in: pictures and answers. Goes out: readings of one digit or none. Nothing is searched here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inkdigits.arrays import Image
from inkdigits.imaging.picture import Picture
from inkdigits.recognition.answers import Answers
from inkdigits.recognition.hypotheses import LEAST_CONFIDENCE
from inkdigits.recognition.reading import Box, Guess, Line, Reading, best_guesses, digit_of


@dataclass(frozen=True, eq=False)
class WholePictures:
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
        """Return a reading of each, with one digit or none.

        Args:
            pictures: All pictures, of which these are some.
            digits: The digit of each class by its name, in the order of the probabilities.

        Returns:
            The reading of each by its place.
        """
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
    line = Line((digit_of(image, top, outlierness, box, kept=kept),))
    return Reading((line,), picture.width, picture.height)
