"""A picture -> the class that it shows.

Comes in: upright pictures. Goes out: readings with one line, which is the whole picture. Nothing
is searched: each picture is brought to the network's size as the training pictures were.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inkdigits.arrays import COLOURS, AnyImages
from inkdigits.errors import ModelFileError, UsageError
from inkdigits.formats import image_size
from inkdigits.imaging.picture import Picture
from inkdigits.imaging.scaling import scale_to, to_grey
from inkdigits.recognition.answers import Answers, Classifier
from inkdigits.recognition.reading import (
    Box,
    Expect,
    Guess,
    Line,
    Reading,
    best_guesses,
    digit_of,
)


class PictureReader:
    """Tells what pictures show, with a network that learnt from whole pictures."""

    def __init__(self, classifier: Classifier) -> None:
        """Take the network.

        Args:
            classifier: Reads squares.

        Raises:
            ModelFileError: If it reads something else.
        """
        height, width, _ = classifier.input_shape
        if height != width:
            size = image_size(classifier.input_shape)
            raise ModelFileError(f"the network must read square pictures; it reads {size}")
        self.classifier = classifier
        self._classes = {name: index for index, name in enumerate(classifier.class_names)}

    def read(self, picture: Picture, expect: Expect | None = None) -> Reading:
        """Read one picture; arguments and errors are those of `read_many`."""
        return self.read_many([picture], expect)[0]

    def read_many(self, pictures: Sequence[Picture], expect: Expect | None = None) -> list[Reading]:
        """Tell what pictures show; the network is asked for all of them at once.

        Args:
            pictures: What to read.
            expect: None; there is nothing to be known of pictures.

        Returns:
            One reading for each picture, its one digit None where the picture was rejected.

        Raises:
            UsageError: If something is expected.
        """
        if expect is not None:
            raise UsageError(
                f"`expect` is for networks that read digits; received {expect!r} for one that "
                "tells whole pictures apart"
            )
        if not pictures:
            return []
        images = self._images(pictures)
        return self._readings(pictures, images, self.classifier.answers(images))

    def _readings(
        self, pictures: Sequence[Picture], images: AnyImages, answers: Answers
    ) -> list[Reading]:
        tops = best_guesses(answers.probabilities, self._classes)
        strange = [None] * len(images) if answers.outlierness is None else answers.outlierness
        return [
            _reading(picture, image, top, None if far is None else float(far), bool(rejected))
            for picture, image, top, far, rejected in zip(
                pictures, images, tops, strange, answers.rejected, strict=True
            )
        ]

    def _images(self, pictures: Sequence[Picture]) -> AnyImages:
        side, _, channels = self.classifier.input_shape
        scaled = [scale_to(picture.pixels, side) for picture in pictures]
        images: AnyImages = np.stack(scaled)
        return images if channels == COLOURS else to_grey(images)


def _reading(
    picture: Picture,
    image: np.ndarray,
    top: tuple[Guess, ...],
    outlierness: float | None,
    rejected: bool,
) -> Reading:
    box = Box(0, 0, picture.width, picture.height)
    shown = digit_of(image, top, outlierness, box, kept=not rejected)
    return Reading((Line((shown,)),), picture.width, picture.height)
