"""The recipes that come with the program.

Comes in: a name. Goes out: the recipe.
"""

from __future__ import annotations

from inkdigits.errors import RecipeError
from inkdigits.training.augmentation.ranges import Augmentation
from inkdigits.training.recipe import Recipe

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
    batch_size=256,
    micro_batches=2,
    learning_rate=0.005,
    schedule="one-cycle",
    warmup=0.2,
    norm_momentum=0.95,
    precision="auto",
    validation="held-out",
    validation_images=5000,
    augmentation=_TUTORIAL_AUGMENTATION,
)
"""The tutorial as it was meant: batch normalisation added, validation on held-out images."""

FAST = Recipe(
    name="fast",
    network="fast",
    epochs=1,
    batch_size=512,
    micro_batches=2,
    optimizer="muon",
    learning_rate=0.2,
    adam_share=0.05,
    momentum=0.7,
    adam_beta_2=0.9,
    muon_iterations=3,
    schedule="one-cycle",
    warmup=0.2,
    final_rate=0.2,
    averaging=0.9,
    label_smoothing=0.1,
    norm_momentum=0.9,
    precision="auto",
    validation="held-out",
    validation_images=18_000,
)
"""The shortest way to 99 %: one pass over 42,000 images, no more than it takes."""

BEST = Recipe(
    name="best",
    network="best",
    epochs=24,
    batch_size=256,
    micro_batches=2,
    optimizer="muon",
    learning_rate=0.05,
    adam_share=0.05,
    adam_beta_2=0.99,
    schedule="one-cycle",
    warmup=0.15,
    final_rate=0.01,
    averaging=0.995,
    label_smoothing=0.05,
    norm_momentum=0.97,
    precision="float32",
    validation="held-out",
    validation_images=1000,
    augmentation=Augmentation(
        rotation=15.0,
        width_shift=0.08,
        height_shift=0.08,
        shear=12.0,
        zoom=0.15,
        fill="constant",
        elastic=2.5,
        stroke=0.4,
    ),
)
"""The most accurate single network on clean digits; it learns from nearly all training images.

In float32 on every machine: in bfloat16 it is faster, but misreads more.
"""

ROBUST = BEST.replace(
    name="robust",
    network="robust",
    epochs=32,
    validation_images=5000,
    precision="auto",
    no_digits=12_000,
    coarse_digits=6_000,
    drawn_digits=6_000,
    augmentation=BEST.augmentation.model_copy(
        update={
            "stroke": 0.5,
            "outline_share": 0.1,
            "texture": 0.7,
            "fading": 0.5,
            "plain_share": 0.6,
        }
    ),
)
"""The networks of the package: for digits on real paper, and for what is none."""

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe for recipe in (PUBLISHED, TUTORIAL, FAST, BEST, ROBUST)
}


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
