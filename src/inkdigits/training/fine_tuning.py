"""Fine-tuning: how a finished network goes on learning from other images without forgetting.

Comes in: the recipe that the network was trained with, and images. Goes out: the recipe to go on
with, and the images to learn from: one's own many times over and, among them, as many that the
network knows (rehearsal; Robins, "Catastrophic Forgetting, Rehearsal and Pseudorehearsal", 1995).
It does not know Keras.
"""

from __future__ import annotations

from math import ceil

import numpy as np

from inkdigits.datasets.dataset import LabelledImages, joined
from inkdigits.training.recipe import Frozen, Recipe

REHEARSED = 3_000  # images that the network knows, at least; with one's own, 70 batches
EPOCHS = 5
BATCH = 64
RATE = 0.0002  # a twentieth of what Adam trains these networks with from the beginning
RATE_OF_LAST_LAYER = 0.003  # which learns alone, and can do so faster
HELD_OUT = 1 / 6  # of one's own training images
HELD_OUT_KNOWN = 1_000  # images that the network knows, among those to validate on
_SEED = 20_201_124


def tuning_recipe(recipe: Recipe, frozen: Frozen, epochs: int | None = None) -> Recipe:
    """Return the recipe to go on with.

    Args:
        recipe: What the network was trained with; how images are changed at random stays.
        frozen: Which layers keep their weights.
        epochs: Passes over the images; None for `EPOCHS`.

    Raises:
        RecipeError: If `epochs` is out of range.

    Example:
        >>> from inkdigits.training.recipes import ROBUST
        >>> tuned = tuning_recipe(ROBUST, "features")
        >>> tuned.name, tuned.frozen, tuned.epochs, tuned.no_digits
        ('robust-tuned', 'features', 5, 1000)
    """
    suffix = "" if recipe.name.endswith("-tuned") else "-tuned"
    return recipe.replace(
        name=f"{recipe.name[: 64 - len(suffix)]}{suffix}",
        epochs=EPOCHS if epochs is None else epochs,
        batch_size=BATCH,
        micro_batches=1,
        optimizer="adam",
        learning_rate=RATE if frozen == "nothing" else RATE_OF_LAST_LAYER,
        schedule="one-cycle",
        warmup=0.2,
        final_rate=0.0,
        averaging=0.98,
        momentum=0.9,
        adam_beta_2=0.999,
        norm_momentum=0.99,
        validation="held-out",
        no_digits=min(recipe.no_digits, 1_000),
        coarse_digits=0,
        drawn_digits=0,
        frozen=frozen,
    )


def rehearse(own: LabelledImages, known: LabelledImages | None) -> LabelledImages:
    """Mix one's own images with images that the network knows.

    Args:
        own: At least one image.
        known: What the network learnt from; None if that cannot be had.

    Returns:
        One's own, so often that they are as many as the known ones, or `REHEARSED` where there are
        none of these; then the known ones: `REHEARSED` or as many as one's own, whichever is more.
        The same at every call.

    Example:
        >>> mine = LabelledImages(np.ones((2, 1, 1), np.uint8), np.zeros(2, np.uint8))
        >>> len(rehearse(mine, None))
        3000
    """
    wanted = max(REHEARSED, len(own))
    repeated = np.tile(np.arange(len(own)), ceil(wanted / len(own)))
    if known is None:
        return own.take(repeated[:wanted])
    return joined(own.take(repeated[:wanted]), some(known, wanted))


def some(images: LabelledImages, count: int) -> LabelledImages:
    """Return so many images, chosen at random, the same at every call; all if there are fewer."""
    order = np.random.default_rng(_SEED).permutation(len(images))
    return images.take(np.sort(order[:count]))
