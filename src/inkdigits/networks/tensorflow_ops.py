"""TensorFlow's fused operations, for layers and optimisers that run on any backend.

Imported on TensorFlow alone.
"""

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


def apply_adam(
    variable: Any,
    momentum: Any,
    velocity: Any,
    gradient: Any,
    *,
    step: Any,
    learning_rate: Any,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None:
    """Take a step of Adam on one variable, in one pass over its values.

    Args:
        variable: A variable of Keras or TensorFlow, float32; it and the next two are changed.
        momentum: Its mean gradient.
        velocity: Its mean squared gradient.
        gradient: Of the variable's shape, float32.
        step: Number of the step, from 1.
        learning_rate: The step size, before the correction for the zeros that the means began at.
        beta_1: Share of the old value in the mean gradient.
        beta_2: Share of the old value in the mean squared gradient.
        epsilon: Added to the root of the mean squared gradient.
    """
    step = tf.cast(step, tf.float32)
    tf.raw_ops.ResourceApplyAdam(
        var=_handle(variable),
        m=_handle(momentum),
        v=_handle(velocity),
        beta1_power=tf.pow(beta_1, step),
        beta2_power=tf.pow(beta_2, step),
        lr=tf.cast(learning_rate, tf.float32),
        beta1=beta_1,
        beta2=beta_2,
        epsilon=epsilon,
        grad=gradient,
    )


def _handle(variable: Any) -> Any:
    return variable.handle if isinstance(variable, tf.Variable) else variable.value.handle
