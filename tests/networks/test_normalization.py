import keras
import numpy as np
import pytest
import tensorflow as tf

from inkdigits.networks.normalization import (
    FusedBatchNormalization,
    PassingMaxPooling2D,
    PassingRelu,
)
from tests.networks.layer_cases import inputs_of, outputs_and_gradients

SHAPES = [(6, 5, 4, 3), (2, 2, 2, 1), (7, 3), (2, 4)]


def pair(shape, **options):
    """Our layer and Keras's with the same random variables."""
    rng = np.random.default_rng(1)
    layers = []
    for kind in (FusedBatchNormalization, keras.layers.BatchNormalization):
        layer = kind(momentum=0.75, **options)
        layer.build(shape)
        layers.append(layer)
    weights = [rng.uniform(0.5, 1.5, variable.shape) for variable in layers[0].weights]
    for layer in layers:
        layer.set_weights(weights)
    return layers


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("training", [False, True])
def test_outputs_and_moving_statistics_are_those_of_keras(shape, training):
    fused, keras_own = pair(shape)
    for _ in range(2):
        np.testing.assert_allclose(
            fused(inputs_of(shape), training=training),
            keras_own(inputs_of(shape), training=training),
            rtol=1e-4,
            atol=1e-5,
        )
    for ours, theirs in zip(fused.weights, keras_own.weights, strict=True):
        assert ours.name == theirs.name
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5, err_msg=ours.name)


@pytest.mark.parametrize("shape", SHAPES)
def test_gradients_are_those_of_keras(shape):
    fused, keras_own = pair(shape)
    _, ours = outputs_and_gradients(fused, inputs_of(shape))
    _, theirs = outputs_and_gradients(keras_own, inputs_of(shape))
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-3, atol=1e-4)


def test_moving_variance_follows_the_population_variance_of_a_batch_of_two():
    layer = FusedBatchNormalization(momentum=0.5)
    layer(np.array([[0.0], [4.0]], np.float32), training=True)
    # Mean 2, population variance 4 (the sample's would be 8); the moving ones start at 0 and 1.
    assert layer.moving_mean.numpy().tolist() == [1.0]
    assert layer.moving_variance.numpy() == pytest.approx([2.5])


def test_a_single_row_has_variance_zero():
    fused, keras_own = pair((1, 3))
    inputs = inputs_of((1, 3))
    np.testing.assert_allclose(fused(inputs, training=True), keras_own(inputs, training=True), 1e-5)
    np.testing.assert_allclose(fused.moving_variance.numpy(), keras_own.moving_variance.numpy())


@pytest.mark.parametrize("shape", [(6, 5, 4, 3), (7, 3)])
def test_a_frozen_layer_uses_and_keeps_its_moving_statistics_as_in_keras(shape):
    fused, keras_own = pair(shape)
    before = fused.get_weights()
    for layer in (fused, keras_own):
        layer.trainable = False
    ours, theirs = (layer(inputs_of(shape), training=True) for layer in (fused, keras_own))
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    np.testing.assert_allclose(ours, fused(inputs_of(shape), training=False), rtol=1e-6)
    for old, new in zip(before, fused.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((7, 3), {"scale": False}),
        ((7, 3), {"center": False}),
        ((6, 4, 4, 3), {"axis": 1}),
        ((6, 4, 4, 3), {"axis": 3}),
        ((6, 4, 3), {}),
    ],
)
def test_arguments_that_cannot_be_fused_work_as_in_keras(shape, options):
    fused, keras_own = pair(shape, **options)
    ours, theirs = (layer(inputs_of(shape), training=True) for layer in (fused, keras_own))
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    for our, their in zip(fused.get_weights(), keras_own.get_weights(), strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-5)


def test_masked_places_do_not_count_as_in_keras():
    fused, keras_own = pair((6, 4, 3))
    mask = np.random.default_rng(0).random((6, 4)) < 0.5
    ours, theirs = (
        layer(inputs_of((6, 4, 3)), training=True, mask=mask) for layer in (fused, keras_own)
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    np.testing.assert_allclose(fused.moving_mean.numpy(), keras_own.moving_mean.numpy(), rtol=1e-5)


@pytest.mark.parametrize("shape", [(64, 5, 5, 3), (64, 3)])
def test_bfloat16_computes_in_bfloat16_with_float32_variables(shape):
    fused, keras_own = pair(shape, dtype="mixed_bfloat16")
    ours, theirs = (layer(inputs_of(shape), training=True) for layer in (fused, keras_own))
    assert ours.dtype == tf.bfloat16
    assert {variable.dtype for variable in fused.variables} == {"float32"}
    np.testing.assert_allclose(tf.cast(ours, tf.float32), tf.cast(theirs, tf.float32), 0.02, 0.02)
    for our, their in zip(fused.get_weights(), keras_own.get_weights(), strict=True):
        np.testing.assert_allclose(our, their, rtol=0.01)


def test_works_in_a_compiled_graph():
    fused, keras_own = pair((6, 5, 4, 3))
    compiled = tf.function(lambda x: fused(x, training=True))
    inputs = inputs_of((6, 5, 4, 3))
    np.testing.assert_allclose(compiled(inputs), keras_own(inputs, training=True), 1e-4, 1e-5)
    np.testing.assert_allclose(
        fused.moving_variance.numpy(), keras_own.moving_variance.numpy(), rtol=1e-5
    )


def test_keras_can_copy_it_from_its_configuration():
    copy = keras.layers.deserialize(keras.layers.serialize(FusedBatchNormalization(momentum=0.25)))
    assert type(copy) is FusedBatchNormalization
    assert copy.momentum == 0.25


def compiled_pair(shape, pool=1, rectify=False, **options):
    """Our layer, compiled with what lies behind it, and Keras's, with the same variables."""
    fused, keras_own = pair(shape, **options)
    ours = FusedBatchNormalization(momentum=0.75, **options)
    ours.by_xla, ours.pool, ours.rectify = True, pool, rectify
    ours.build(shape)
    ours.set_weights(fused.get_weights())
    return ours, keras_own


@pytest.mark.parametrize(("pool", "rectify"), [(1, False), (2, True)])
def test_compiled_it_has_the_results_gradients_and_statistics_of_the_layers_behind_it(
    pool, rectify
):
    shape = (6, 5, 4, 3)
    ours, keras_own = compiled_pair(shape, pool, rectify)
    assert ours.takes_over
    norm, pooling = keras_own, keras.layers.MaxPooling2D(pool)
    relu = keras.layers.ReLU() if rectify else keras.layers.Identity()
    theirs = keras.Sequential([norm, pooling, relu])
    (mine, my_gradients), (other, other_gradients) = (
        outputs_and_gradients(layer, inputs_of(shape)) for layer in (ours, theirs)
    )
    assert mine.shape == (6, 5 // pool, 4 // pool, 3)
    np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-5)
    for our, their in zip(my_gradients, other_gradients, strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-3, atol=1e-4)
    for our, their in zip(ours.get_weights(), norm.get_weights(), strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-5)
    # Outside of training it normalises and leaves the rest to the layers behind it.
    np.testing.assert_allclose(ours(inputs_of(shape)), norm(inputs_of(shape)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((6, 5, 4, 3), {"scale": False}),
        ((6, 5, 4, 3), {"center": False}),
        ((6, 5, 4, 3), {"axis": 1}),
        ((6, 5, 4, 3), {"dtype": "mixed_bfloat16"}),
        ((6, 3), {}),
        ((6, 4, 3), {}),
        ((6, None, 4, 3), {}),
    ],
)
def test_what_cannot_be_compiled_takes_nothing_over(shape, options):
    ours, _ = compiled_pair(shape, **options)
    assert not ours.takes_over
    assert ours.rehearse(2) == []


def test_a_frozen_layer_takes_nothing_over():
    ours, keras_own = compiled_pair((6, 5, 4, 3), pool=2, rectify=True)
    ours.trainable = keras_own.trainable = False
    assert not ours.takes_over
    inputs = inputs_of((6, 5, 4, 3))
    outputs = (layer(inputs, training=True) for layer in (ours, keras_own))
    np.testing.assert_allclose(*outputs, rtol=1e-5)


def test_a_pooling_is_compiled_where_squares_do_not_overlap():
    inputs = inputs_of((2, 6, 6, 3))
    for options, is_compiled in (({}, True), ({"strides": 1}, False), ({"padding": "same"}, False)):
        ours = PassingMaxPooling2D(2, **options)
        ours.by_xla = True
        pooled = ours(inputs, training=True)
        np.testing.assert_array_equal(pooled, keras.layers.MaxPooling2D(2, **options)(inputs))
        assert bool(ours.rehearse(tf.constant(2))) == is_compiled


def test_what_is_done_is_passed_on_while_training_alone():
    norm, _ = compiled_pair((2, 4, 4, 3), pool=2, rectify=True)
    pooling, relu = PassingMaxPooling2D(2), PassingRelu("relu")
    pooling.norm_before = relu.norm_before = lambda: norm
    inputs = inputs_of((2, 4, 4, 3)) - 3
    for layer, plain in ((pooling, keras.layers.MaxPooling2D(2)), (relu, keras.layers.ReLU())):
        np.testing.assert_array_equal(layer(inputs, training=True), inputs)
        np.testing.assert_array_equal(layer(inputs), plain(inputs))
        norm.trainable = False
        np.testing.assert_array_equal(layer(inputs, training=True), plain(inputs))
        norm.trainable = True


@pytest.mark.parametrize("layer", [PassingMaxPooling2D(3), PassingRelu("relu")])
def test_keras_can_copy_layers_that_pass_on(layer):
    copy = keras.layers.deserialize(keras.layers.serialize(layer))
    assert type(copy) is type(layer)
    assert copy.get_config() == layer.get_config()
