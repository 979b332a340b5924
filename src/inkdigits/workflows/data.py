"""What a recipe means for a data set: which images are for what, and which network reads them.

Comes in: a data set and a recipe. Goes out: the parts, and an architecture. It also loads the data
set of a run anew.
"""

from __future__ import annotations

from dataclasses import dataclass

from inkdigits.arrays import Shape
from inkdigits.datasets.dataset import Dataset, Form, LabelledImages
from inkdigits.datasets.mnist import DIGIT_NAMES, load_mnist
from inkdigits.datasets.split import hold_out
from inkdigits.errors import ModelFileError, RecipeError
from inkdigits.networks.architecture import Architecture, find_architecture
from inkdigits.networks.fitting import fit_architecture
from inkdigits.runs.start import Start
from inkdigits.training.fitting import OF_DIGITS
from inkdigits.training.recipe import Recipe
from inkdigits.workflows.matching import load_matching


@dataclass(frozen=True, eq=False)
class Parts:
    """The images of a run; `validation` is a part of the training images, or the test images."""

    train: LabelledImages
    validation: LabelledImages
    test: LabelledImages


def load_again(begun: Start) -> Dataset:
    """Load the data set that a run was started on.

    Raises:
        ModelFileError: If it was handed over in memory, or is another one now.
        DataError: If it is missing or damaged.
    """
    if begun.source == "mnist" and begun.form == "digits":
        dataset = load_mnist()
    elif begun.source is None:
        raise ModelFileError(
            f"the run was begun on {begun.data}, which was handed over in memory: hand it over "
            "again, from Python"
        )
    else:
        dataset = load_matching(begun.source, begun.class_names, begun.shape, begun.form)
    check_same(dataset, begun)
    return dataset


def check_same(dataset: Dataset, begun: Start) -> None:
    """Refuse a data set other than the one that a run was started on.

    Raises:
        ModelFileError: If its digest is another.
    """
    if dataset.checksum != begun.sha256:
        raise ModelFileError(
            f"the run was begun on other data: the SHA-256 of {begun.data} must be {begun.sha256}; "
            f"received {dataset.checksum}"
        )


def network_for(recipe: Recipe, dataset: Dataset) -> Architecture:
    """Return a recipe's network for the images and classes of a data set.

    No digits are written or left out of pictures, so no output stands for those without one.

    Raises:
        RecipeError: If the recipe wants such images all the same, or digits drawn where the
            classes are others.
        UsageError: If the images are too small or too large for the network, or there are too few
            or too many classes.

    Example:
        >>> from inkdigits.datasets.mnist import DIGIT_NAMES, load_mnist
        >>> from inkdigits.training.recipes import TUTORIAL
        >>> network_for(TUTORIAL, load_mnist()) == find_architecture("tutorial")
        True
    """
    for field in OF_DIGITS if dataset.form == "pictures" else ():
        if images := getattr(recipe, field):
            raise RecipeError(
                f"`{field}` must be 0, as {dataset.name} has pictures rather than digits; "
                f"received {images}"
            )
    if recipe.drawn_digits and dataset.class_names != DIGIT_NAMES:
        raise RecipeError(
            f"`drawn_digits` must be 0, as the classes of {dataset.name} are not the ten "
            f"digits; received {recipe.drawn_digits}"
        )
    return architecture_for(recipe, dataset.shape, len(dataset.class_names), dataset.form)


def architecture_for(recipe: Recipe, shape: Shape, classes: int, form: Form) -> Architecture:
    """Return a recipe's network for images of a shape and so many classes.

    Raises:
        UsageError: If the images are too small or too large for the network, or there are too few
            or too many classes.
    """
    none_class = False if form == "pictures" else None
    network = find_architecture(recipe.network)
    return fit_architecture(network, shape, classes, none_class=none_class, margin=recipe.margin)


def split_for(dataset: Dataset, recipe: Recipe) -> Parts:
    """Split a data set as the recipe says.

    Raises:
        RecipeError: If the recipe holds out more images than there are.
    """
    if recipe.validation == "augmented-test":
        return Parts(dataset.train, dataset.test, dataset.test)
    n = len(dataset.train)
    if recipe.validation_images >= n:
        raise RecipeError(
            f"`validation_images` must be below the {n:,} training images of {dataset.name}; "
            f"received {recipe.validation_images}"
        )
    train, validation = hold_out(dataset.train, recipe.validation_images)
    return Parts(train, validation, dataset.test)
