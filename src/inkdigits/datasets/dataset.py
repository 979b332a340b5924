"""The shape of a data set: labelled images, a training part and a test part.

Comes in: arrays that a loader has read. Goes out: frozen values that training and evaluation
share. It does not know any file format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from inkdigits.arrays import AnyImages, Labels, Shape, image_shape

Form: TypeAlias = Literal["digits", "pictures"]


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Images with one label each.

    Attributes:
        images: Shape (n, height, width) or, in colour, (n, height, width, 3), uint8; of digits, 0
            is paper and 255 is full ink.
        labels: Shape (n,), uint8; index into the class names.
    """

    images: AnyImages
    labels: Labels

    def __post_init__(self) -> None:
        """Refuse images and labels that do not belong together."""
        if len(self.images) != len(self.labels):
            raise ValueError(
                "there must be one label for each image; "
                f"received {len(self.images)} images and {len(self.labels)} labels"
            )

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.labels)

    def take(self, indices: np.ndarray | slice) -> LabelledImages:
        """Return the images and labels at `indices`, in that order."""
        return LabelledImages(self.images[indices], self.labels[indices])

    def class_counts(self, classes: int) -> list[int]:
        """Return how many images each class has.

        Example:
            >>> two = LabelledImages(np.zeros((2, 28, 28), np.uint8), np.array([1, 1], np.uint8))
            >>> two.class_counts(3)
            [0, 2, 0]
        """
        return [int(count) for count in np.bincount(self.labels, minlength=classes)]


def joined(first: LabelledImages, second: LabelledImages) -> LabelledImages:
    """Return the images of both, the first ones first."""
    return LabelledImages(
        np.concatenate([first.images, second.images]),
        np.concatenate([first.labels, second.labels]),
    )


@dataclass(frozen=True, eq=False)
class Dataset:
    """A named data set with its training and test part.

    Attributes:
        name: What the user calls it, such as "mnist".
        train: The images that may be learnt from.
        test: The images that are only measured on.
        class_names: One name for each label value, in order.
        checksum: SHA-256 of the source, in hexadecimal.
        form: What an image is: "digits" are light ink on dark as in MNIST, brought to size and
            place by their ink; "pictures" are whole pictures brought to one size.
        mirrored_alike: Whether an image mirrored left to right could be one of its class as well.
        source: What loads it again: a name that the program knows, or a path; None if it was made
            in memory.
    """

    name: str
    train: LabelledImages
    test: LabelledImages
    class_names: tuple[str, ...]
    checksum: str
    form: Form = "digits"
    mirrored_alike: bool = False
    source: str | None = None

    @property
    def shape(self) -> Shape:
        """Height, width and channels of each image."""
        return image_shape(self.train.images)
