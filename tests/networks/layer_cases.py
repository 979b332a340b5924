"""What layers are given in tests, and what they make of it."""

import numpy as np
import tensorflow as tf


def inputs_of(shape, dtype=np.float32):
    return np.random.default_rng(2).normal(3, 2, shape).astype(dtype)


def outputs_and_gradients(layer, inputs):
    x = tf.constant(inputs)
    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs = layer(x, training=True)
        weight = np.random.default_rng(3).normal(size=outputs.shape).astype(np.float32)
        score = tf.reduce_sum(weight * outputs)
    variables = [variable.value for variable in layer.trainable_variables]
    return outputs, tape.gradient(score, [x, *variables])
