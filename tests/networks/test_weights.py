import numpy as np
import pytest

from inkdigits.errors import ModelFileError
from inkdigits.networks.architecture import (
    PUBLISHED,
    TUTORIAL,
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Softmax,
)
from inkdigits.networks.build import build
from inkdigits.networks.weights import check_shapes, get_weights, set_weights

SMALL = Architecture(
    "small",
    (4, 4, 1),
    (Conv2D(2, 2), BatchNormalization(), Flatten(), Dropout(0.5), Dense(3), Softmax()),
)


@pytest.fixture
def weights(random_weights):
    return random_weights(SMALL)


def test_names_are_layer_and_variable_without_dropouts_random_state():
    shapes = {name: array.shape for name, array in get_weights(build(SMALL)).items()}
    assert shapes == {
        "conv1/kernel": (2, 2, 1, 2),
        "conv1/bias": (2,),
        **{f"norm1/{each}": (2,) for each in ("gamma", "beta", "moving_mean", "moving_variance")},
        "dense1/kernel": (18, 3),
        "dense1/bias": (3,),
    }


@pytest.mark.parametrize(("network", "count"), [(PUBLISHED, 594_922), (TUTORIAL, 601_706)])
def test_the_weights_are_all_parameters(network, count):
    weights = get_weights(build(network))
    assert sum(array.size for array in weights.values()) == count
    assert {array.dtype for array in weights.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("fast_layers", [False, True])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_what_is_set_is_what_comes_back(weights, fast_layers, precision):
    model = build(SMALL, fast_layers=fast_layers, precision=precision)
    set_weights(model, weights)
    back = get_weights(model)
    assert back.keys() == weights.keys()
    for name in weights:
        np.testing.assert_array_equal(back[name], weights[name])


def test_returned_weights_do_not_change_with_the_model(weights):
    model = build(SMALL)
    before = get_weights(model)
    kept = {name: array.copy() for name, array in before.items()}
    set_weights(model, weights)
    for name in kept:
        np.testing.assert_array_equal(before[name], kept[name])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dense1/bias": None}, "the weights lack 'dense1/bias'"),
        ({"dense2/bias": np.zeros(3)}, "the network has no weight 'dense2/bias'"),
        (
            {"dense1/kernel": np.zeros((3, 18))},
            "the weight 'dense1/kernel' must have shape (18, 3); received (3, 18)",
        ),
        (
            {"conv1/bias": np.zeros(())},
            "the weight 'conv1/bias' must have shape (2,); received ()",
        ),
        (
            {"conv1/bias": np.zeros((2, 1))},
            "the weight 'conv1/bias' must have shape (2,); received (2, 1)",
        ),
    ],
)
def test_weights_of_another_network_are_refused_and_change_nothing(weights, change, message):
    model = build(SMALL)
    before = get_weights(model)
    wrong = {name: array for name, array in {**weights, **change}.items() if array is not None}
    with pytest.raises(ModelFileError) as caught:
        set_weights(model, wrong)
    assert str(caught.value) == message
    after = get_weights(model)
    for name in before:
        np.testing.assert_array_equal(after[name], before[name])


def test_no_weights_at_all_are_refused():
    with pytest.raises(ModelFileError, match="lack"):
        set_weights(build(SMALL), {})


def test_the_first_difference_in_the_order_of_names_is_the_one_named():
    expected = {"a": (1,), "b": (2,), "c": (3,)}
    weights = {"a": np.zeros(1), "b": np.zeros(3), "d": np.zeros(1)}
    with pytest.raises(ModelFileError, match="'b' must have shape"):
        check_shapes(expected, weights)


def test_nothing_is_asked_of_nothing():
    check_shapes({}, {})
