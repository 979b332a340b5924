"""What a network says to images, and what every runtime offers to ask it.

Comes in: images. Goes out: probabilities, and how strange each image looks to the network.
It does not know what computes the answers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from inkdigits.array_types import Bool, Float32
from inkdigits.arrays import AnyImages, Inputs, Probabilities, Shape, image_shape, scale
from inkdigits.datasets.dataset import Form
from inkdigits.errors import ModelFileError
from inkdigits.formats import image_size

Outputs: TypeAlias = list[np.ndarray]

# Larger batches are no faster in ONNX Runtime or OpenVINO, and hold more memory.
BATCH = 100
MOST_PIXELS = BATCH * 32 * 32  # of a batch: of large images there are fewer at a time


@dataclass(frozen=True)
class Rejection:
    """How a network's file tells what is no digit.

    Attributes:
        score: Name of the outlier score that the network computes.
        threshold: An image whose score is higher is rejected.
        temperature: What the logits are divided by before the softmax.
    """

    score: str
    threshold: float
    temperature: float


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network says to n images.

    Attributes:
        probabilities: Shape (n, classes), float32, rows summing to 1.
        outlierness: Shape (n,), float32, higher is stranger; None if the network has no score.
        rejected: Shape (n,): whether the image is stranger than the threshold; False throughout
            where there is none.
        none: Shape (n,), float32, 0 to 1: the probability that the image shows none of the
            classes; None if the network has no output for that.
    """

    probabilities: Probabilities
    outlierness: Float32[np.ndarray, " n"] | None
    rejected: Bool[np.ndarray, " n"]
    none: Float32[np.ndarray, " n"] | None = None

    def joint(self) -> Answers:
        """Return answers whose probabilities are those of being any class, and of being that one.

        Example:
            >>> answers = Answers(
            ...     np.array([[0.75, 0.25]], np.float32),
            ...     None,
            ...     np.array([False]),
            ...     np.array([0.5], np.float32),
            ... )
            >>> answers.joint().probabilities.tolist()
            [[0.375, 0.125]]
        """
        if self.none is None:
            return self
        known = 1 - self.none[:, np.newaxis]
        return Answers(self.probabilities * known, self.outlierness, self.rejected)


@dataclass(frozen=True)
class Signature:
    """What a network reads and what it tells apart.

    Attributes:
        input_name: Name of its input.
        input_shape: Height, width and channels of its images.
        class_names: Its classes, in the order of the probabilities.
        rejection: How it rejects; None if it has no outlier score.
        tells_none: Whether it gives a probability that an image shows none of the classes.
        form: What its images are: digits in the form of MNIST, or whole pictures.
    """

    input_name: str
    input_shape: Shape
    class_names: tuple[str, ...]
    rejection: Rejection | None
    tells_none: bool = False
    form: Form = "digits"


class Classifier(ABC):
    """A network that gives each image a probability for each class."""

    def __init__(self, signature: Signature) -> None:
        """Take what the network's file says about it."""
        self.signature = signature
        self.input_shape = signature.input_shape
        self.class_names = signature.class_names
        self.rejection = signature.rejection

    @property
    @abstractmethod
    def runtime(self) -> str:
        """What computes, for people: name, version and number format."""

    @abstractmethod
    def _run(self, images: AnyImages, outputs: Sequence[str]) -> Outputs:
        """Compute the named outputs for images that have the right size."""

    def load(self) -> None:  # noqa: B027 - most have nothing to do here
        """Load now what is else loaded when it is needed.

        Raises:
            ModelFileError: If that is damaged.
        """

    def probabilities(self, images: AnyImages) -> Probabilities:
        """Return each image's probability for each class.

        Args:
            images: Shape (n, height, width) or, in colour, (n, height, width, 3), uint8.

        Returns:
            Shape (n, classes), float32, rows summing to 1.

        Raises:
            ModelFileError: If the images are not of the network's shape.
        """
        (probabilities,) = self.run(images, ["probabilities"])
        return probabilities

    def answers(self, images: AnyImages) -> Answers:
        """Return each image's probabilities, and whether it looks like none of the classes.

        Args:
            images: Shape (n, height, width) or, in colour, (n, height, width, 3), uint8.

        Raises:
            ModelFileError: If the images are not of the network's shape.
        """
        names = ["probabilities"]
        names += ["outlierness"] if self.rejection else []
        names += ["none"] if self.signature.tells_none else []
        outputs = dict(zip(names, self.run(images, names), strict=True))
        outlierness = outputs.get("outlierness")
        if self.rejection is None or outlierness is None:
            rejected = np.zeros(len(images), bool)
        else:
            rejected = outlierness > self.rejection.threshold
        return Answers(outputs["probabilities"], outlierness, rejected, outputs.get("none"))

    def run(self, images: AnyImages, outputs: Sequence[str]) -> Outputs:
        """Return the named outputs of the network.

        Args:
            images: Shape (n, height, width) or, in colour, (n, height, width, 3), uint8.
            outputs: Names among those the file has.

        Returns:
            One array of shape (n, ...) for each name.

        Raises:
            ModelFileError: If the images are not of the network's shape.
        """
        received = image_shape(images)
        if received != self.input_shape:
            raise ModelFileError(
                f"the network reads images of {image_size(self.input_shape)}; "
                f"received {image_size(received)}"
            )
        return self._run(images, outputs)


def in_batches(
    images: AnyImages, compute: Callable[[Inputs], Sequence[np.ndarray]], batch_size: int = BATCH
) -> Outputs:
    """Scale images and compute with so many at a time, the last batch taking what is left.

    Of large images there are fewer in a batch: as many as have `MOST_PIXELS` together.

    Args:
        images: Shape (n, height, width) or, in colour, (n, height, width, 3), uint8. Without
            images there is one empty batch.
        compute: Given the inputs of a batch, returns its outputs, each of shape (batch, ...).
        batch_size: At least 1.

    Returns:
        Each output for all images, shape (n, ...).

    Example:
        >>> images = np.zeros((5, 1, 1), np.uint8)
        >>> in_batches(images, lambda inputs: [np.full(len(inputs), len(inputs))], 2)[0].tolist()
        [2, 2, 2, 2, 1]
    """
    height, width, _ = image_shape(images)
    batch_size = max(1, min(batch_size, MOST_PIXELS // max(1, height * width)))
    parts = [
        compute(scale(images[start : start + batch_size]))
        for start in range(0, max(len(images), 1), batch_size)
    ]
    return [np.concatenate(column) for column in zip(*parts, strict=True)]
