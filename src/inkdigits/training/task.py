"""What an engine works on: a model, its optimiser and the training images in memory.

Comes in: the parts. Goes out: one value that every engine takes. It takes no step itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
import numpy as np

from inkdigits.array_types import Float32, Int32, UInt8
from inkdigits.arrays import WHITE, AnyImages, Labels, image_shape, one_hot
from inkdigits.training.augmentation.augmenter import Augmenter
from inkdigits.training.no_digits.mixture import NO_CLASS
from inkdigits.training.sums import Sums
from inkdigits.training.teacher import Lesson, Values

PREDICT_BATCH = 250  # images that go through the network at once; more take memory, not less time


class Chosen(NamedTuple):
    """Some of the images, as they lie in memory.

    Attributes:
        places: Shape (batch,), int32: where each lies among all.
        pixels: Shape (batch, height, width, channels), uint8.
        labels: Shape (batch,), int32.
        targets: Shape (batch, outputs), float32.
    """

    places: Any
    pixels: Any
    labels: Any
    targets: Any


class Batch(NamedTuple):
    """What a network learns from.

    Attributes:
        inputs: Shape (batch, height, width, channels), float32, 0 to 1.
        labels: Shape (batch,), int32.
        targets: Shape (batch, outputs), float32, rows summing to 1.
    """

    inputs: Any
    labels: Any
    targets: Any


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
        images: Shape (n, height, width) or (n, height, width, 3), uint8: bytes take a quarter of
            the memory that the network's inputs would.
        labels: Shape (n,), uint8; NO_CLASS for an image that shows none of the classes.
        none_class: Whether the model's last output stands for such images.
        lesson: A teacher whose answers stand in place of the labels; None for the labels.
        taught: With a teacher, the first so many images are taught by it: those that show a class
            as the teacher has learnt to read it.
    """

    model: keras.Sequential
    optimizer: keras.optimizers.Optimizer
    label_smoothing: float
    micro_batches: int
    augmenter: Augmenter | None
    images: AnyImages
    labels: Labels
    none_class: bool = False
    lesson: Lesson | None = None
    taught: int = 0

    @property
    def pixels(self) -> UInt8[np.ndarray, "n height width channels"]:
        """The images with an axis for their colours, of which grey ones have one."""
        return self.images.reshape(len(self.images), *image_shape(self.images))

    @property
    def outputs(self) -> int:
        """Values that the model answers with."""
        return int(self.model.output_shape[-1])

    @property
    def classes(self) -> int:
        """Outputs that stand for a class; they come first, and hits are counted among them."""
        return self.outputs - self.none_class

    @property
    def targets(self) -> Float32[np.ndarray, "n outputs"]:
        """What the network should answer: an image's class, and where it has none, the last output.

        Without an output for such images, all classes alike; smoothed over the outputs in any case.
        """
        without = self.labels == NO_CLASS
        targets = np.zeros((len(self.labels), self.outputs), np.float32)
        targets[:, : self.classes] = one_hot(np.where(without, 0, self.labels), self.classes)
        targets[without] = np.eye(self.outputs)[-1] if self.none_class else 1.0 / self.classes
        smoothing = np.float32(self.label_smoothing)
        return targets * (1 - smoothing) + smoothing / self.outputs

    def sums(self, loss: float, correct: int, order: Int32[np.ndarray, ...]) -> Sums:
        """Return the totals of some steps, from their loss, their hits and the images in them."""
        classified = int(np.count_nonzero(self.labels[order] != NO_CLASS))
        return Sums(loss, correct, order.size, classified)

    def to_batch(self, chosen: Chosen, changes: Any, values: Values | None = None) -> Batch:
        """Scale images and change them as the rows of a plan say, where there is an augmenter.

        A teacher sees each image moved and bent as the network does, but not obscured.

        Args:
            chosen: Images by their places among all.
            changes: Shape (batch, columns), float32.
            values: The teacher's variables; None for these as they are.

        Returns:
            What `arrays.scale` makes of the same bytes, changed, with labels and targets.
        """
        inputs = keras.ops.cast(chosen.pixels, "float32") / WHITE
        if self.augmenter:
            inputs = self.augmenter.redraw(inputs, changes)
        targets = self._taught(inputs, chosen, values)
        if self.augmenter:
            inputs = self.augmenter.obscure(inputs, changes)
        return Batch(inputs, chosen.labels, targets)

    def _taught(self, inputs: Any, chosen: Chosen, values: Values | None) -> Any:
        if self.lesson is None:
            return chosen.targets
        answers = self.lesson.answers(inputs, self.lesson.values if values is None else values)
        return keras.ops.where((chosen.places < self.taught)[:, None], answers, chosen.targets)
