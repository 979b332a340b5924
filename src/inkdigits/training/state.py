"""What a trainer reports, and the state from which it can go on.

Comes in: numbers and arrays. Goes out: frozen values, ready to be shown or stored. This module
does not know Keras.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkdigits.training.sums import Sums


@dataclass(frozen=True)
class EpochRecord:
    """The figures of one finished epoch.

    Attributes:
        epoch: Its number, from 1.
        loss: Mean cross-entropy over the training images as they were learnt from, in nats.
        accuracy: Share of them that were read rightly, 0 to 1.
        val_loss: Mean cross-entropy over the validation images, in nats.
        val_accuracy: Share of them that are read rightly after the epoch, 0 to 1.
        learning_rate: The optimiser's step size at the end of the epoch.
        seconds: Training time since the start of the run, validation not counted.
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True)
class Progress:
    """How far a run is, with the means of the running epoch."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    accuracy: float
    images_per_second: float


@dataclass(frozen=True, eq=False)
class TrainerState:
    """A trainer at rest between two steps.

    Attributes:
        arrays: Every variable of model and optimiser by name, dropout's random state included.
        epoch: The epoch in progress, from 1; one more than the last when all are done.
        step: Steps of it that are taken.
        sums: Their totals.
        seconds: Training time so far.
        history: The finished epochs.
    """

    arrays: dict[str, np.ndarray]
    epoch: int
    step: int
    sums: Sums
    seconds: float
    history: tuple[EpochRecord, ...]
