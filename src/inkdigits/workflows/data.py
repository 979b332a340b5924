"""Which images a recipe trains, validates and tests on.

Comes in: a data set and a recipe. Goes out: the parts.
"""

from __future__ import annotations

from dataclasses import dataclass

from inkdigits.datasets.dataset import Dataset, LabelledImages
from inkdigits.datasets.split import hold_out
from inkdigits.errors import RecipeError
from inkdigits.training.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Parts:
    """The images of a run; `validation` is a part of the training images, or the test images."""

    train: LabelledImages
    validation: LabelledImages
    test: LabelledImages


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
