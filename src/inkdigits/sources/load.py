"""Data of one's own -> a data set that can be trained and measured on.

Comes in: a name or a path. Goes out: a `Dataset`, with what was found on the way. It does not know
any file format or what becomes of the data set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from inkdigits.arrays import AnyImages, Images, image_shape
from inkdigits.datasets.dataset import Dataset, Form, LabelledImages
from inkdigits.datasets.mnist import DIGIT_NAMES, load_mnist
from inkdigits.errors import DataError
from inkdigits.sources.aside import set_aside
from inkdigits.sources.decoding import Gathered, Unreadable, gather, sum_of
from inkdigits.sources.find import NAMES, find_source
from inkdigits.sources.forming import USUAL_SIDE, Kept, PictureFormer, are_mostly_mnist, former
from inkdigits.sources.names import shown
from inkdigits.sources.source import Part, Source

_SAMPLE = 256  # images that are looked at to tell whether they are digits


@dataclass(frozen=True, eq=False)
class Loaded:
    """A data set with what was found while it was read.

    Attributes:
        dataset: The data set.
        unreadable: The pictures that were left out.
        sizes: How many pictures there were of each height and width, before they were scaled.
        where: What messages call each picture, by part.
        thumbnails: By part, each whole picture in 28x28, uint8, in colour if the data set is;
            empty if they were not asked for.
        was_split: Whether the test part was set aside from the source's only part.
    """

    dataset: Dataset
    unreadable: tuple[Unreadable, ...]
    sizes: Counter[tuple[int, int]]
    where: Mapping[Part, list[str]]
    thumbnails: Mapping[Part, AnyImages]
    was_split: bool


def load_dataset(
    source: str | Path,
    *,
    form: Form | None = None,
    side: int | None = None,
    tell: Callable[[str], None] | None = None,
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
        tell: Is told each picture that cannot be read.

    Returns:
        The data set; pictures that cannot be read are left out. A source without
        a test part has a fifth of its images set aside, the same at every load.

    Raises:
        DataError: If the source is missing, damaged, too large or of no known kind, or a class has
            no image to learn from.
        UsageError: If `form` or `side` is out of range.
        MissingExtraError: If it is a Parquet file, and pyarrow is not installed.

    Example:
        >>> load_dataset("mnist").shape
        (28, 28, 1)
    """
    loaded = load_source(source, form=form, side=side)
    dataset = loaded.dataset
    if tell:
        for each in loaded.unreadable:
            tell(str(each))
    counts = dataset.train.class_counts(len(dataset.class_names))
    if 0 in counts:
        name = dataset.class_names[counts.index(0)]
        raise DataError(f'{shown(source)}: the class "{name}" has no picture to learn from')
    return dataset


def load_source(
    source: str | Path,
    *,
    form: Form | None = None,
    side: int | None = None,
    thumbnails: bool = False,
) -> Loaded:
    """Load a data set like `load_dataset`, with what was found while it was read.

    Here classes may be empty.

    Args:
        source: As `load_dataset` takes it.
        form: As `load_dataset` takes it.
        side: As `load_dataset` takes it.
        thumbnails: Whether to make a thumbnail of each picture.

    Returns:
        The data set, and what was found.

    Raises:
        DataError: If the source is missing, damaged, too large or of no known kind, or no picture
            in it can be read.
        UsageError: If `form` or `side` is out of range.
        MissingExtraError: If it is a Parquet file, and pyarrow is not installed.
    """
    if source == "mnist" and form in (None, "digits") and side is None:
        return _mnist()
    opened = find_source(source)
    chosen = form or _form_of(opened)
    brings = former(chosen, side)
    parts = {part: gather(opened.items(part), brings) for part in opened.parts}
    _refuse_nothing(parts["train"], shown(source))
    gathered = sum_of(parts.values())
    images = brings.finish(gathered.kept)
    labelled = LabelledImages(images, np.array(gathered.labels, np.uint8))
    was_split = "test" not in parts
    if was_split:
        in_test = set_aside(labelled, shown(source))
    else:
        in_test = np.arange(len(labelled)) >= len(parts["train"].kept)
    indices: dict[Part, np.ndarray] = {
        "train": np.flatnonzero(~in_test),
        "test": np.flatnonzero(in_test),
    }
    train, test = (labelled.take(each) for each in indices.values())
    names = opened.class_names
    return Loaded(
        Dataset(
            *(opened.name, train, test, names, opened.checksum(), chosen),
            mirrored_alike=source == "fashion-mnist",
            source=str(source) if source in NAMES else str(Path(source).resolve()),
        ),
        tuple(gathered.unreadable),
        Counter(kept.size for kept in gathered.kept),
        {part: [gathered.where[i] for i in each] for part, each in indices.items()},
        {
            part: _thumbnails([gathered.kept[i] for i in each], image_shape(images)[2])
            for part, each in indices.items()
            if thumbnails
        },
        was_split,
    )


def _mnist() -> Loaded:
    """Return the data set of the package, which is in its form already."""
    mnist = load_mnist()
    images: dict[Part, Images] = {"train": mnist.train.images, "test": mnist.test.images}
    where = {part: [f"{part} image {i}" for i in range(len(each))] for part, each in images.items()}
    sizes = Counter({mnist.shape[:2]: len(mnist.train) + len(mnist.test)})
    return Loaded(mnist, (), sizes, where, images, was_split=False)


def _thumbnails(kept: Sequence[Kept], channels: int) -> AnyImages:
    colours = () if channels == 1 else (channels,)
    images: AnyImages = np.zeros((len(kept), USUAL_SIDE, USUAL_SIDE, *colours), np.uint8)
    for i, each in enumerate(kept):
        images[i] = each.thumbnail(channels)
    return images


def _form_of(source: Source) -> Form:
    """Return the form that a source's pictures should have if the user does not say."""
    if not set(source.class_names) <= set(DIGIT_NAMES):
        return "pictures"
    if source.named:
        return "digits"
    sample = gather(islice(source.items("train"), _SAMPLE), PictureFormer(USUAL_SIDE)).kept
    whole = [each.pixels for each in sample if each.size == (USUAL_SIDE, USUAL_SIDE)]
    mostly = 2 * len(whole) > len(sample) and are_mostly_mnist(whole)
    return "digits" if mostly else "pictures"


def _refuse_nothing(train: Gathered, where: str) -> None:
    if not train.kept:
        first = f"; {train.unreadable[0]}" if train.unreadable else ""
        raise DataError(f"{where} has no picture that can be read{first}")
