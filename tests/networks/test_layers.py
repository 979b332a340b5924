from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf

from inkdigits.networks.layers import (
    NormalizedConv2D,
    NormalizedDense,
    WinogradConv2D,
    filtering_always,
)
from inkdigits.networks.normalization import FusedBatchNormalization
from tests.networks.layer_cases import inputs_of, outputs_and_gradients


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


def convolution(by_xla, channels=32, kind=WinogradConv2D, **options):
    layer = kind(4, options.pop("kernel_size", 3), bias_initializer="ones", **options)
    layer.by_xla = by_xla
    layer.build((None, 8, 9, channels))
    return layer


def products_for(layer, channels=32):
    """The batches of matrices that a training step multiplies: none for a plain convolution."""
    step = tf.function(lambda x: layer(x, training=True))
    graph = step.get_concrete_function(tf.TensorSpec([None, 8, 9, channels])).graph
    return sum(each.type == "BatchMatMulV2" for each in graph.get_operations())


@pytest.mark.parametrize("kind", [WinogradConv2D, NormalizedConv2D])
def test_trained_by_xla_a_convolution_has_the_values_of_a_plain_one(kind):
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
        ({"by_xla": True}, 5),
        ({"by_xla": False}, 0),
        ({"by_xla": True, "channels": 31}, 0),
        ({"by_xla": True, "dtype": "mixed_bfloat16"}, 0),
        ({"by_xla": True, "strides": 2}, 0),
        ({"by_xla": True, "dilation_rate": 2}, 0),
        ({"by_xla": True, "padding": "same"}, 0),
        ({"by_xla": True, "kernel_size": 1}, 0),
        ({"by_xla": True, "kernel_size": (2, 3)}, 0),
        ({"by_xla": True, "kernel_size": 8}, 0),
    ],
    ids=str,
)
def test_winograd_is_for_many_channels_in_float32_and_plain_steps(options, products):
    layer = convolution(**options)
    assert products_for(layer, options.get("channels", 32)) == products
    assert bool(layer.rehearse(tf.constant(2))) == bool(products)


def test_a_backend_or_a_build_without_xla_convolves_plainly(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("inkdigits.networks.tensorflow_xla.compiles", lambda: False)
        assert products_for(convolution(True)) == 0
    with monkeypatch.context() as patch:
        patch.setattr(keras.backend, "backend", lambda: "jax")
        assert not convolution(True).rehearse(tf.constant(2))


def test_a_model_may_be_filtered_outside_of_training_for_a_while():
    layers = [convolution(by_xla) for by_xla in (True, False)]
    model = keras.Sequential([keras.Input((8, 9, 32)), layers[0]])
    inputs = inputs_of((2, 8, 9, 32))
    plain = model(inputs).numpy()
    with pytest.raises(KeyError), filtering_always(model):
        assert layers[0].filters_always
        filtered = model(inputs).numpy()
        raise KeyError
    assert not layers[0].filters_always
    assert (filtered != plain).any()
    np.testing.assert_allclose(filtered, plain, rtol=0, atol=2e-5 * np.abs(plain).max())
    np.testing.assert_array_equal(model(inputs), plain)
    with filtering_always(keras.Sequential([layers[1]])):
        assert not layers[1].filters_always
