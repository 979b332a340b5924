"""Arrays that a file holds -> a source: what IDX and .npz files have in common.

Comes in: arrays of pixels and labels, part by part. Goes out: a source. It does not know the
file's format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from inkdigits.arrays import COLOURS
from inkdigits.errors import DataError
from inkdigits.sources.names import check_class_names
from inkdigits.sources.source import MAX_CLASSES, Item, Part


@dataclass(frozen=True, eq=False)
class ArrayPart:
    """Pixels and labels.

    Attributes:
        images: Shape (n, height, width) or (n, height, width, 3), uint8.
        labels: Shape (n,), int64.
    """

    images: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True, eq=False)
class ArraySource:
    """A source whose pictures are arrays already; see `Source`."""

    name: str
    class_names: tuple[str, ...]
    named: bool
    arrays: Mapping[Part, ArrayPart]
    digest: Callable[[], str]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Both parts, or only "train"."""
        return tuple(self.arrays)

    def items(self, part: Part) -> Iterator[Item]:
        """Yield the pictures of a part in their order."""
        arrays = self.arrays[part]
        for i, (image, label) in enumerate(zip(arrays.images, arrays.labels, strict=True)):
            yield Item(f"{part} image {i}", int(label), image)

    def checksum(self) -> str:
        """Return the SHA-256 over names and contents."""
        return self.digest()


def array_source(
    name: str,
    where: str,
    arrays: Mapping[Part, ArrayPart],
    class_names: Sequence[str] | None,
    digest: Callable[[], str],
) -> ArraySource:
    """Make a source of arrays.

    Args:
        name: What the user calls it.
        where: The file or folder, for messages.
        arrays: The parts.
        class_names: One for each label from 0; None: the labels that occur are the names.
        digest: Returns the checksum.

    Raises:
        DataError: If images and labels do not belong together, or a label has no name.
    """
    for part, each in arrays.items():
        _check(part, each, where)
    if class_names is not None:
        names = check_class_names(class_names, where)
        for part, each in arrays.items():
            _check_labels(each.labels, len(names), f"{where}, {part} part")
        return ArraySource(name, names, True, arrays, digest)
    values = np.unique(np.concatenate([each.labels for each in arrays.values()]))
    _check_values(values, where)
    numbered = {
        part: ArrayPart(each.images, np.searchsorted(values, each.labels))
        for part, each in arrays.items()
    }
    names = check_class_names([str(value) for value in values], where)
    return ArraySource(name, names, False, numbered, digest)


def _check(part: Part, arrays: ArrayPart, where: str) -> None:
    shape = arrays.images.shape
    if not (len(shape) == 3 or (len(shape) == 4 and shape[3] == COLOURS)) or 0 in shape:
        raise DataError(
            f"{where}: images must have the shape (n, height, width) or (n, height, width, 3), "
            f"none of them 0; received {shape} in the {part} part"
        )
    if arrays.labels.shape != (shape[0],):
        raise DataError(
            f"{where}: there must be one label for each image; received {shape[0]:,} images and "
            f"labels of shape {arrays.labels.shape} in the {part} part"
        )


def _check_labels(labels: np.ndarray, classes: int, where: str) -> None:
    wrong = labels[(labels < 0) | (labels >= classes)]
    if len(wrong):
        raise DataError(
            f"{where}: labels must be 0 to {classes - 1}, one for each class name; "
            f"received {int(wrong[0])}"
        )


def _check_values(values: np.ndarray, where: str) -> None:
    if len(values) > MAX_CLASSES:
        raise DataError(
            f"{where} must have 2 to {MAX_CLASSES} classes; received {len(values):,} labels that "
            f"differ, {values[0]} to {values[-1]}"
        )
