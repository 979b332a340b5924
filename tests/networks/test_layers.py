from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf

from inkdigits.networks.layers import (
    FusedBatchNormalization,
    NormalizedConv2D,
    NormalizedDense,
    WinogradConv2D,
)

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


def models_with_biases(kind, shape, **options):
    """A layer of ours and Keras's, each before its normalisation, with the same variables."""
    policy = options.pop("dtype", "float32")
    models = []
    for layer_kind, norm_kind in (
        (kind, FusedBatchNormalization),
        (kind.__base__, keras.layers.BatchNormalization),
    ):
        layer = layer_kind(3, dtype=policy, **options)
        norm = norm_kind(momentum=0.75, dtype=policy)
        if layer_kind is kind:
            norm.left_out_bias = partial(getattr, layer, "bias")
        models.append(keras.Sequential([keras.Input(shape[1:]), layer, norm]))
    rng = np.random.default_rng(1)
    values = [rng.uniform(0.5, 1.5, weight.shape) for weight in models[0].get_weights()]
    for model in models:
        model.set_weights(values)
    return models


BEFORE_A_NORM = pytest.mark.parametrize(
    ("kind", "shape", "options"),
    [
        (NormalizedConv2D, (6, 5, 4, 2), {"kernel_size": 2}),
        (NormalizedConv2D, (2, 9, 8, 1), {"kernel_size": 3, "strides": 2, "padding": "same"}),
        (NormalizedConv2D, (6, 7, 7, 2), {"kernel_size": 2, "dilation_rate": 2}),
        (NormalizedDense, (7, 4), {}),
        (NormalizedDense, (6, 5, 4, 2), {}),
        (NormalizedDense, (6, 4, 2), {}),  # three axes are not fused
    ],
    ids=str,
)


@BEFORE_A_NORM
@pytest.mark.parametrize("training", [False, True])
def test_without_its_bias_a_layer_is_normalised_as_in_keras(kind, shape, options, training):
    ours, theirs = models_with_biases(kind, shape, **options)
    before = ours.layers[1].moving_mean.numpy()
    for _ in range(3):
        np.testing.assert_allclose(
            ours(inputs_of(shape), training=training),
            theirs(inputs_of(shape), training=training),
            rtol=1e-3,
            atol=1e-4,
        )
    for our, their in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-4, atol=1e-5)
    assert (ours.layers[1].moving_mean.numpy() != before).all() == training


@BEFORE_A_NORM
def test_without_its_bias_a_layer_has_the_gradients_of_keras_where_that_of_the_bias_is_0(
    kind, shape, options
):
    ours, theirs = models_with_biases(kind, shape, **options)
    x = tf.constant(inputs_of(shape))
    weight = np.random.default_rng(3).normal(size=ours(x).shape).astype(np.float32)
    gradients = []
    for model in (ours, theirs):
        variables = {each.name: each.value for each in model.trainable_variables}
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = tf.reduce_sum(weight * model(x, training=True))
        gradients.append(tape.gradient(score, {"inputs": x, **variables}))
    our, their = gradients
    np.testing.assert_allclose(their.pop("bias"), 0, atol=1e-3)
    assert our.keys() == their.keys() == {"inputs", "kernel", "gamma", "beta"}
    for name in our:
        np.testing.assert_allclose(our[name], their[name], rtol=1e-3, atol=1e-3, err_msg=name)


def test_the_moving_mean_counts_the_bias_in_by_hand():
    layer, norm = NormalizedDense(1), FusedBatchNormalization(momentum=0.75)
    norm.left_out_bias = partial(getattr, layer, "bias")
    model = keras.Sequential([keras.Input((1,)), layer, norm])
    layer.set_weights([np.array([[2.0]]), np.array([10.0])])
    model(np.array([[1.0], [3.0]], np.float32), training=True)
    # 2 and 6 without the bias have mean 4, with it 14; a quarter of that is new, the old was 0.
    assert norm.moving_mean.numpy().tolist() == [3.5]


@pytest.mark.parametrize(
    ("kind", "shape", "options"),
    [(NormalizedConv2D, (2, 3, 3, 1), {"kernel_size": 2}), (NormalizedDense, (2, 3), {})],
    ids=str,
)
def test_the_bias_is_added_in_inference_alone_and_no_gradient_changes_it(kind, shape, options):
    layer = kind(3, **options)
    layer.build(shape)
    bias = np.array([1.0, -2.0, 3.0], np.float32)
    layer.bias.assign(bias)
    x = inputs_of(shape)
    with_bias, without = layer(x), layer(x, training=True)
    np.testing.assert_allclose(with_bias, without + bias, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(with_bias, layer(x, training=False))
    assert [each.name for each in layer.trainable_weights] == ["kernel"]
    assert [each.name for each in layer.weights] == ["kernel", "bias"]


@BEFORE_A_NORM
def test_a_frozen_normalisation_gets_the_bias_back(kind, shape, options):
    ours, theirs = models_with_biases(kind, shape, **options)
    before = ours.get_weights()
    for model in (ours, theirs):
        model.layers[1].trainable = False
    np.testing.assert_allclose(
        ours(inputs_of(shape), training=True),
        theirs(inputs_of(shape), training=True),
        rtol=1e-4,
        atol=1e-4,
    )
    for old, new in zip(before, ours.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("kind", "shape", "options"),
    [(NormalizedConv2D, (64, 5, 5, 2), {"kernel_size": 2}), (NormalizedDense, (64, 3), {})],
    ids=str,
)
def test_without_a_bias_bfloat16_computes_nearly_what_float32_does(kind, shape, options):
    rough, _ = models_with_biases(kind, shape, dtype="mixed_bfloat16", **options)
    _, exact = models_with_biases(kind, shape, **options)
    ours, theirs = (model(inputs_of(shape), training=True) for model in (rough, exact))
    assert ours.dtype == tf.bfloat16
    np.testing.assert_allclose(tf.cast(ours, tf.float32), theirs, rtol=0.05, atol=0.05)
    assert {variable.dtype for variable in rough.variables} == {"float32"}
    for our, their in zip(rough.get_weights(), exact.get_weights(), strict=True):
        np.testing.assert_allclose(our, their, rtol=0.02)


def test_leaving_the_bias_out_works_in_a_compiled_graph():
    ours, theirs = models_with_biases(NormalizedDense, (7, 4))
    compiled = tf.function(lambda x: ours(x, training=True))
    for _ in range(2):
        np.testing.assert_allclose(
            compiled(inputs_of((7, 4))), theirs(inputs_of((7, 4)), training=True), 1e-3, 1e-4
        )
    np.testing.assert_allclose(
        ours.layers[1].moving_mean.numpy(), theirs.layers[1].moving_mean.numpy(), rtol=1e-5
    )


@pytest.mark.parametrize("layer", [NormalizedConv2D(4, 3, strides=2), NormalizedDense(4)])
def test_keras_can_copy_layers_that_leave_their_bias_out(layer):
    copy = keras.layers.deserialize(keras.layers.serialize(layer))
    assert type(copy) is type(layer)
    assert copy.get_config() == layer.get_config()


def convolution(by_winograd, channels=32, kind=WinogradConv2D, **options):
    layer = kind(4, options.pop("kernel_size", 3), bias_initializer="ones", **options)
    layer.by_winograd = by_winograd
    layer.build((None, 8, 9, channels))
    return layer


def products_for(layer, channels=32):
    """The batches of matrices that a training step multiplies: none for a plain convolution."""
    step = tf.function(lambda x: layer(x, training=True))
    graph = step.get_concrete_function(tf.TensorSpec([None, 8, 9, channels])).graph
    return sum(each.type == "BatchMatMulV2" for each in graph.get_operations())


@pytest.mark.parametrize("kind", [WinogradConv2D, NormalizedConv2D])
def test_trained_by_winograd_a_convolution_has_the_values_of_a_plain_one(kind):
    plain, filtered = (convolution(each, kind=kind) for each in (False, True))
    filtered.set_weights(plain.get_weights())
    inputs = inputs_of((2, 8, 9, 32))
    assert (products_for(plain), products_for(filtered)) == (0, 5)
    (ours, our_gradients), (theirs, their_gradients) = (
        outputs_and_gradients(each, inputs) for each in (filtered, plain)
    )
    for our, their in zip([ours, *our_gradients], [theirs, *their_gradients], strict=True):
        np.testing.assert_allclose(our, their, rtol=0, atol=2e-5 * np.abs(their).max())
    # Outside of training it is the plain one.
    np.testing.assert_array_equal(filtered(inputs), plain(inputs))


@pytest.mark.parametrize(
    ("options", "products"),
    [
        ({"by_winograd": True}, 5),
        ({"by_winograd": False}, 0),
        ({"by_winograd": True, "channels": 31}, 0),
        ({"by_winograd": True, "dtype": "mixed_bfloat16"}, 0),
        ({"by_winograd": True, "strides": 2}, 0),
        ({"by_winograd": True, "dilation_rate": 2}, 0),
        ({"by_winograd": True, "padding": "same"}, 0),
        ({"by_winograd": True, "kernel_size": 1}, 0),
        ({"by_winograd": True, "kernel_size": (2, 3)}, 0),
        ({"by_winograd": True, "kernel_size": 8}, 0),
    ],
    ids=str,
)
def test_winograd_is_for_many_channels_in_float32_and_plain_steps(options, products):
    layer = convolution(**options)
    assert products_for(layer, options.get("channels", 32)) == products
    assert bool(layer.rehearse(tf.constant(2))) == bool(products)


def test_a_backend_or_a_build_without_xla_convolves_plainly(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("inkdigits.networks.tensorflow_winograd.compiles", lambda: False)
        assert products_for(convolution(True)) == 0
    with monkeypatch.context() as patch:
        patch.setattr(keras.backend, "backend", lambda: "jax")
        assert not convolution(True).rehearse(tf.constant(2))
