"""What goes into the network: the plan of each epoch and the images of each validation.

Comes in: a recipe, images and a seed. Goes out: plans, and inputs with their labels. It knows
Keras for augmentation alone, and no model.
"""

from __future__ import annotations

import keras
import numpy as np

from inkdigits.array_types import Float32
from inkdigits.arrays import AnyImages, Inputs, Labels, scale
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.training.augmentation.augmenter import Augmenter
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
        height, width = train.images.shape[1:3]
        self.augmenter = Augmenter(recipe.augmentation, (height, width))
        self.steps_per_epoch = self.plan(1).steps
        if recipe.validation == "augmented-test":
            self._plan(self._validation, 1, Purpose.VALIDATION)

    def plan(self, epoch: int) -> EpochPlan:
        """Return the steps of an epoch, numbered from 1."""
        return self._plan(self._train, epoch, Purpose.TRAINING)

    def validation_set(self, epoch: int) -> tuple[Inputs, Labels]:
        """Return the images that the validation after `epoch` measures on, and their labels.

        With "augmented-test" they are changed as the training images are, in a new order and in
        full batches only, as the tutorial's generator dealt them out.
        """
        inputs, labels = scale(self._validation.images), self._validation.labels
        if self._recipe.validation == "held-out":
            return inputs, labels
        plan = self._plan(self._validation, epoch, Purpose.VALIDATION)
        order = plan.order.ravel()
        changes = plan.changes.reshape(-1, self.augmenter.columns)
        return self._augment(inputs[order], changes), labels[order]

    def first_batch(self, n: int) -> tuple[AnyImages, Inputs]:
        """Return the first images that the run learns from, as it sees them.

        Args:
            n: How many; fewer where the batch is smaller.

        Returns:
            The images as they were, and as they are learnt from.
        """
        plan = self.plan(1)
        order, changes = plan.order[0, :n], plan.changes[0, :n]
        images = self._train.images[order]
        return images, self._augment(scale(images), changes)

    def _augment(self, inputs: Inputs, changes: Float32[np.ndarray, "n columns"]) -> Inputs:
        changed = self.augmenter(keras.ops.convert_to_tensor(inputs), changes)
        return np.asarray(keras.ops.convert_to_numpy(changed), dtype=np.float32)

    def _plan(self, part: LabelledImages, epoch: int, purpose: Purpose) -> EpochPlan:
        return plan_epoch(
            images=len(part),
            batch_size=self._recipe.batch_size,
            augmenter=self.augmenter,
            seed=self._seed,
            epoch=epoch,
            purpose=purpose,
        )
