"""The recipes that come with the program.

Comes in: a name. Goes out: the recipe.
"""

from __future__ import annotations

from inkdigits.errors import RecipeError
from inkdigits.training.recipe import Augmentation, Recipe

_TUTORIAL_AUGMENTATION = Augmentation(
    rotation=8.0, width_shift=0.08, height_shift=0.08, shear=0.3, zoom=0.08, fill="nearest"
)

PUBLISHED = Recipe(
    name="published",
    network="published",
    epochs=5,
    batch_size=64,
    learning_rate=0.001,
    schedule="constant",
    precision="float32",
    fast_layers=False,
    validation="augmented-test",
    augmentation=_TUTORIAL_AUGMENTATION,
)
"""The tutorial literally, its two flaws included."""

TUTORIAL = Recipe(
    name="tutorial",
    network="tutorial",
    epochs=5,
    batch_size=128,
    learning_rate=0.003,
    schedule="one-cycle",
    warmup=0.2,
    norm_momentum=0.95,
    precision="auto",
    validation="held-out",
    validation_images=5000,
    augmentation=_TUTORIAL_AUGMENTATION,
)
"""The tutorial as it was meant: batch normalisation added, validation on held-out images."""

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (PUBLISHED, TUTORIAL)}


def find_recipe(name: str) -> Recipe:
    """Return the built-in recipe of that name.

    Raises:
        RecipeError: If there is none.

    Example:
        >>> find_recipe("tutorial").epochs
        5
    """
    try:
        return RECIPES[name]
    except KeyError:
        raise RecipeError(
            f"there is no recipe {name!r}; the recipes are {', '.join(RECIPES)}, "
            "or give the path of a JSON file"
        ) from None
