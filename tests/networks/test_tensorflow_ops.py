import numpy as np
import pytest
import tensorflow as tf

from inkdigits.networks.tensorflow_ops import (
    convolve_with_patches,
    convolved_moments,
    fused_batch_norm,
    patches,
)


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


def test_patches_by_hand():
    images = tf.reshape(tf.range(12.0), [1, 2, 3, 2])
    # Two places side by side; under each two rows of two pixels with two channels, and the one.
    expected = [[0, 2], [1, 3], [2, 4], [3, 5], [6, 8], [7, 9], [8, 10], [9, 11], [1, 1]]
    assert patches(images, 2).numpy().tolist() == expected


def test_moments_by_hand():
    # A kernel of one tap: the outputs are 0, 2, 4 and 6 times 3.
    images = tf.constant([0.0, 2, 4, 6], shape=[1, 2, 2, 1])
    mean, variance = convolved_moments(patches(images, 1), tf.constant(3.0, shape=[1, 1, 1, 1]))
    assert (mean.numpy().tolist(), variance.numpy().tolist()) == ([9.0], [45.0])


@pytest.fixture(params=[((5, 6, 7, 1), (3, 3, 1, 4)), ((2, 5, 5, 3), (2, 2, 3, 5))], ids=str)
def images_and_taps(request, rng):
    shape, kernel = request.param
    return tf.constant(rng.random(shape), tf.float32), tf.constant(
        rng.normal(size=kernel), tf.float32
    )


def test_moments_and_their_gradients_are_those_of_what_is_convolved(images_and_taps):
    images, taps = images_and_taps
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([images, taps])
        outputs = tf.nn.conv2d(images, taps, 1, "VALID")
        plain = tf.nn.moments(outputs, (0, 1, 2))
        ours = convolved_moments(patches(images, taps.shape[0]), taps)
        scores = [tf.reduce_sum(mean - 2 * tf.sqrt(variance)) for mean, variance in (plain, ours)]
    for mine, theirs in zip(ours, plain, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-6)
    for given in (images, taps):
        gradients = [tape.gradient(score, given) for score in scores]
        np.testing.assert_allclose(*gradients, rtol=1e-3, atol=1e-5)


def test_the_variance_of_what_is_all_alike_is_not_below_zero(rng):
    images = tf.fill([4, 9, 9, 1], 0.7)
    kernel = tf.constant(rng.normal(size=(3, 3, 1, 64)), tf.float32)
    _, variance = convolved_moments(patches(images, 3), kernel)
    assert (variance.numpy() >= 0).all()
    np.testing.assert_allclose(variance, np.zeros(64), atol=1e-5)


def test_with_patches_a_convolution_has_the_results_and_gradients_of_a_plain_one(
    images_and_taps, rng
):
    images, taps = images_and_taps
    bias = tf.constant(rng.normal(size=taps.shape[-1]), tf.float32)
    found = patches(images, taps.shape[0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([images, taps, bias])
        plain = tf.nn.conv2d(images, taps, 1, "VALID") + bias
        ours = convolve_with_patches(images, found, taps, bias)
        weight = tf.constant(rng.normal(size=plain.shape), tf.float32)
        scores = [tf.reduce_sum(weight * each) for each in (plain, ours)]
    np.testing.assert_allclose(ours, plain, rtol=1e-5, atol=1e-6)
    gradients = (tape.gradient(score, [images, taps, bias]) for score in scores)
    for theirs, mine in zip(*gradients, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-4)
