import numpy as np
import pytest
import tensorflow as tf

from inkdigits.networks.tensorflow_winograd import WinogradConvolution

CASES = [
    # height, width, channels, kernel, filters, tile
    (12, 12, 2, 3, 5, 5),
    (9, 14, 2, 3, 3, 4),
    (4, 4, 3, 3, 2, 2),
    (7, 8, 2, 5, 3, 3),
    (3, 3, 2, 3, 3, 1),
]


def arrays(height, width, channels, kernel, filters, batch=3):
    rng = np.random.default_rng(5)
    images = rng.random((batch, height, width, channels))
    taps = rng.normal(size=(kernel, kernel, channels, filters))
    upstream = rng.normal(size=(batch, height - kernel + 1, width - kernel + 1, filters))
    return images, taps, upstream


def results_and_gradients(convolve, images, taps, upstream, dtype):
    images, taps, upstream = (tf.constant(each, dtype) for each in (images, taps, upstream))
    with tf.GradientTape() as tape:
        tape.watch([images, taps])
        results = convolve(images, taps)
        score = tf.reduce_sum(results * upstream)
    return [results, *tape.gradient(score, [images, taps])]


def plain(images, taps):
    return tf.nn.conv2d(images, taps, 1, "VALID")


@pytest.mark.parametrize(("height", "width", "channels", "kernel", "filters", "tile"), CASES)
def test_results_and_gradients_are_those_of_the_plain_convolution(
    height, width, channels, kernel, filters, tile
):
    given = arrays(height, width, channels, kernel, filters)
    convolve = WinogradConvolution((height, width, channels), kernel, filters, tile)
    ours = results_and_gradients(convolve, *given, tf.float32)
    exact = results_and_gradients(plain, *given, tf.float64)
    for our, true in zip(ours, exact, strict=True):
        assert our.shape == true.shape
        np.testing.assert_allclose(our, true, rtol=0, atol=2e-5 * np.abs(true).max())


def test_ones_by_hand():
    convolve = WinogradConvolution((6, 6, 2), 3, 1, 2)
    images = tf.Variable(tf.ones([1, 6, 6, 2]))
    kernel = tf.Variable(tf.ones([3, 3, 2, 1]))
    with tf.GradientTape() as tape:
        results = convolve(images, kernel)
    np.testing.assert_allclose(results, np.full((1, 4, 4, 1), 18), rtol=1e-5)
    to_images, to_kernel = tape.gradient(results, [images, kernel])
    # Each tap meets 16 ones; a pixel in the corner lies under one kernel, one within under nine.
    np.testing.assert_allclose(to_kernel, np.full((3, 3, 2, 1), 16), rtol=1e-5)
    down = np.array([1, 2, 3, 3, 2, 1])
    np.testing.assert_allclose(to_images[0, :, :, 0], np.outer(down, down), rtol=1e-5)


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_one_compilation_serves_batches_of_any_size(batch):
    convolve = WinogradConvolution((6, 5, 2), 3, 3, 2)
    images, taps, _ = arrays(6, 5, 2, 3, 3, batch)
    within = tf.function(convolve, [tf.TensorSpec([None, 6, 5, 2]), tf.TensorSpec([3, 3, 2, 3])])
    images, taps = tf.constant(images, tf.float32), tf.constant(taps, tf.float32)
    np.testing.assert_allclose(within(images, taps), plain(images, taps), atol=1e-5)


def test_the_answer_to_an_image_does_not_depend_on_the_others(rng):
    convolve = WinogradConvolution((6, 6, 2), 3, 3, 4)
    images, taps, _ = (tf.constant(each, tf.float32) for each in arrays(6, 6, 2, 3, 3))
    damaged = tf.concat([images[:1], tf.fill([1, 6, 6, 2], np.nan), images[2:]], axis=0)
    results = convolve(damaged, taps).numpy()
    np.testing.assert_array_equal(results[[0, 2]], convolve(images, taps).numpy()[[0, 2]])
    assert np.isnan(results[1]).all()


def test_rehearsing_calls_every_transformation_in_a_graph_too():
    convolve = WinogradConvolution((6, 6, 2), 3, 3, 4)
    values = tf.function(convolve.rehearse)(tf.constant(2))
    assert [float(each) for each in values] == [0.0] * 4
