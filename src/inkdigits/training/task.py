"""What an engine works on: a model, its optimiser and the training images in memory.

Comes in: the parts. Goes out: one value that every engine takes. It takes no step itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras

from inkdigits.arrays import Inputs, Labels

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
        fill: What a warp fills the outside with; None where images go in as they are.
        inputs: Shape (n, height, width, 1), float32.
        labels: Shape (n,), uint8.
    """

    model: keras.Sequential
    optimizer: keras.optimizers.Optimizer
    label_smoothing: float
    micro_batches: int
    fill: str | None
    inputs: Inputs
    labels: Labels
