"""A recipe fitted to a data set: what must be otherwise for few images, or for other than digits.

Comes in: a recipe that was settled on MNIST, and a data set. Goes out: the recipe to train with
and, in words, what was changed and why. It does not know Keras.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.formats import count
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import RECIPES

LARGEST_HELD_OUT = 1 / 3  # of the training images; more leaves too few to learn from
HELD_OUT = 1 / 6  # of the training images, where the recipe would hold out too many
LEAST_STEPS_AN_EPOCH = 8
LEAST_BATCH = 8  # batch normalisation takes its statistics from so many
LEAST_MICRO_BATCH = 64
OF_PENS = ("shear", "elastic", "stroke", "outline_share")  # changes that only writing goes through
# Pictures fill their frame: what turns or enlarges them takes their borders away, and the network
# must not do so either. What takes a part from them instead was settled on held-out images of
# Fashion-MNIST; see benchmarks/RESULTS.md.
OF_LOOSE_INK = ("rotation", "zoom")
SETTLED_ON_DIGITS = tuple(each.augmentation for each in RECIPES.values())
# Images that only digits can be made into.
OF_DIGITS = ("no_digits", "coarse_digits", "drawn_digits")
MARGIN = 2  # pixels
ERASED = 0.2  # of the pictures
LEAST_STEPS = 400  # in all; fewer teach little, however few the images
MANY_IMAGES = 30_000  # half of MNIST: of so many, a recipe knows best how many steps it needs
AVERAGED_STEPS = 8  # averages reach back this many times less than the steps of the whole run


@dataclass(frozen=True)
class Fitted:
    """A recipe for a data set.

    Attributes:
        recipe: What to train with.
        changes: What is otherwise than in the recipe that came in; empty if nothing is.
    """

    recipe: Recipe
    changes: tuple[str, ...]


def fit_recipe(recipe: Recipe, dataset: Dataset, epochs: int | None = None) -> Fitted:
    """Fit a recipe to a data set.

    - Too many held-out images become a sixth of the training images.
    - Batches too large for `LEAST_STEPS_AN_EPOCH` steps become smaller, by powers of two; the
      learning rate falls with the square root of the batch (Malladi et al., "On the SDEs and
      Scaling Rules for Adaptive Gradient Algorithms", 2022).
    - Fewer than `MANY_IMAGES` images get more epochs where all together have fewer than
      `LEAST_STEPS` steps.
    - Averages of the weights reach back less far where there are few steps.
    - Pictures that are not digits are not changed as pens change digits (slant, bends, strokes,
      outlines), nor turned or zoomed, as they fill their frame, and the network adds a margin to
      them. Instead some lose a rectangle, and they are mirrored if their classes look the same in
      a mirror. There are no images without a digit, nor coarse ones. An
      augmentation of one's own stays as it is.

    Args:
        recipe: What to fit. For MNIST, the recipes that come along stay as they are.
        dataset: What is to be learnt from.
        epochs: Passes over the images, whatever their number; None for as many as are needed.

    Raises:
        RecipeError: If `epochs` is out of range.

    Example:
        >>> from inkdigits.datasets.mnist import load_mnist
        >>> from inkdigits.training.recipes import TUTORIAL
        >>> fit_recipe(TUTORIAL, load_mnist()).changes
        ()
    """
    fitted = recipe if epochs is None else recipe.replace(epochs=epochs)
    asked = fitted
    if dataset.form == "pictures":
        fitted = _for_pictures(fitted, mirrored_alike=dataset.mirrored_alike)
    if dataset.class_names != DIGIT_NAMES:
        fitted = fitted.replace(drawn_digits=0)
    fitted = _hold_out_fewer(fitted, len(dataset.train))
    fitted = _take_more_steps(fitted, len(dataset.train), keep_epochs=epochs is not None)
    return Fitted(fitted, tuple(_changes(asked, fitted)))


def _for_pictures(recipe: Recipe, *, mirrored_alike: bool) -> Recipe:
    augmentation = recipe.augmentation
    if augmentation not in SETTLED_ON_DIGITS:
        return recipe.replace(**dict.fromkeys(OF_DIGITS, 0))
    if augmentation.changes:  # a recipe that changes nothing goes on so
        changes: dict[str, float] = dict.fromkeys((*OF_PENS, *OF_LOOSE_INK), 0.0)
        changes["erase_share"] = ERASED
        if mirrored_alike:
            changes["mirror_share"] = 0.5
        augmentation = augmentation.model_copy(update=changes)
    return recipe.replace(**dict.fromkeys(OF_DIGITS, 0), margin=MARGIN, augmentation=augmentation)


def _hold_out_fewer(recipe: Recipe, n: int) -> Recipe:
    if recipe.validation != "held-out" or recipe.validation_images <= LARGEST_HELD_OUT * n:
        return recipe
    return recipe.replace(validation_images=max(1, round(HELD_OUT * n)))


def _take_more_steps(recipe: Recipe, n: int, *, keep_epochs: bool) -> Recipe:
    learnt = n - (recipe.validation_images if recipe.validation == "held-out" else 0)
    changed: dict[str, Any] = {}
    batch = recipe.batch_size
    while batch > LEAST_BATCH and learnt < LEAST_STEPS_AN_EPOCH * batch:
        batch = max(LEAST_BATCH, batch // 2)
    if batch != recipe.batch_size:
        parts = recipe.micro_batches if batch >= LEAST_MICRO_BATCH * recipe.micro_batches else 1
        rate = recipe.learning_rate * sqrt(batch / recipe.batch_size)
        changed = {
            "batch_size": batch,
            "micro_batches": parts,
            "learning_rate": float(f"{rate:.2g}"),
        }
    steps = max(1, learnt // batch)
    keep_epochs = keep_epochs or n >= MANY_IMAGES
    epochs = recipe.epochs if keep_epochs else max(recipe.epochs, ceil(LEAST_STEPS / steps))
    furthest = max(0.0, 1 - AVERAGED_STEPS / (steps * epochs))
    averaging = min(recipe.averaging, round(furthest, 4))
    return recipe.replace(**changed, epochs=epochs, averaging=averaging)


def _changes(before: Recipe, after: Recipe) -> list[str]:
    """Say which fields differ, those of the augmentation by their own names."""
    told = []
    for old, new in ((before, after), (before.augmentation, after.augmentation)):
        for field in type(old).model_fields:
            was, is_now = getattr(old, field), getattr(new, field)
            if field != "augmentation" and was != is_now:
                told.append(f"{field.replace('_', ' ')} {_say(is_now)} in place of {_say(was)}")
    return told


def _say(value: object) -> str:
    return count(value) if isinstance(value, int) else f"{value:g}"
