"""TensorFlow's fused operations, for layers and optimisers that run on any backend.

Imported on TensorFlow alone.
"""

from __future__ import annotations

from collections.abc import Callable
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


def patches(images: Any, size: int) -> Any:
    """Lay out what a kernel meets at each place where it fits, and a one for its bias.

    Args:
        images: Shape (n, height, width, channels), float32.
        size: Taps a side.

    Returns:
        Shape (size * size * channels + 1, places of all images), float32; the last row is of ones.
    """
    channels = images.shape[3]
    rows, columns = (each - size + 1 for each in images.shape[1:3])
    pixels = [
        tf.reshape(images[:, top : top + rows, left : left + columns, channel], [-1])
        for top in range(size)
        for left in range(size)
        for channel in range(channels)
    ]
    return tf.stack([*pixels, tf.ones_like(pixels[0])])


def convolved_moments(patches: Any, kernel: Any) -> tuple[Any, Any]:
    """Return mean and variance of what a convolution gives, from those of what it is given.

    Each output is a sum of the pixels under the kernel, times its taps; its mean and its variance
    follow from the means and the covariances of these pixels. Where the kernel has few taps and
    there are many filters, that is a fraction of the work of going over all outputs.

    Args:
        patches: What the kernel meets, by `patches`.
        kernel: Shape (size, size, channels, filters), float32; laid on all places where it fits.

    Returns:
        The mean of each filter's outputs over all images and places and their population variance,
        both float32 with shape (filters,).
    """
    places = tf.cast(tf.shape(patches)[1], tf.float32)
    products = tf.matmul(patches, patches, transpose_b=True) / places
    means = tf.reduce_mean(patches, axis=1, keepdims=True)[:-1]
    covariances = products[:-1, :-1] - means * tf.transpose(means)
    taps = tf.reshape(kernel, [-1, kernel.shape[-1]])
    variance = tf.reduce_sum(taps * tf.matmul(covariances, taps), axis=0)
    return tf.reduce_sum(taps * means, axis=0), tf.maximum(variance, 0.0)


def convolve_with_patches(images: Any, patches: Any, kernel: Any, bias: Any) -> Any:
    """Convolve and add a bias; the gradients of both are one matrix product with the patches.

    Of images with a single channel, that takes less than the gradient of a convolution.

    Args:
        images: Shape (n, height, width, channels), float32.
        patches: What the kernel meets there, by `patches`; passed no gradients.
        kernel: Shape (size, size, channels, filters), float32.
        bias: Shape (filters,), float32.

    Returns:
        Shape (n, height - size + 1, width - size + 1, filters), float32.
    """
    known = tf.stop_gradient(patches)

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def convolve(images: Any, kernel: Any, bias: Any) -> tuple[Any, Callable[[Any], Any]]:
        outputs = tf.nn.bias_add(tf.nn.conv2d(images, kernel, 1, "VALID"), bias)

        def gradients(upstream: Any) -> tuple[Any, Any, Any]:
            of_both = tf.matmul(known, tf.reshape(upstream, [-1, kernel.shape[-1]]))
            of_images = tf.nn.conv2d_transpose(upstream, kernel, tf.shape(images), 1, "VALID")
            return of_images, tf.reshape(of_both[:-1], kernel.shape), of_both[-1]

        return outputs, gradients

    return convolve(images, kernel, bias)


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
