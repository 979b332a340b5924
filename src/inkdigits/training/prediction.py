"""Running a Keras model over many images, on any backend.

Comes in: a model and images. Goes out: probabilities, of all outputs or of the classes among
themselves. It knows no engine.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

from inkdigits.array_types import Float32
from inkdigits.arrays import Inputs, Probabilities
from inkdigits.training.task import PREDICT_BATCH


def predict_with(model: keras.Model, inputs: Inputs) -> Probabilities:
    """Return a Keras model's probabilities for these images, in their order."""
    if len(inputs) == 0:
        return np.zeros((0, model.output_shape[-1]), np.float32)
    probabilities = model.predict(inputs, batch_size=PREDICT_BATCH, verbose=0)
    return np.asarray(probabilities, dtype=np.float32)


def predict_at_once(model: keras.Model, inputs: Inputs) -> Probabilities:
    """Return a Keras model's probabilities for a few images, for which compiling takes too long."""
    if keras.backend.backend() == "jax":  # it would compile each operation by itself
        return predict_with(model, inputs)
    return np.asarray(keras.ops.convert_to_numpy(model(inputs, training=False)), np.float32)


def predict_in_batches(
    forward: Callable[[Inputs], Float32[np.ndarray, "n outputs"]],
    inputs: Inputs,
    outputs: int,
    batch: int = PREDICT_BATCH,
) -> Probabilities:
    """Return what `forward` makes of some images, of `batch` at most at a time.

    Args:
        forward: Returns one row for each image that it is given, at least one.
        inputs: Shape (n, height, width, channels), float32.
        outputs: The length of such a row.
        batch: At least 1.

    Returns:
        Shape (n, outputs), float32.

    Example:
        >>> images = np.ones((251, 1, 1, 1), np.float32)
        >>> predict_in_batches(lambda part: part[:, 0, 0] * len(part), images, 1)[-2:].tolist()
        [[250.0], [1.0]]
    """
    starts = range(0, len(inputs), batch)
    parts = [forward(inputs[start : start + batch]) for start in starts]
    return np.concatenate([np.zeros((0, outputs), np.float32), *parts])


def among_classes(probabilities: Float32[np.ndarray, "n outputs"], classes: int) -> Probabilities:
    """Return the probabilities of the classes, given that an image shows one of them.

    Args:
        probabilities: Shape (n, outputs), float32, rows summing to 1.
        classes: How many of the outputs stand for a class, the first ones.

    Returns:
        Shape (n, classes), float32, rows summing to 1; all alike where no class has any
        probability.

    Example:
        >>> among_classes(np.array([[0.375, 0.125, 0.5], [0, 0, 1]], np.float32), 2).tolist()
        [[0.75, 0.25], [0.5, 0.5]]
    """
    shares = probabilities[:, :classes]
    sums = shares.sum(axis=1, keepdims=True)
    alike = np.full_like(shares, 1 / classes)
    among: Probabilities = np.divide(shares, sums, out=alike, where=sums > 0)
    return among
