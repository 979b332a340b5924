import numpy as np
import pytest
import tensorflow as tf

from inkdigits.networks.tensorflow_norm import PooledNormalization, Pooling

EPSILON = 1e-3

CASES = [
    # height, width, channels, pool, rectify
    (6, 6, 3, 2, True),
    (7, 5, 2, 2, True),  # a last row and a last column in no square
    (6, 7, 2, 3, False),
    (4, 5, 3, 1, True),
    (3, 3, 2, 1, False),
]


def given(height, width, channels, batch=4):
    rng = np.random.default_rng(6)
    images = rng.normal(2, 3, (batch, height, width, channels))
    gamma = rng.normal(size=channels)
    gamma[0] = -np.abs(gamma[0])  # the smallest value of each square becomes the largest
    return images, gamma, rng.normal(size=channels)


def plain(images, gamma, beta, pool, rectify):
    mean, variance = tf.nn.moments(images, (0, 1, 2))
    outputs = tf.nn.batch_normalization(images, mean, variance, beta, gamma, EPSILON)
    outputs = tf.nn.max_pool2d(outputs, pool, pool, "VALID")
    return tf.nn.relu(outputs) if rectify else outputs, mean, variance


def results_and_gradients(function, arrays, dtype):
    arrays = [tf.constant(each, dtype) for each in arrays]
    with tf.GradientTape() as tape:
        tape.watch(arrays)
        outputs, *rest = function(*arrays)
        weight = np.random.default_rng(7).normal(size=outputs.shape)
        score = tf.reduce_sum(outputs * tf.constant(weight, dtype))
    return [outputs, *rest, *tape.gradient(score, arrays)]


@pytest.mark.parametrize(("height", "width", "channels", "pool", "rectify"), CASES)
def test_results_and_gradients_are_those_of_three_layers(height, width, channels, pool, rectify):
    arrays = given(height, width, channels)
    normalize = PooledNormalization((height, width, channels), pool, EPSILON, rectify=rectify)
    ours = results_and_gradients(normalize, arrays, tf.float32)
    exact = results_and_gradients(lambda *each: plain(*each, pool, rectify), arrays, tf.float64)
    assert len(ours) == len(exact) == 6
    for our, true in zip(ours, exact, strict=True):
        assert our.shape == true.shape
        np.testing.assert_allclose(our, true, rtol=0, atol=1e-5 * np.abs(true).max())


def test_normalisation_by_hand():
    normalize = PooledNormalization((2, 2, 1), 2, 0.0, rectify=True)
    images = tf.constant([0.0, 2, 4, 6], shape=[1, 2, 2, 1])
    outputs, mean, variance = normalize(images, tf.constant([-1.0]), tf.constant([0.5]))
    assert (mean.numpy().tolist(), variance.numpy().tolist()) == ([3.0], [5.0])
    # Of -1 times these, the one of 0 is the largest: 3 over the root of 5.
    assert outputs.numpy().ravel() == pytest.approx([3 / 5**0.5 + 0.5])
    outputs, _, _ = normalize(images, tf.constant([-1.0]), tf.constant([-2.0]))
    assert outputs.numpy().ravel().tolist() == [0.0]


def test_the_mean_of_many_values_far_from_0_is_not_rounded_away():
    normalize = PooledNormalization((24, 24, 1), 1, EPSILON, rectify=False)
    images = np.random.default_rng(8).normal(100, 0.1, (64, 24, 24, 1)).astype(np.float32)
    outputs, mean, variance = normalize(tf.constant(images), tf.ones(1), tf.zeros(1))
    exact = images.astype(np.float64)
    np.testing.assert_allclose(mean, [exact.mean()], rtol=1e-6)
    np.testing.assert_allclose(variance, [exact.var()], rtol=1e-4)
    expected = (exact - exact.mean()) / np.sqrt(exact.var() + EPSILON)
    np.testing.assert_allclose(outputs, expected, atol=1e-3)


@pytest.mark.parametrize("rectify", [False, True])
def test_of_equal_values_the_first_gets_the_gradient(rectify):
    normalize = PooledNormalization((2, 4, 1), 2, EPSILON, rectify=rectify)
    arrays = np.array([[1.0, 1, 0, 2], [1, 1, 2, 2]]).reshape(1, 2, 4, 1), [1.0], [9.0]
    ours = results_and_gradients(normalize, arrays, tf.float32)
    theirs = results_and_gradients(lambda *each: plain(*each, 2, rectify), arrays, tf.float32)
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our, their, atol=1e-5)


@pytest.mark.parametrize(("height", "width", "pool"), [(6, 6, 2), (7, 8, 3), (5, 5, 5)])
def test_pooling_has_the_results_and_gradients_of_the_layer(height, width, pool):
    # Few different values, so that many squares have several that are the largest.
    images = np.random.default_rng(9).integers(0, 3, (5, height, width, 4)).astype(np.float32)
    pooling = Pooling((height, width, 4), pool)
    ours = results_and_gradients(lambda each: [pooling(each)], [images], tf.float32)
    theirs = results_and_gradients(
        lambda each: [tf.nn.max_pool2d(each, pool, pool, "VALID")], [images], tf.float32
    )
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(our, their)


@pytest.mark.parametrize("batch", [1, 3])
def test_one_compilation_serves_batches_of_any_size(batch):
    normalize = PooledNormalization((4, 4, 2), 2, EPSILON, rectify=True)
    shapes = [tf.TensorSpec([None, 4, 4, 2]), tf.TensorSpec([2]), tf.TensorSpec([2])]
    within = tf.function(normalize, shapes)
    arrays = [tf.constant(each, tf.float32) for each in given(4, 4, 2, batch)]
    for our, their in zip(within(*arrays), plain(*arrays, 2, True), strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-4, atol=1e-5)


def test_rehearsing_calls_everything_in_a_graph_too():
    for each in (
        PooledNormalization((4, 4, 2), 2, EPSILON, rectify=True),
        Pooling((4, 4, 2), 2),
    ):
        values = tf.function(each.rehearse)(tf.constant(2))
        assert [float(value) for value in values] == [0.0, 0.0]
