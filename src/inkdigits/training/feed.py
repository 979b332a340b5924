"""What goes into the network: the plan of each epoch and the images of each validation.

Comes in: a recipe, images and a seed. Goes out: plans, and inputs with their labels. It knows
Keras for the warp alone, and no model.
"""

from __future__ import annotations

import keras
import numpy as np
from jaxtyping import Float32, Int32

from inkdigits.arrays import Inputs, Labels, scale
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.training.augmentation import warp
from inkdigits.training.plan import EpochPlan, Purpose, plan_epoch
from inkdigits.training.recipe import Recipe


class Feed:
    """The images of one run, in the order and form in which it sees them."""

    def __init__(
        self, recipe: Recipe, train: LabelledImages, validation: LabelledImages, seed: int
    ) -> None:
        """Check that every epoch and every validation can be dealt out.

        Args:
            recipe: Names batch size, augmentation and kind of validation.
            train: The images to learn from.
            validation: The images to measure on after each epoch.
            seed: The run's seed.

        Raises:
            UsageError: If the recipe's batch is larger than the training set, or than a
                validation set that is augmented.
        """
        self._recipe, self._seed = recipe, seed
        self._train, self._validation = train, validation
        self.steps_per_epoch = self.plan(1).steps
        if recipe.validation == "augmented-test":
            self._plan(self._validation, 1, Purpose.VALIDATION)

    def plan(self, epoch: int) -> EpochPlan:
        """Return the steps of an epoch, numbered from 1."""
        return self._plan(self._train, epoch, Purpose.TRAINING)

    def validation_set(self, epoch: int) -> tuple[Inputs, Labels]:
        """Return the images that the validation after `epoch` measures on, and their labels.

        With "augmented-test" they are warped as the training images are, in a new order and in
        full batches only, as the tutorial's generator dealt them out.
        """
        inputs, labels = scale(self._validation.images), self._validation.labels
        if self._recipe.validation == "held-out":
            return inputs, labels
        plan = self._plan(self._validation, epoch, Purpose.VALIDATION)
        order = plan.order.ravel()
        return self._warp(inputs[order], plan.matrices.reshape(-1, 8)), labels[order]

    def first_batch(self, n: int) -> tuple[Int32[np.ndarray, " n"], Inputs]:
        """Return the first images that the run learns from, as it sees them.

        Args:
            n: How many; fewer where the batch is smaller.

        Returns:
            Their indices among the training images, and the warped images.
        """
        plan = self.plan(1)
        order, matrices = plan.order[0, :n], plan.matrices[0, :n]
        return order, self._warp(scale(self._train.images[order]), matrices)

    def _warp(self, inputs: Inputs, matrices: Float32[np.ndarray, "n 8"]) -> Inputs:
        warped = warp(inputs, matrices, self._recipe.augmentation.fill)
        return np.asarray(keras.ops.convert_to_numpy(warped), dtype=np.float32)

    def _plan(self, part: LabelledImages, epoch: int, purpose: Purpose) -> EpochPlan:
        height, width = part.images.shape[1:]
        return plan_epoch(
            images=len(part),
            batch_size=self._recipe.batch_size,
            size=(height, width),
            augmentation=self._recipe.augmentation,
            seed=self._seed,
            epoch=epoch,
            purpose=purpose,
        )
