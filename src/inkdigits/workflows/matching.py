"""Data of one's own, brought to what a finished network reads and tells apart.

Comes in: the name or path of a data set, and a network's classes and images. Goes out: the data
set with the network's labels and colours. It does not know how files are read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from inkdigits.arrays import COLOURS, AnyImages, Shape, image_shape, in_colour
from inkdigits.datasets.dataset import Dataset, Form, LabelledImages
from inkdigits.errors import UsageError
from inkdigits.formats import image_size
from inkdigits.imaging.scaling import to_grey
from inkdigits.sources.load import load_dataset


def load_matching(
    source: str | Path, class_names: Sequence[str], shape: Shape, form: Form
) -> Dataset:
    """Load a data set for a network.

    Args:
        source: A name that `load_dataset` knows, or a path.
        class_names: The classes that the network tells apart, in its order.
        shape: Height, width and channels of its images.
        form: What its images are.

    Returns:
        The data set in the network's size and colours, its labels the network's. Classes that it
        has no pictures of are among its class names all the same.

    Raises:
        DataError: If the source is missing or damaged.
        UsageError: If a class of it is none of the network's, or its images cannot be brought to
            the network's size.
    """
    dataset = load_dataset(source, form=form, side=_side(shape, form))
    return match(dataset, class_names, shape)


def _side(shape: Shape, form: Form) -> int | None:
    return shape[0] if form == "pictures" and shape[0] == shape[1] else None


def load_for_tuning(
    source: str | Path,
    class_names: Sequence[str],
    shape: Shape,
    form: Form,
    tell: Callable[[str], None] | None = None,
) -> Dataset:
    """Load a data set that a network is to go on learning from.

    Args:
        source: A name that `load_dataset` knows, or a path.
        class_names: The classes that the network tells apart, in its order.
        shape: Height, width and channels of its images.
        form: What its images are.
        tell: Is told each picture that cannot be read.

    Returns:
        The data set in the network's size and colours; with the network's classes if it knows all
        of the data set's, otherwise with its own.

    Raises:
        DataError: If the source is missing or damaged.
        UsageError: If its images cannot be brought to the network's size.
    """
    dataset = load_dataset(source, form=form, side=_side(shape, form), tell=tell)
    known = set(dataset.class_names) <= set(class_names)
    return match(dataset, class_names if known else dataset.class_names, shape)


def match(dataset: Dataset, class_names: Sequence[str], shape: Shape) -> Dataset:
    """Give a data set the labels and colours of a network.

    Classes without names, numbered from 0 and as many as the network's, are taken for these in
    their order.

    Raises:
        UsageError: If a class is none of the network's, or the images are of another size.

    Example:
        >>> images = LabelledImages(np.zeros((1, 8, 8), np.uint8), np.array([1], np.uint8))
        >>> mine = Dataset("mine", images, images, ("cat", "dog"), "0" * 64)
        >>> match(mine, ("bird", "dog", "cat"), (8, 8, 3)).test.labels.tolist()
        [1]
    """
    places = np.array(_places(dataset, class_names), np.uint8)
    return replace(
        dataset,
        train=_with(dataset.train, places, shape, dataset.name),
        test=_with(dataset.test, places, shape, dataset.name),
        class_names=tuple(class_names),
    )


def _places(dataset: Dataset, class_names: Sequence[str]) -> list[int]:
    """Return for each class of the data set its place among the network's."""
    numbers = [str(i) for i in range(len(class_names))]
    if list(dataset.class_names) == numbers:
        return list(range(len(numbers)))
    known = {name: place for place, name in enumerate(class_names)}
    for name in dataset.class_names:
        if name not in known:
            raise UsageError(
                f'{dataset.name} has a class "{name}"; the network tells apart '
                f"{', '.join(class_names)}"
            )
    return [known[name] for name in dataset.class_names]


def _with(part: LabelledImages, places: np.ndarray, shape: Shape, name: str) -> LabelledImages:
    return LabelledImages(_in_shape(part.images, shape, name), places[part.labels])


def _in_shape(images: AnyImages, shape: Shape, name: str) -> AnyImages:
    received = image_shape(images)
    if received[:2] != shape[:2]:
        raise UsageError(
            f"the network reads images of {image_size(shape)}; those of {name} have "
            f"{image_size(received)}"
        )
    if shape[2] == COLOURS:
        return in_colour(images)
    return to_grey(images) if images.ndim == 4 else images
