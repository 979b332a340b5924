"""TensorFlow's fused operations behind backend-neutral layers; imported on that backend alone."""

from __future__ import annotations

from typing import Any

import tensorflow as tf


def fused_batch_norm(inputs: Any, gamma: Any, beta: Any, epsilon: float) -> tuple[Any, Any, Any]:
    """Normalise each channel with the statistics of the batch, in one operation.

    Args:
        inputs: Shape (n, height, width, channels) or (n, channels); float32 or bfloat16.
        gamma: Scale, shape (channels,).
        beta: Shift, shape (channels,).
        epsilon: Added to the variance before its root is taken.

    Returns:
        The outputs in the shape and type of `inputs`, then the batch's mean and its population
        variance, both float32 with shape (channels,).
    """
    flat = inputs.shape.rank == 2
    images = inputs[:, tf.newaxis, tf.newaxis, :] if flat else inputs
    outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
        images,
        scale=tf.convert_to_tensor(gamma, tf.float32),
        offset=tf.convert_to_tensor(beta, tf.float32),
        epsilon=epsilon,
        is_training=True,
    )
    # The operation reports the sample variance (divided by n - 1), Keras tracks the population's.
    count = tf.cast(tf.reduce_prod(tf.shape(images)[:3]), tf.float32)
    population_variance = variance * (count - 1.0) / count
    return tf.reshape(outputs, tf.shape(inputs)), mean, population_variance
