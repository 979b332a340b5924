"""What a user should know about a data set before training on it.

Comes in: a loaded source. Goes out: what was found: pictures that cannot be read, empty and rare
classes, blank images, the same images twice, in both parts, or under different labels. It does not
know how this is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.sources.alike import Alike, Place, find_alike
from inkdigits.sources.load import Loaded
from inkdigits.sources.near import NearPair, near_pairs
from inkdigits.sources.source import Part

PARTS: tuple[Part, ...] = ("train", "test")
_UNEVEN = 10  # times as many images in the largest class as in the smallest


@dataclass(frozen=True, eq=False)
class Check:
    """What was found.

    Attributes:
        loaded: The data set, with what was found while it was read.
        alike: Images that are the same to the pixel.
        near: Test images that are nearly the same as a training image, but not to the pixel.
        blank: Images that are one shade all over.
    """

    loaded: Loaded
    alike: Alike
    near: list[NearPair]
    blank: list[Place]

    def counts(self, part: Part) -> list[int]:
        """Return how many images each class has in a part."""
        return part_of(self.loaded, part).class_counts(len(self.loaded.dataset.class_names))

    def empty(self, part: Part) -> list[str]:
        """Return the classes without an image in a part."""
        names = self.loaded.dataset.class_names
        return [name for name, n in zip(names, self.counts(part), strict=True) if not n]

    @property
    def imbalance(self) -> float:
        """How many times as many training images the largest class has as the smallest."""
        counts = [count for count in self.counts("train") if count]
        return max(counts) / min(counts)

    @property
    def is_uneven(self) -> bool:
        """Whether classes differ so much in size that accuracy alone says little."""
        return self.imbalance >= _UNEVEN

    @property
    def problems(self) -> list[str]:
        """What a user should look at, and how much of it; empty if all is well."""
        found = {
            "pictures that cannot be read": len(self.loaded.unreadable),
            "classes without a training image": len(self.empty("train")),
            "classes without a test image": len(self.empty("test")),
            "blank images": len(self.blank),
            "images under another label than the same image elsewhere": len(self.alike.conflicts),
            "test images that are training images, too": len(self.alike.leaks),
            "test images nearly the same as a training image": len(self.near),
        }
        return [f"{what}: {n:,}" for what, n in found.items() if n]


def check(loaded: Loaded) -> Check:
    """Look for what a user should know.

    Args:
        loaded: What `load_source` returns.

    Returns:
        What was found. Nearly the same images are looked for across the parts, among at most
        10,000 test images.
    """
    dataset = loaded.dataset
    alike = find_alike(dataset.train, dataset.test)
    leaked = {index for (_, index), _ in alike.leaks}
    near = near_pairs(loaded.thumbnails["train"], loaded.thumbnails["test"])
    blank: list[Place] = []
    for part in PARTS:
        blank += [(part, index) for index in _blank(part_of(loaded, part))]
    return Check(loaded, alike, [pair for pair in near if pair.second not in leaked], blank)


def part_of(loaded: Loaded, part: Part) -> LabelledImages:
    """Return a part of the data set by its name."""
    return loaded.dataset.train if part == "train" else loaded.dataset.test


def _blank(part: LabelledImages) -> list[int]:
    flat = part.images.reshape(len(part), -1)
    return [int(index) for index in np.flatnonzero(flat.max(axis=1) == flat.min(axis=1))]
