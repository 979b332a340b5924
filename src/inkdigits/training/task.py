"""What an engine works on: a model, its optimiser and the training images in memory.

Comes in: the parts. Goes out: one value that every engine takes. It takes no step itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from jaxtyping import Float32, Int32

from inkdigits.arrays import Inputs, Labels, one_hot
from inkdigits.training.augmentation.augmenter import Augmenter
from inkdigits.training.no_digits import NO_CLASS
from inkdigits.training.sums import Sums

PREDICT_BATCH = 250  # images that go through the network at once; more take memory, not less time


@dataclass(frozen=True, eq=False)
class Task:
    """What an engine works on.

    Attributes:
        model: From images to probabilities; its last layer is the softmax.
        optimizer: Built for the model's trainable variables.
        label_smoothing: Share of each label spread over all classes.
        micro_batches: Equal parts that every batch is dealt out in. Their gradients are averaged,
            and each part moves batch normalisation's averages in its turn.
        augmenter: Changes the images by the rows of a plan; None where they go in as they are.
        inputs: Shape (n, height, width, 1), float32.
        labels: Shape (n,), uint8; NO_CLASS for an image that shows none of the classes.
    """

    model: keras.Sequential
    optimizer: keras.optimizers.Optimizer
    label_smoothing: float
    micro_batches: int
    augmenter: Augmenter | None
    inputs: Inputs
    labels: Labels

    @property
    def targets(self) -> Float32[np.ndarray, "n classes"]:
        """What the network should answer: an image's class, or all alike where it has none."""
        classes = self.model.output_shape[-1]
        without = self.labels == NO_CLASS
        targets = one_hot(np.where(without, np.uint8(0), self.labels), classes)
        targets[without] = 1.0 / classes
        return targets

    def sums(self, loss: float, correct: int, order: Int32[np.ndarray, ...]) -> Sums:
        """Return the totals of some steps, from their loss, their hits and the images in them."""
        classified = int(np.count_nonzero(self.labels[order] != NO_CLASS))
        return Sums(loss, correct, order.size, classified)

    def augment(self, images: Any, changes: Any) -> Any:
        """Change images as the rows of a plan say, where there is an augmenter."""
        return self.augmenter(images, changes) if self.augmenter else images
