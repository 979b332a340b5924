"""The engine for TensorFlow: gathering, warping and updating in one compiled loop.

Comes in: a `Task`. Goes out: an `Engine` that takes many steps for one call from Python. Images
and labels are TensorFlow constants in memory; nothing but a plan goes in per call.
The micro-batches of a step do not depend on one another: where the cores are shared out among
them, TensorFlow works on all at once, otherwise on one after the other with all cores.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from inkdigits.arrays import Inputs, Probabilities
from inkdigits.networks.layers import WinogradConv2D, filtering_always
from inkdigits.networks.normalization import FusedBatchNormalization, PassingMaxPooling2D
from inkdigits.training.heap import trim_heap
from inkdigits.training.plan import EpochPlan
from inkdigits.training.prediction import predict_in_batches
from inkdigits.training.sums import Sums
from inkdigits.training.task import PREDICT_BATCH, Chosen, Task
from inkdigits.training.threads import cores_are_shared


class TensorFlowEngine:
    """Trains with one `tf.while_loop` over the steps of a plan."""

    def __init__(self, task: Task) -> None:
        """Put the images into TensorFlow's memory and compile nothing yet."""
        self._task = task
        self._pixels = tf.constant(task.pixels)
        self._labels = tf.constant(task.labels, tf.int32)
        model = task.model
        self._logits = keras.Model(model.inputs, model.layers[-1].input)
        self._targets = tf.constant(task.targets)
        self._loss = keras.losses.CategoricalCrossentropy(from_logits=True, reduction="sum")
        self._filters = any(
            isinstance(each, WinogradConv2D) and each.is_filtered for each in model.layers
        )
        self._answered = PREDICT_BATCH
        self._side_by_side = task.micro_batches > 1 and cores_are_shared(task.micro_batches)
        columns = task.augmenter.columns if task.augmenter else None
        signature = [tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None, None, columns])]
        self._loop = tf.function(self._run_steps, signature, autograph=False, jit_compile=False)
        shape = (None, *task.pixels.shape[1:])
        self._forward = tf.function(
            self._probabilities, [tf.TensorSpec(shape)], autograph=False, jit_compile=False
        )

    def prepare(self, batch_size: int) -> None:
        """Trace and optimise the loop by taking no steps, and meanwhile the way from images on."""
        columns = self._task.augmenter.columns if self._task.augmenter else 0
        batch = tf.constant(batch_size // self._task.micro_batches)
        if self._filters:
            self._answered = batch_size  # all else would be compiled anew
        with ThreadPoolExecutor(2) as pool:
            # Python holds up whatever else needs it, so it goes ahead of what does without.
            self._rehearse.get_concrete_function(batch)
            rehearsed = pool.submit(self._rehearse, batch)
            self._loop.get_concrete_function()
            ready = pool.submit(self._loop, tf.zeros([0, 1], tf.int32), tf.zeros([0, 1, columns]))
            self.predict(np.zeros((1, *self._task.pixels.shape[1:]), np.float32))
            for each in (rehearsed, ready):
                each.result()
        trim_heap()

    def run(self, plan: EpochPlan) -> Sums:
        """Take the plan's steps."""
        loss, correct = self._loop(tf.constant(plan.order), tf.constant(plan.changes))
        return self._task.sums(float(loss), int(correct), plan.order)

    def predict(self, inputs: Inputs) -> Probabilities:
        """Return the model's probabilities for these images, in their order."""

        def forward(part: Inputs) -> np.ndarray:
            # Each micro-batch needs an image, and those that are filtered as many as in training.
            least = self._answered if self._filters else self._task.micro_batches
            outcome: np.ndarray = self._forward(tf.constant(_at_least(least, part))).numpy()
            return outcome[: len(part)]

        return predict_in_batches(forward, inputs, self._task.outputs, self._answered)

    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def _rehearse(self, batch: Any) -> list[Any]:
        """Compile on both cores what would otherwise be compiled during the first step."""
        kinds = WinogradConv2D | FusedBatchNormalization | PassingMaxPooling2D
        layers = (each for each in self._task.model.layers if isinstance(each, kinds))
        return [value for each in layers for value in each.rehearse(batch)]

    def _probabilities(self, inputs: Any) -> Any:
        parts = self._task.micro_batches if self._side_by_side or self._filters else 1
        bounds = [tf.shape(inputs)[0] * i // parts for i in range(parts + 1)]
        with filtering_always(self._task.model):
            pieces = [
                self._task.model(inputs[start:stop], training=False)
                for start, stop in pairwise(bounds)
            ]
        return tf.concat(pieces, axis=0)

    def _run_steps(self, order: Any, changes: Any) -> tuple[Any, Any]:
        steps = tf.shape(order)[0]

        def body(step: Any, loss: Any, correct: Any) -> tuple[Any, Any, Any]:
            step_loss, step_correct = self._train_step(order[step], changes[step])
            return step + 1, loss + step_loss, correct + step_correct

        start = (tf.constant(0), tf.constant(0.0, tf.float64), tf.constant(0))
        _, loss, correct = tf.while_loop(
            lambda step, loss, correct: step < steps, body, start, parallel_iterations=1
        )
        return loss, correct

    def _train_step(self, order: Any, changes: Any) -> tuple[Any, Any]:
        parts = self._task.micro_batches
        variables = self._task.model.trainable_variables
        results: list[tuple[list[Any], Any, Any]] = []
        for part in zip(tf.split(order, parts), tf.split(changes, parts), strict=True):
            before = results[-1][0] if results and not self._side_by_side else []
            with tf.control_dependencies(before):
                results.append(self._gradients(*(tf.identity(each) for each in part)))
        gradients, totals, hits = zip(*results, strict=True)
        summed = [_sum(each) for each in zip(*gradients, strict=True)]
        self._task.optimizer.apply(summed, variables)
        # TensorFlow makes one sum of this and the loop's, in whatever order; with so many digits
        # nothing is rounded, and every order gives the same.
        return tf.add_n([tf.cast(each, tf.float64) for each in totals]), tf.add_n(hits)

    def _gradients(self, order: Any, changes: Any) -> tuple[list[Any], Any, Any]:
        """Return what a micro-batch adds to the batch's gradients, to its loss and to its hits."""
        parts = (tf.gather(each, order) for each in (self._pixels, self._labels, self._targets))
        images, labels, targets = self._task.to_batch(Chosen(order, *parts), changes)
        values = [variable.value for variable in self._task.model.trainable_variables]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            logits = tf.cast(self._logits(images, training=True), tf.float32)
            total = self._loss(targets, logits)
            share = total / tf.cast(tf.size(labels) * self._task.micro_batches, tf.float32)
        answers = tf.argmax(logits[:, : self._task.classes], axis=1, output_type=tf.int32)
        hits = tf.equal(answers, labels)
        return tape.gradient(share, values), total, tf.reduce_sum(tf.cast(hits, tf.int32))


def _at_least(count: int, images: Inputs) -> Inputs:
    """Put blank images behind these if they are fewer."""
    blank = np.zeros((max(0, count - len(images)), *images.shape[1:]), np.float32)
    return np.concatenate([images, blank])


def _sum(parts: tuple[Any, ...]) -> Any:
    if len(parts) <= 2:
        return parts[0] if len(parts) == 1 else tf.add_n(parts)
    # `add_n` begins with whichever part may be overwritten: of more than two not always the same.
    return tf.reduce_sum(tf.stack(parts), axis=0)
