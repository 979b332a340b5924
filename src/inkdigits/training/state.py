"""What a trainer reports, and the state from which it can go on.

Comes in: a model and its optimiser. Goes out: plain arrays and numbers, ready to be stored. It
does not know where they are stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np

from inkdigits.networks.weights import check_shapes
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
        learning_rate: Adam's step size at the end of the epoch.
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


def read_variables(
    model: keras.Model, optimizer: keras.optimizers.Optimizer
) -> dict[str, np.ndarray]:
    """Copy every variable of model and optimiser into arrays by name."""
    return {
        name: np.array(keras.ops.convert_to_numpy(variable))
        for name, variable in _variables(model, optimizer).items()
    }


def write_variables(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, arrays: Mapping[str, np.ndarray]
) -> None:
    """Set every variable of model and optimiser from arrays by name.

    Raises:
        ModelFileError: If a name is missing or unknown, or a shape differs.
    """
    variables = _variables(model, optimizer)
    check_shapes({name: tuple(variable.shape) for name, variable in variables.items()}, arrays)
    for name, variable in variables.items():
        variable.assign(arrays[name])


def _variables(
    model: keras.Model, optimizer: keras.optimizers.Optimizer
) -> dict[str, keras.Variable]:
    # Numbers as names: those that Keras gives random states depend on what else the process built.
    named = {}
    for layer in model.layers:
        for i, variable in enumerate(layer.variables):
            named[f"model/{layer.name}/{i}"] = variable
    for i, variable in enumerate(optimizer.variables):
        named[f"optimizer/{i}"] = variable
    return named
