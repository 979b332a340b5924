"""Images that are the same to the pixel: within a part, across parts, under different labels.

Comes in: two parts. Goes out: index pairs. It does not know files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.sources.aside import same_images
from inkdigits.sources.source import Part

Place: TypeAlias = tuple[Part, int]  # an image by its part and its index there


@dataclass(frozen=True)
class Alike:
    """Images that are the same.

    Attributes:
        repeated: For each part, how many images are there once more within it.
        leaks: Images of the test part, each with the training image that it equals.
        conflicts: Images of any part with another label than the first that they equal.
    """

    repeated: dict[Part, int]
    leaks: list[tuple[Place, Place]]
    conflicts: list[tuple[Place, Place]]


def find_alike(train: LabelledImages, test: LabelledImages) -> Alike:
    """Find images that are the same.

    Args:
        train: One part.
        test: The other part, its images of the same size.

    Example:
        >>> images = np.array([[[1]], [[2]], [[1]]], np.uint8)
        >>> train = LabelledImages(images, np.array([0, 0, 0], np.uint8))
        >>> test = LabelledImages(images[:1], np.array([1], np.uint8))
        >>> alike = find_alike(train, test)
        >>> alike.repeated, alike.leaks == alike.conflicts == [(("test", 0), ("train", 0))]
        ({'train': 1, 'test': 0}, True)
    """
    n = len(train)
    first = same_images(np.concatenate([train.images, test.images]))
    labels = np.concatenate([train.labels, test.labels])

    def place(index: int) -> Place:
        return ("train", index) if index < n else ("test", index - n)

    again = np.flatnonzero(first < np.arange(len(first)))
    pairs = [(int(i), int(first[i])) for i in again]
    return Alike(
        {"train": n - len(np.unique(first[:n])), "test": len(test) - len(np.unique(first[n:]))},
        [(place(i), place(j)) for i, j in pairs if j < n <= i],
        [(place(i), place(j)) for i, j in pairs if labels[i] != labels[j]],
    )
