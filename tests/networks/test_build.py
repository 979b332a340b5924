import keras
import numpy as np
import pytest

from inkdigits.arrays import one_hot, scale
from inkdigits.networks.architecture import (
    ARCHITECTURES,
    BEST,
    BROAD,
    FAST,
    PUBLISHED,
    TUTORIAL,
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    OrientedFilters,
    Relu,
    Softmax,
)
from inkdigits.networks.build import build
from inkdigits.networks.layers import NormalizedConv2D, NormalizedDense, WinogradConv2D
from inkdigits.networks.normalization import FusedBatchNormalization, PassingMaxPooling2D
from inkdigits.networks.oriented_filters import oriented_filters
from inkdigits.networks.weights import get_weights, set_weights

EACH_NETWORK = pytest.mark.parametrize(
    "network", ARCHITECTURES.values(), ids=lambda network: network.name
)

# Every kind of layer, batch normalisation of maps and of rows, ReLU before a pool.
SMALL = Architecture(
    "small",
    (10, 10, 1),
    (
        *(Conv2D(4, 3), BatchNormalization(), Relu(), MaxPooling2D(2)),
        *(Flatten(), BatchNormalization(), Dense(8), BatchNormalization(), Relu(), Dropout(0.25)),
        *(Dense(10), Softmax()),
    ),
)

# In bfloat16 dropout draws other numbers.
DRY = Architecture(
    "dry",
    SMALL.input_shape,
    tuple(layer for layer in SMALL.layers if not isinstance(layer, Dropout)),
)


# A pooling between what is normalised and its normalisation.
POOLED = Architecture(
    "pooled",
    SMALL.input_shape,
    (
        *(Conv2D(4, 3), MaxPooling2D(2), BatchNormalization(), Relu()),
        *(Flatten(), Dense(10), Softmax()),
    ),
)


# A pooling behind a normalisation, and no ReLU behind that.
UNRECTIFIED = Architecture(
    "unrectified",
    SMALL.input_shape,
    (
        *(Conv2D(4, 3), BatchNormalization(), MaxPooling2D(2), BatchNormalization()),
        *(Flatten(), Dense(10), Softmax()),
    ),
)


@pytest.fixture(scope="module")
def batch(digits):
    """32 digits, cut to 10x10 pixels of their middle, and their one-hot labels."""
    few = digits.take(slice(32))
    return scale(few.images)[:, 9:19, 9:19], one_hot(few.labels)


def one_step(model, batch, rate=0.5, weights=None):
    """Take a step of plain gradient descent; return the loss and the weights before and after."""
    if weights is not None:
        set_weights(model, weights)
    model.compile(keras.optimizers.SGD(rate), "categorical_crossentropy", jit_compile=False)
    before = get_weights(model)
    loss = model.train_on_batch(*batch)
    return float(loss), before, get_weights(model)


def assert_same_weights(first, second, rtol=1e-4, atol=1e-5):
    assert first.keys() == second.keys()
    for name in first:
        np.testing.assert_allclose(first[name], second[name], rtol, atol, err_msg=name)


def test_parameter_counts():
    published, tutorial = build(PUBLISHED), build(TUTORIAL)
    assert published.count_params() == 594_922
    assert tutorial.count_params() == 601_706
    assert sum(np.prod(v.shape) for v in tutorial.trainable_variables) == 598_314
    assert sum(np.prod(v.shape) for v in tutorial.non_trainable_variables if v.ndim) >= 3_392


@EACH_NETWORK
@pytest.mark.parametrize("fast_layers", [False, True])
def test_layers_are_named_as_in_the_architecture(network, fast_layers):
    names = [layer.name for layer in build(network, fast_layers=fast_layers).layers]
    assert sorted(names) == sorted(name for name, _ in network.named_layers())
    if not fast_layers:
        assert names == [name for name, _ in network.named_layers()]


@EACH_NETWORK
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("fast_layers", [False, True])
def test_probabilities_and_weights_are_float32_in_any_case(network, precision, fast_layers, digits):
    model = build(network, precision=precision, fast_layers=fast_layers)
    for training in (False, True):
        outputs = model(scale(digits.images[:4]), training=training)
        probabilities = keras.ops.convert_to_numpy(outputs)
        assert probabilities.shape == (4, network.outputs)
        assert probabilities.dtype == np.float32
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
    assert {variable.dtype for layer in model.layers for variable in layer.weights} == {"float32"}


def test_precision_is_what_the_layers_compute_in():
    model = build(PUBLISHED, precision="bfloat16")
    computed = {layer.name: layer.compute_dtype for layer in model.layers}
    assert computed.pop("softmax1") == "float32"
    assert set(computed.values()) == {"bfloat16"}
    assert {layer.compute_dtype for layer in build(PUBLISHED).layers} == {"float32"}


def test_the_same_seed_draws_the_same_weights_and_another_seed_others():
    first, again, other = (get_weights(build(PUBLISHED, seed=seed)) for seed in (3, 3, 4))
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])
        if name.endswith("/kernel"):
            assert (first[name] != other[name]).any()


@EACH_NETWORK
def test_neither_fast_layers_nor_precision_change_the_weights_that_are_drawn(network):
    plain = get_weights(build(network, seed=1))
    fast = get_weights(build(network, seed=1, fast_layers=True, precision="bfloat16"))
    assert plain.keys() == fast.keys()
    for name in plain:
        np.testing.assert_array_equal(plain[name], fast[name])


def test_no_two_layers_start_alike():
    weights = get_weights(build(TUTORIAL))
    conv3, conv4 = weights["conv3/kernel"], weights["conv4/kernel"]
    assert not np.allclose(conv3 / np.abs(conv3).max(), conv4[:, :, :32] / np.abs(conv4).max())


def test_kernels_start_with_glorots_uniform_and_biases_with_zero():
    weights = get_weights(build(PUBLISHED))
    limit = np.sqrt(6 / (1024 + 512))
    kernel = weights["dense1/kernel"]
    assert np.abs(kernel).max() <= limit
    assert kernel.std() == pytest.approx(limit / np.sqrt(3), rel=0.01)
    assert all((weights[name] == 0).all() for name in weights if name.endswith("/bias"))


def test_norm_momentum_is_the_share_of_the_old_value(batch):
    after = {}
    for momentum in (0.0, 0.75, 1.0):
        model = build(SMALL, norm_momentum=momentum)
        model(batch[0], training=True)
        after[momentum] = get_weights(model)["norm1/moving_mean"]
    assert (after[1.0] == 0).all()
    np.testing.assert_allclose(after[0.75], 0.25 * after[0.0], rtol=1e-6)


@EACH_NETWORK
def test_fast_layers_give_the_same_probabilities(network, digits, random_weights):
    inputs = scale(digits.images[:16])
    plain, fast = (build(network, fast_layers=fast) for fast in (False, True))
    for model in (plain, fast):
        set_weights(model, random_weights(network))
    np.testing.assert_allclose(
        plain.predict_on_batch(inputs), fast.predict_on_batch(inputs), 1e-4, 1e-6
    )


def test_fast_layers_are_the_fused_ones_and_pool_before_relu():
    names = [layer.name for layer in build(SMALL, fast_layers=True).layers]
    assert names[:4] == ["conv1", "norm1", "pool1", "relu1"]
    fast = [layer.name for layer in build(FAST, fast_layers=True).layers]
    assert fast[:4] == ["filters1", "pool1", "relu1", "conv1"]
    kinds = {type(layer) for layer in build(SMALL, fast_layers=True).layers}
    assert FusedBatchNormalization in kinds
    assert keras.layers.BatchNormalization not in kinds
    assert FusedBatchNormalization not in {type(layer) for layer in build(SMALL).layers}


def test_fast_layers_give_the_same_loss_gradients_and_moving_statistics(batch):
    plain_loss, before, plain = one_step(build(SMALL, norm_momentum=0.5), batch)
    fast_loss, _, fast = one_step(build(SMALL, norm_momentum=0.5, fast_layers=True), batch)
    assert fast_loss == pytest.approx(plain_loss, rel=1e-5)
    assert_same_weights(plain, fast)
    for name in ("conv1/kernel", "norm3/gamma", "norm2/moving_mean", "norm3/moving_variance"):
        assert np.abs(plain[name] - before[name]).max() > 1e-3, f"{name} should have moved"


@pytest.mark.parametrize("network", [TUTORIAL, FAST, BEST], ids=lambda network: network.name)
def test_fast_layers_train_the_networks_with_normalisation_like_keras_own(network, digits):
    few = digits.take(slice(32))
    batch = scale(few.images), one_hot(few.labels)
    plain_loss, before, plain = one_step(build(network), batch)
    fast_loss, _, fast = one_step(build(network, fast_layers=True), batch)
    assert fast_loss == pytest.approx(plain_loss, rel=1e-4)
    assert plain.keys() == fast.keys()
    for name in plain:
        # Rounding grows through six normalisations: the float32 gradients of Keras's own layers
        # are a hundredth off those in float64 too.
        moved = np.linalg.norm(plain[name] - before[name])
        assert np.linalg.norm(plain[name] - fast[name]) <= 0.05 * moved + 1e-3, name


def test_by_xla_a_network_trains_like_keras_own(many_channels, digits):
    few = digits.take(slice(32))
    batch = scale(few.images), one_hot(few.labels)
    models = [build(many_channels, fast_layers=True, by_xla=each) for each in (False, True)]
    compiled = ["conv1", "pool1", "conv2"]
    for model, chosen in zip(models, ([], compiled), strict=True):
        layers = model.layers
        assert [each.name for each in layers if getattr(each, "by_xla", False)] == chosen
    (plain_loss, _, plain), (loss, _, weights) = (one_step(each, batch) for each in models)
    assert loss == pytest.approx(plain_loss, rel=1e-4)
    assert_same_weights(plain, weights)


@pytest.mark.parametrize(
    ("network", "precision", "folded"),
    [
        (TUTORIAL, "float32", ["norm1"]),
        (BEST, "float32", ["norm1"]),
        (TUTORIAL, "bfloat16", []),
        # Oriented filters, a pooling, and no normalisation at all come behind the images.
        (FAST, "float32", []),
        (BROAD, "float32", []),
        (PUBLISHED, "float32", []),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_first_normalisation_is_folded_into_a_convolution_of_few_taps(
    network, precision, folded
):
    layers = build(network, precision=precision, fast_layers=True).layers
    assert [each.name for each in layers if getattr(each, "folded", False)] == folded
    assert not any(getattr(each, "folded", False) for each in build(network).layers)


def test_a_kernel_with_as_many_taps_as_filters_has_its_outputs_normalised():
    layers = (Conv2D(9, kernel=3), BatchNormalization(), Flatten(), Dense(2), Softmax())
    wide = Architecture(name="wide", input_shape=(8, 8, 1), layers=layers)
    assert not build(wide, fast_layers=True).layers[1].folded


def test_a_folded_normalisation_that_is_frozen_keeps_its_statistics(batch, random_weights):
    weights = random_weights(TUTORIAL)
    inputs = np.random.default_rng(4).random((4, 28, 28, 1)).astype(np.float32)
    plain, fast = (build(TUTORIAL, fast_layers=each) for each in (False, True))
    first_two = []
    for model in (plain, fast):
        set_weights(model, weights)
        model.get_layer("norm1").trainable = False
        before = get_weights(model)["norm1/moving_mean"]
        convolved = model.get_layer("conv1")(inputs, training=True)
        first_two.append(model.get_layer("norm1")(convolved, training=True))
        np.testing.assert_array_equal(get_weights(model)["norm1/moving_mean"], before)
    np.testing.assert_allclose(*first_two, rtol=1e-4, atol=1e-5)


def test_layers_that_are_not_fast_are_not_trained_by_xla():
    assert keras.layers.Conv2D in {type(layer) for layer in build(TUTORIAL, by_xla=True).layers}


@pytest.mark.parametrize("network", [SMALL, DRY], ids=lambda network: network.name)
def test_fast_layers_learn_the_same_from_biases_that_are_not_zero(network, batch, random_weights):
    weights = random_weights(network)
    plain_loss, _, plain = one_step(build(network, norm_momentum=0.5), batch, weights=weights)
    model = build(network, norm_momentum=0.5, fast_layers=True)
    fast_loss, before, fast = one_step(model, batch, weights=weights)
    assert np.abs(before["conv1/bias"]).min() > 1e-3
    assert fast_loss == pytest.approx(plain_loss, rel=1e-5)
    assert_same_weights(plain, fast)
    for name in ("conv1/bias", "dense1/bias"):
        np.testing.assert_array_equal(fast[name], before[name])


def test_a_bias_before_a_pooling_and_a_normalisation_is_left_out_with_the_same_results(
    batch, random_weights
):
    weights = random_weights(POOLED)
    plain, fast = (build(POOLED, norm_momentum=0.5, fast_layers=each) for each in (False, True))
    kinds = [type(layer) for layer in fast.layers[:3]]
    assert kinds == [NormalizedConv2D, PassingMaxPooling2D, FusedBatchNormalization]
    for model in (plain, fast):
        set_weights(model, weights)
    outputs = (model.predict_on_batch(batch[0]) for model in (plain, fast))
    np.testing.assert_allclose(*outputs, rtol=1e-4, atol=1e-6)
    plain_loss, before, learnt = one_step(plain, batch, weights=weights)
    fast_loss, _, learnt_fast = one_step(fast, batch, weights=weights)
    assert np.abs(before["conv1/bias"]).min() > 1e-3
    assert fast_loss == pytest.approx(plain_loss, rel=1e-5)
    assert_same_weights(learnt, learnt_fast)
    np.testing.assert_array_equal(learnt_fast["conv1/bias"], before["conv1/bias"])
    for name in ("conv1/kernel", "norm1/gamma", "norm1/moving_mean", "norm1/moving_variance"):
        assert np.abs(learnt[name] - before[name]).max() > 1e-3, f"{name} should have moved"


@pytest.mark.parametrize(
    ("network", "resting"),
    [
        (PUBLISHED, set()),
        # conv4 and dense2 have no normalisation right behind them.
        (TUTORIAL, {"conv1/bias", "conv2/bias", "conv3/bias", "dense1/bias"}),
        (FAST, {"conv1/bias", "dense1/bias"}),
        (POOLED, {"conv1/bias"}),
        (BEST, {f"{n}/bias" for n, layer in BEST.named_layers() if isinstance(layer, Conv2D)}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_biases_right_before_a_normalisation_rest_in_fast_layers_alone(network, resting):
    plain, fast = (build(network, fast_layers=fast) for fast in (False, True))
    learnt, learnt_fast = (
        {f"{layer.name}/{each.name}" for layer in model.layers for each in layer.trainable_weights}
        for model in (plain, fast)
    )
    assert learnt - learnt_fast == resting
    assert learnt_fast <= learnt
    assert len(fast.trainable_variables) == len(learnt_fast)
    shapes, shapes_fast = (
        {name: array.shape for name, array in get_weights(model).items()} for model in (plain, fast)
    )
    assert shapes == shapes_fast
    assert fast.count_params() == plain.count_params()


def test_layers_without_a_normalisation_right_behind_them_keep_their_bias():
    kinds = {layer.name: type(layer) for layer in build(TUTORIAL, fast_layers=True).layers}
    for name in ("conv1", "conv2", "conv3"):
        assert kinds[name] is NormalizedConv2D
    assert kinds["dense1"] is NormalizedDense
    assert kinds["conv4"] is WinogradConv2D
    assert kinds["dense2"] is keras.layers.Dense


@pytest.mark.parametrize("fast_layers", [False, True])
@pytest.mark.parametrize("seed", [0, 7])
def test_oriented_filters_are_drawn_whatever_the_seed_and_stay_in_training(
    fast_layers, seed, digits
):
    model = build(FAST, seed=seed, fast_layers=fast_layers)
    assert model.get_layer("filters1").trainable_variables == []
    few = digits.take(slice(32))
    _, before, after = one_step(model, (scale(few.images), one_hot(few.labels)))
    for weights in (before, after):
        np.testing.assert_array_equal(weights["filters1/kernel"], oriented_filters(16, 5))
        assert "filters1/bias" not in weights
    assert (before["conv1/kernel"] != after["conv1/kernel"]).any()


def test_oriented_filters_are_laid_on_every_stride_without_padding(rng):
    network = Architecture(
        "filters", (8, 10, 1), (OrientedFilters(4, kernel=3, stride=2), Flatten(), Softmax())
    )
    picture = rng.random((8, 10)).astype(np.float32)
    model = build(network)
    answers = np.asarray(model.get_layer("filters1")(picture[np.newaxis, :, :, np.newaxis]))
    kernels = oriented_filters(4, 3)[:, :, 0]
    assert answers.shape == (1, 3, 4, 4)
    for row in range(3):
        for column in range(4):
            patch = picture[2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
            expected = np.tensordot(patch, kernels, axes=2)
            np.testing.assert_allclose(answers[0, row, column], expected, atol=1e-5)


def test_oriented_filters_before_a_normalisation_have_no_bias_to_leave_out(batch):
    layers = (OrientedFilters(4, 3, 1), BatchNormalization(), Flatten(), Dense(10), Softmax())
    network = Architecture("filtered", (10, 10, 1), layers)
    plain_loss, _, plain = one_step(build(network), batch)
    fast_loss, _, fast = one_step(build(network, fast_layers=True), batch)
    assert fast_loss == pytest.approx(plain_loss, rel=1e-5)
    assert_same_weights(plain, fast)


def test_fast_layers_in_bfloat16_train_nearly_as_in_float32(batch):
    exact_loss, before, exact = one_step(build(DRY, norm_momentum=0.5), batch)
    model = build(DRY, norm_momentum=0.5, fast_layers=True, precision="bfloat16")
    loss, _, rough = one_step(model, batch)
    assert loss == pytest.approx(exact_loss, rel=0.02)
    assert exact.keys() == rough.keys()
    for name in exact:
        moved = np.linalg.norm(exact[name] - before[name])
        assert np.linalg.norm(exact[name] - rough[name]) <= 0.2 * moved + 0.01, name


def test_dropout_draws_anew_at_every_step_and_rests_in_inference(batch):
    model = build(SMALL, seed=5)
    first, second = (np.asarray(model(batch[0], training=True)) for _ in range(2))
    assert (first != second).any()
    first, second = (np.asarray(model(batch[0], training=False)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_pooling_and_relu_commute(rng):
    images = rng.normal(size=(3, 6, 6, 2)).astype(np.float32)
    pool, relu = keras.layers.MaxPooling2D(2), keras.layers.ReLU()
    np.testing.assert_array_equal(np.asarray(pool(relu(images))), np.asarray(relu(pool(images))))
