"""The engine that takes training steps: one interface, a neutral and a compiled implementation.

Comes in: a task and a plan of steps. Goes out: the changed model and the sums of loss and hits.
`NeutralEngine` works on every backend, one call of Keras per step; on TensorFlow `make_engine`
returns one that compiles the loop itself. A test holds both to the same weights.
"""

from __future__ import annotations

from typing import Any, Protocol

import keras
import numpy as np

from inkdigits.arrays import Inputs, Probabilities, one_hot
from inkdigits.training.augmentation import warp
from inkdigits.training.plan import EpochPlan
from inkdigits.training.sums import Sums
from inkdigits.training.task import PREDICT_BATCH, Task


class Engine(Protocol):
    """Takes training steps on a model and runs it."""

    def prepare(self) -> None:
        """Compile what will run, so that the first step costs no more than the others."""

    def run(self, plan: EpochPlan) -> Sums:
        """Take the plan's steps."""

    def predict(self, inputs: Inputs) -> Probabilities:
        """Return the model's probabilities for these images, in their order."""


def make_engine(task: Task) -> Engine:
    """Return the fastest engine for the backend that Keras runs on."""
    if keras.backend.backend() == "tensorflow":
        from inkdigits.training.tensorflow_engine import TensorFlowEngine

        return TensorFlowEngine(task)
    return NeutralEngine(task)


class NeutralEngine:
    """Trains step by step through Keras's own `train_on_batch`, on any backend."""

    def __init__(self, task: Task) -> None:
        """Compile the task's model with its optimiser and loss."""
        self._task = task
        classes = task.model.output_shape[-1]
        self._targets = one_hot(task.labels, classes)
        jit = "auto" if keras.backend.backend() == "jax" else False
        task.model.compile(
            optimizer=task.optimizer,
            loss=keras.losses.CategoricalCrossentropy(label_smoothing=task.label_smoothing),
            metrics=["accuracy"],
            jit_compile=jit,
        )

    def prepare(self) -> None:
        """Do nothing; Keras compiles at the first step."""

    def run(self, plan: EpochPlan) -> Sums:
        """Take the plan's steps."""
        sums = Sums()
        for order, matrices in zip(plan.order, plan.matrices, strict=True):
            images = warp(self._task.inputs[order], matrices, self._task.fill)
            self._task.model.reset_metrics()
            logs: dict[str, Any] = self._task.model.train_on_batch(
                images, self._targets[order], return_dict=True
            )
            n = len(order)
            sums += Sums(float(logs["loss"]) * n, round(float(logs["accuracy"]) * n), n)
        return sums

    def predict(self, inputs: Inputs) -> Probabilities:
        """Return the model's probabilities for these images, in their order."""
        return predict_with(self._task.model, inputs)


def predict_with(model: keras.Model, inputs: Inputs) -> Probabilities:
    """Return a Keras model's probabilities for these images, in their order."""
    if len(inputs) == 0:
        return np.zeros((0, model.output_shape[-1]), np.float32)
    probabilities = model.predict(inputs, batch_size=PREDICT_BATCH, verbose=0)
    return np.asarray(probabilities, dtype=np.float32)
