"""Data of one's own -> a data set that can be trained and measured on.

Comes in: a name or a path. Goes out: a `Dataset`, with what was found on the way. It does not know
any file format or what becomes of the data set.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from inkdigits.datasets.dataset import Dataset, Form, LabelledImages
from inkdigits.datasets.mnist import DIGIT_NAMES, load_mnist
from inkdigits.errors import DataError, PictureError
from inkdigits.imaging.scaling import without_tinge
from inkdigits.sources.aside import set_aside
from inkdigits.sources.decoding import Gathered, Unreadable, gather, pixels_of
from inkdigits.sources.find import NAMES, find_source
from inkdigits.sources.forming import are_mostly_mnist, former
from inkdigits.sources.names import shown
from inkdigits.sources.source import Source

_SAMPLE = 1000  # images that are looked at to tell whether they are digits


@dataclass(frozen=True, eq=False)
class Loaded:
    """A data set with what was found while it was read.

    Attributes:
        dataset: The data set.
        unreadable: The pictures that were left out.
        sizes: How many pictures there were of each height and width, before they were scaled.
        where: What messages call each picture, by part.
        was_split: Whether the test part was set aside from the source's only part.
    """

    dataset: Dataset
    unreadable: tuple[Unreadable, ...]
    sizes: Counter[tuple[int, int]]
    where: dict[str, list[str]]
    was_split: bool


def load_dataset(
    source: str | Path, *, form: Form | None = None, side: int | None = None
) -> Dataset:
    """Load a data set to train or measure on.

    Args:
        source: "mnist", "fashion-mnist" (Debian's package dataset-fashion-mnist), or a path: a
            folder with one subfolder of pictures per class, perhaps below `train` and `test`; a
            folder with IDX files, or one of them; an .npz file in Keras's layout; a Parquet file,
            or a folder with train*.parquet and test*.parquet.
        form: "digits": each picture is one digit, brought into the form of MNIST; "pictures":
            whole pictures, scaled. None: "digits" if every class name is one of 0 to 9, and, where
            the source has numbers instead of names, its images have the form of MNIST.
        side: Height and width of pictures in pixels, 8 to 256. None: the pictures' own if all are
            squares of the same 8 to 64 pixels, otherwise 28.

    Returns:
        The data set. Pictures that cannot be read are left out; `load_source` tells them. A source
        without a test part has a fifth of its images set aside, the same at every load.

    Raises:
        DataError: If the source is missing, damaged, too large or of no known kind, or a class has
            no image to learn from.
        UsageError: If `form` or `side` is out of range.
        MissingExtraError: If it is a Parquet file, and pyarrow is not installed.

    Example:
        >>> load_dataset("mnist").shape
        (28, 28, 1)
    """
    if source == "mnist" and form in (None, "digits") and side is None:
        return load_mnist()
    dataset = load_source(source, form=form, side=side).dataset
    counts = dataset.train.class_counts(len(dataset.class_names))
    if 0 in counts:
        name = dataset.class_names[counts.index(0)]
        raise DataError(f'{shown(source)}: the class "{name}" has no picture to learn from')
    return dataset


def load_source(source: str | Path, *, form: Form | None = None, side: int | None = None) -> Loaded:
    """Load a data set like `load_dataset`, with what was found while it was read.

    Here classes may be empty.

    Raises:
        DataError: If the source is missing, damaged, too large or of no known kind, or no picture
            in it can be read.
        UsageError: If `form` or `side` is out of range.
        MissingExtraError: If it is a Parquet file, and pyarrow is not installed.
    """
    opened = find_source(source)
    chosen = form or _form_of(opened)
    brings = former(chosen, side)
    parts = {part: gather(opened.items(part), brings) for part in opened.parts}
    _refuse_nothing(parts["train"], shown(source))
    images = brings.finish([kept for part in parts.values() for kept in part.kept])
    labels = np.array([label for part in parts.values() for label in part.labels], np.uint8)
    everything = LabelledImages(images, labels)
    n = len(parts["train"].kept)
    was_split = "test" not in parts
    in_test = set_aside(everything, shown(source)) if was_split else np.arange(len(labels)) >= n
    where = np.array([name for part in parts.values() for name in part.where], object)
    dataset = Dataset(
        opened.name,
        everything.take(np.flatnonzero(~in_test)),
        everything.take(np.flatnonzero(in_test)),
        opened.class_names,
        opened.checksum(),
        chosen,
        mirrored_alike=source == "fashion-mnist",
        source=str(source) if source in NAMES else str(Path(source).resolve()),
    )
    return Loaded(
        dataset,
        tuple(each for part in parts.values() for each in part.unreadable),
        Counter(kept.size for part in parts.values() for kept in part.kept),
        {"train": list(where[~in_test]), "test": list(where[in_test])},
        was_split,
    )


def _form_of(source: Source) -> Form:
    """Return the form that a source's pictures should have if the user does not say."""
    if not set(source.class_names) <= set(DIGIT_NAMES):
        return "pictures"
    if source.named:
        return "digits"
    sample = []
    for item in islice(source.items("train"), _SAMPLE):
        try:
            sample.append(pixels_of(item.picture))
        except PictureError:
            continue
    return "digits" if are_mostly_mnist([without_tinge(each) for each in sample]) else "pictures"


def _refuse_nothing(train: Gathered, where: str) -> None:
    if not train.kept:
        first = f"; {train.unreadable[0]}" if train.unreadable else ""
        raise DataError(f"{where} has no picture that can be read{first}")
