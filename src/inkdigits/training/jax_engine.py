"""The engine for JAX: a loop over the steps, compiled as a whole for a GPU, step by step for a CPU.

Comes in: a `Task`. Goes out: an `Engine`. Images and labels stay in the device's memory. JAX
compiles anew for every shape it meets, so plans go in as slices of one length, the last filled up
with steps that are not taken. On a CPU its convolutions take up to fifty times as long within a
loop as they do outside (benchmarks/RESULTS.md), so there Python asks for each step; all that a
step does is compiled as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

from inkdigits.arrays import Inputs, Probabilities
from inkdigits.training.accelerator import find_accelerator
from inkdigits.training.augmentation.augmenter import MATRIX
from inkdigits.training.plan import EpochPlan
from inkdigits.training.prediction import predict_in_batches
from inkdigits.training.sums import Sums
from inkdigits.training.task import Batch, Chosen, Task
from inkdigits.training.teacher import Values

SLICE = 64  # steps that one call of the compiled loop takes at most

# Convolutions by Eigen in place of YNNPACK: on a CPU five to twenty times as fast.
_BY_EIGEN = {"xla_cpu_experimental_ynn_fusion_type": ""}

# Trainable variables, the model's others, the optimiser's, the loss so far, the hits so far.
_State = tuple[list[Any], list[Any], list[Any], Any, Any]
# Pixels, labels and targets of all images; a teacher's variables.
_Material = tuple[tuple[Any, Any, Any], Values | None]


class JaxEngine:
    """Trains with a compiled loop over the steps of a slice of a plan, or with a compiled step."""

    def __init__(self, task: Task) -> None:
        """Put the images into the device's memory and compile nothing yet."""
        self._task = task
        model = task.model
        self._pixels = jnp.asarray(task.pixels)
        self._labels = jnp.asarray(task.labels, jnp.int32)
        self._targets = jnp.asarray(task.targets)
        self._logits = keras.Model(model.inputs, model.layers[-1].input)
        self._loss = keras.losses.CategoricalCrossentropy(from_logits=True, reduction="sum")
        self._gradients = jax.value_and_grad(self._part_loss, has_aux=True)
        take: Callable[..., _State]
        if find_accelerator():
            take, self._deal, options = self._take_slice, _in_slices, {}
        else:
            take, self._deal, options = self._take_step, _in_steps, cpu_options()
        self._take = jax.jit(take, donate_argnums=0, compiler_options=options)
        self._forward = jax.jit(self._probabilities, compiler_options=options)

    def prepare(self, batch_size: int) -> None:
        """Compile the loop, or the step, by taking one that changes nothing."""
        columns = self._task.augmenter.columns if self._task.augmenter else MATRIX
        order = np.zeros((1, batch_size), np.int32)
        self._take_all(EpochPlan(order, np.zeros((1, batch_size, columns), np.float32)))

    def run(self, plan: EpochPlan) -> Sums:
        """Take the plan's steps."""
        state = self._take_all(plan)
        self._write(state)
        return self._task.sums(float(state[3]), int(state[4]), plan.order)

    def _take_all(self, plan: EpochPlan) -> _State:
        """Return what the plan's steps lead to; the variables stay as they are."""
        state, material = self._read(), self._material()
        for part in self._deal(plan):
            state = self._take(state, material, *part)
        return state

    def predict(self, inputs: Inputs) -> Probabilities:
        """Return the model's probabilities for these images, in their order."""
        learnt, other, _ = (
            [each.value for each in group] for group in self._variables(self._task.model)
        )

        def forward(part: Inputs) -> np.ndarray:
            return np.asarray(self._forward(learnt, other, part))

        return predict_in_batches(forward, inputs, self._task.outputs)

    def _probabilities(self, learnt: list[Any], other: list[Any], images: Any) -> Any:
        return self._task.model.stateless_call(learnt, other, images, training=False)[0]

    def _material(self) -> _Material:
        lesson = self._task.lesson
        return (self._pixels, self._labels, self._targets), lesson.values if lesson else None

    def _variables(self, model: keras.Model) -> tuple[list[Any], list[Any], list[Any]]:
        optimizer = self._task.optimizer
        return model.trainable_variables, model.non_trainable_variables, optimizer.variables

    def _read(self) -> _State:
        learnt, other, slots = (
            [jnp.array(each.value) for each in group] for group in self._variables(self._logits)
        )
        return learnt, other, slots, jnp.zeros(()), jnp.zeros((), jnp.int32)

    def _write(self, state: _State) -> None:
        for variables, values in zip(self._variables(self._logits), state[:3], strict=True):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)

    def _take_slice(
        self, state: _State, material: _Material, order: Any, changes: Any, steps: Any
    ) -> _State:
        def body(step: Any, state: _State) -> _State:
            return self._take_step(state, material, order[step], changes[step])

        taken: _State = jax.lax.fori_loop(0, steps, body, state)
        return taken

    def _take_step(self, state: _State, material: _Material, order: Any, changes: Any) -> _State:
        images, values = material
        learnt, other, slots, loss, correct = state
        parts = self._task.micro_batches
        summed = None
        for chosen, rows in zip(jnp.split(order, parts), jnp.split(changes, parts), strict=True):
            found = Chosen(chosen, *(each[chosen] for each in images))
            batch = self._task.to_batch(found, rows, values)
            (_, (other, total, hits)), gradients = self._gradients(learnt, other, batch)
            loss, correct = loss + total, correct + hits
            summed = gradients if summed is None else jax.tree.map(jnp.add, summed, gradients)
        means = jax.tree.map(lambda each: each / parts, summed)
        learnt, slots = self._task.optimizer.stateless_apply(slots, means, learnt)
        return learnt, other, slots, loss, correct

    def _part_loss(
        self, learnt: list[Any], other: list[Any], batch: Batch
    ) -> tuple[Any, tuple[list[Any], Any, Any]]:
        images, labels, targets = batch
        logits, other = self._logits.stateless_call(learnt, other, images, training=True)
        logits = logits.astype(jnp.float32)
        total = self._loss(targets, logits)
        answers = jnp.argmax(logits[:, : self._task.classes], axis=1)
        hits = jnp.sum(answers == labels, dtype=jnp.int32)
        return total / len(labels), (other, total, hits)


def _in_slices(plan: EpochPlan) -> Iterator[tuple[Any, ...]]:
    """Deal a plan out for `_take_slice`."""
    for start in range(0, plan.steps, SLICE):
        part = plan.part(start, start + SLICE)
        yield _fill_up(part.order), _fill_up(part.changes), part.steps


def _in_steps(plan: EpochPlan) -> Iterator[tuple[Any, ...]]:
    """Deal a plan out for `_take_step`."""
    yield from zip(plan.order, plan.changes, strict=True)


def _fill_up(steps: np.ndarray) -> Any:
    """Repeat the first step up to the length of a slice."""
    missing = SLICE - len(steps)
    return jnp.asarray(np.concatenate([steps, np.repeat(steps[:1], missing, axis=0)]))


def cpu_options() -> dict[str, str]:
    """Return what XLA is to do otherwise than usual for a CPU; nothing where it does not know it.

    Example:
        >>> cpu_options()  # doctest: +SKIP
        {'xla_cpu_experimental_ynn_fusion_type': ''}
    """
    try:
        jax.jit(lambda: 0, compiler_options=_BY_EIGEN)()
    except jax.errors.JaxRuntimeError:  # another version, without that option
        return {}
    return _BY_EIGEN
