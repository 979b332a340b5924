import numpy as np
import pytest
import tensorflow as tf

from inkdigits.networks.tensorflow_ops import fused_batch_norm


def test_rows_by_hand():
    # Mean 2, population variance 4: the values become -1 and 1, times 3 plus 10.
    outputs, mean, variance = fused_batch_norm(
        tf.constant([[0.0], [4.0]]), np.array([3.0]), np.array([10.0]), epsilon=0.0
    )
    np.testing.assert_allclose(outputs, [[7.0], [13.0]], rtol=1e-6)
    assert (mean.numpy().tolist(), variance.numpy().tolist()) == ([2.0], [4.0])


def test_each_channel_of_images_is_normalised_over_batch_rows_and_columns(rng):
    images = rng.normal(size=(4, 3, 2, 5)).astype(np.float32)
    gamma, beta = rng.uniform(0.5, 1.5, 5), rng.normal(size=5)
    outputs, mean, variance = fused_batch_norm(tf.constant(images), gamma, beta, epsilon=1e-3)
    np.testing.assert_allclose(mean, images.mean(axis=(0, 1, 2)), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(variance, images.var(axis=(0, 1, 2)), rtol=1e-5)
    expected = (images - images.mean((0, 1, 2))) / np.sqrt(images.var((0, 1, 2)) + 1e-3)
    np.testing.assert_allclose(outputs, expected * gamma + beta, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", [(8, 3), (8, 2, 2, 3)])
def test_bfloat16_stays_bfloat16_and_its_statistics_are_float32(shape, rng):
    inputs = tf.cast(rng.normal(size=shape), tf.bfloat16)
    outputs, mean, variance = fused_batch_norm(inputs, np.ones(3), np.zeros(3), epsilon=1e-3)
    assert outputs.dtype == tf.bfloat16
    assert outputs.shape == shape
    assert mean.dtype == variance.dtype == tf.float32
    assert mean.shape == variance.shape == (3,)
