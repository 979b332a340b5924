"""All images that a recipe learns from.

Comes in: a recipe and its training images. Goes out: these, images without a digit, coarse digits
and digits drawn as MNIST lacks them. It changes none of them at random; that is augmentation.
"""

from __future__ import annotations

import numpy as np

from inkdigits.arrays import image_shape
from inkdigits.datasets.dataset import LabelledImages, joined
from inkdigits.errors import UsageError
from inkdigits.formats import image_size
from inkdigits.imaging.numerals import draw_numerals
from inkdigits.networks.architecture import Architecture
from inkdigits.training.coarse import draw_coarse
from inkdigits.training.no_digits.mixture import add_no_digits
from inkdigits.training.recipe import Recipe

_SEED = 1_732_050
_OF_DRAWN = 4  # one coarse digit in so many is of a drawn one, if as many of these are drawn


def training_examples(train: LabelledImages, recipe: Recipe) -> LabelledImages:
    """Return the training images and behind them those that a recipe adds.

    Args:
        train: The training images.
        recipe: Says how many are added without a digit, and behind these how many coarse and how
            many drawn ones. Where there are both, some of the coarse ones are of drawn ones and
            come last.

    Returns:
        All of them, the same at every call; the training images themselves if none are added.

    Example:
        >>> blank = LabelledImages(np.zeros((2, 28, 28), np.uint8), np.zeros(2, np.uint8))
        >>> training_examples(blank, Recipe(name="mine", network="fast")) is blank
        True
    """
    examples = add_no_digits(train, recipe.no_digits)
    coarse_of_drawn = min(recipe.coarse_digits, recipe.drawn_digits) // _OF_DRAWN
    if recipe.coarse_digits:
        examples = joined(examples, draw_coarse(train, recipe.coarse_digits - coarse_of_drawn))
    if recipe.drawn_digits:
        drawn = _drawn(recipe.drawn_digits)
        examples = joined(examples, joined(drawn, draw_coarse(drawn, coarse_of_drawn)))
    return examples


def _drawn(count: int) -> LabelledImages:
    """Return digits that MNIST lacks, the same at every call."""
    return LabelledImages(*draw_numerals(count, np.random.default_rng(_SEED)))


def check_examples(
    architecture: Architecture, train: LabelledImages, teacher: Architecture | None
) -> None:
    """Refuse training images, or a teacher, that are not for a network.

    Args:
        architecture: The network.
        train: Images to learn from.
        teacher: The layers of the teacher; None where there is none.

    Raises:
        UsageError: If the images are not of the network's shape, or the teacher reads others or
            tells another number of classes apart.
    """
    wanted, received = architecture.input_shape, image_shape(train.images)
    if wanted != received:
        raise UsageError(
            f"the network {architecture.name} reads images of {image_size(wanted)}; "
            f"received {image_size(received)}"
        )
    if teacher is None:
        return
    if teacher.input_shape != wanted:
        raise UsageError(
            f"the teacher must read images of {image_size(wanted)}, as the network "
            f"{architecture.name} does; received one for {image_size(teacher.input_shape)}"
        )
    if teacher.classes != architecture.classes:
        raise UsageError(
            f"the teacher must tell {architecture.classes} classes apart; "
            f"received one for {teacher.classes}"
        )
