"""The engine that takes training steps: one interface, a neutral and two compiled implementations.

Comes in: a task and a plan of steps. Goes out: the changed model and the sums of loss and hits.
`NeutralEngine` works on every backend, one call of Keras per micro-batch; on TensorFlow and JAX
`make_engine` returns one that compiles the loop over the steps. Tests hold all to the same weights.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import keras
import numpy as np

from inkdigits.array_types import Float32, Int32
from inkdigits.arrays import Inputs, Probabilities
from inkdigits.training.plan import EpochPlan
from inkdigits.training.prediction import predict_with
from inkdigits.training.sums import Sums
from inkdigits.training.task import Chosen, Task


class Engine(Protocol):
    """Takes training steps on a model and runs it."""

    def prepare(self, batch_size: int) -> None:
        """Compile what will run, so that the first step costs no more than the others.

        Args:
            batch_size: Images in a step.
        """

    def run(self, plan: EpochPlan) -> Sums:
        """Take the plan's steps."""

    def predict(self, inputs: Inputs) -> Probabilities:
        """Return the model's probabilities for these images, in their order."""


def make_engine(task: Task) -> Engine:
    """Return the fastest engine for the backend that Keras runs on."""
    match keras.backend.backend():
        case "tensorflow":
            from inkdigits.training.tensorflow_engine import TensorFlowEngine

            return TensorFlowEngine(task)
        case "jax":
            from inkdigits.training.jax_engine import JaxEngine

            return JaxEngine(task)
    return NeutralEngine(task)


def needs_accumulation() -> bool:
    """Whether the engine leaves it to the optimiser to average gradients over micro-batches."""
    return keras.backend.backend() not in ("tensorflow", "jax")


class NeutralEngine:
    """Trains step by step through Keras's own `train_on_batch`, on any backend."""

    def __init__(self, task: Task) -> None:
        """Compile the task's model with its optimiser and loss.

        Raises:
            ValueError: If there are several micro-batches to a step, and the optimiser does not
                average gradients over as many.
        """
        accumulated = task.optimizer.gradient_accumulation_steps or 1
        if accumulated != task.micro_batches:
            raise ValueError(
                f"the optimiser must average gradients over {task.micro_batches} micro-batches; "
                f"received one for {accumulated}"
            )
        self._task = task
        self._targets = task.targets
        jit = "auto" if keras.backend.backend() == "jax" else False
        task.model.compile(
            optimizer=task.optimizer,
            loss=_cross_entropy,
            metrics=[accuracy_among(task.classes)],
            jit_compile=jit,
        )

    def prepare(self, batch_size: int) -> None:
        """Do nothing; Keras compiles at the first step."""

    def run(self, plan: EpochPlan) -> Sums:
        """Take the plan's steps."""
        sums = Sums()
        for order, changes in zip(plan.order, plan.changes, strict=True):
            parts = self._task.micro_batches
            for part, part_changes in zip(
                np.split(order, parts), np.split(changes, parts), strict=True
            ):
                sums += self._learn(part, part_changes)
        return sums

    def _learn(
        self, order: Int32[np.ndarray, " n"], changes: Float32[np.ndarray, "n columns"]
    ) -> Sums:
        task = self._task
        arrays = (order, task.pixels[order], task.labels[order], self._targets[order])
        chosen = Chosen(*(keras.ops.convert_to_tensor(each) for each in arrays))
        batch = task.to_batch(chosen, changes)
        task.model.reset_metrics()
        labels = keras.ops.cast(batch.labels[:, np.newaxis], "float32")
        wanted = keras.ops.concatenate([batch.targets, labels], axis=1)
        logs: dict[str, Any] = task.model.train_on_batch(batch.inputs, wanted, return_dict=True)
        n = len(order)
        return task.sums(float(logs["loss"]) * n, round(float(logs["accuracy"]) * n), order)

    def predict(self, inputs: Inputs) -> Probabilities:
        """Return the model's probabilities for these images, in their order."""
        return predict_with(self._task.model, inputs)


def accuracy_among(classes: int) -> Callable[[Any, Any], Any]:
    """Return the metric that tells for each image whether its most probable class is its label.

    Args:
        classes: Outputs that stand for a class; what follows them is left out.

    Returns:
        A function of what is wanted, shape (n, outputs + 1), targets and then the label, and of
        probabilities, shape (n, outputs); its answers are 0 or 1, and always 0 for an image of no
        class.
    """

    def accuracy(wanted: Any, probabilities: Any) -> Any:
        ops = keras.ops
        answers = ops.cast(ops.argmax(probabilities[:, :classes], axis=-1), "float32")
        return ops.cast(ops.equal(answers, wanted[:, -1]), "float32")

    return accuracy


def _cross_entropy(wanted: Any, probabilities: Any) -> Any:
    return keras.losses.categorical_crossentropy(wanted[:, :-1], probabilities)
