from dataclasses import FrozenInstanceError

import pytest

from inkdigits.errors import UsageError
from inkdigits.networks.architecture import (
    ARCHITECTURES,
    BEST,
    FAST,
    PUBLISHED,
    ROBUST,
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
    find_architecture,
)


def test_published_is_the_network_that_the_tutorial_really_trained():
    assert PUBLISHED.input_shape == (28, 28, 1)
    assert PUBLISHED.layers == (
        *(Conv2D(32, 3), Relu(), Conv2D(32, 3), Relu(), MaxPooling2D(2)),
        *(Conv2D(64, 3), Relu(), Conv2D(64, 3), Relu(), MaxPooling2D(2)),
        *(Flatten(), Dense(512), Relu(), Dropout(0.2), Dense(10), Softmax()),
    )


def test_tutorial_adds_six_batch_normalisations_where_the_tutorial_meant_them():
    assert TUTORIAL.layers == (
        *(Conv2D(32, 3), BatchNormalization(), Relu()),
        *(Conv2D(32, 3), BatchNormalization(), Relu(), MaxPooling2D(2), BatchNormalization()),
        *(Conv2D(64, 3), BatchNormalization(), Relu()),
        *(Conv2D(64, 3), Relu(), MaxPooling2D(2), Flatten(), BatchNormalization()),
        *(Dense(512), BatchNormalization(), Relu(), Dropout(0.2), Dense(10), Softmax()),
    )


def test_fast_is_a_small_network_whose_first_layer_is_drawn_beforehand():
    assert FAST.input_shape == (28, 28, 1)
    assert FAST.layers == (
        *(OrientedFilters(16, 5, 2), Relu(), MaxPooling2D(2)),
        *(Conv2D(48, 3), BatchNormalization(), Relu(), Flatten()),
        *(Dense(96), BatchNormalization(), Relu(), Dense(10), Softmax()),
    )


def test_best_reads_the_same_images_and_normalises_after_every_convolution():
    assert BEST.input_shape == TUTORIAL.input_shape
    assert BEST.layers[-2:] == (Dense(10), Softmax())
    behind = [
        next(each for each in BEST.layers[i + 1 :] if not isinstance(each, MaxPooling2D))
        for i, layer in enumerate(BEST.layers)
        if isinstance(layer, Conv2D)
    ]
    assert len(behind) > 3
    assert set(behind) == {BatchNormalization()}


def test_robust_is_best_with_an_output_for_none_of_the_classes():
    assert ROBUST.input_shape == BEST.input_shape
    assert ROBUST.layers == (*BEST.layers[:-2], Dense(11), Softmax())
    told = [each.name for each in ARCHITECTURES.values() if each.none_class]
    assert told == ["quick", "robust", "broad"]


@pytest.mark.parametrize("none_class", [False, True])
def test_the_outputs_are_those_of_the_last_dense_layer_and_all_or_all_but_one_are_classes(
    none_class,
):
    layers = (Flatten(), Dense(7), Relu(), Dense(4), Softmax())
    network = Architecture("toy", (2, 2, 1), layers, none_class)
    assert (network.outputs, network.classes) == (4, 3 if none_class else 4)


@pytest.mark.parametrize("network", ARCHITECTURES.values(), ids=lambda network: network.name)
def test_every_network_tells_ten_digits_apart(network):
    assert network.classes == 10


def test_layers_are_named_by_kind_and_running_number():
    filters = OrientedFilters(2, 3, 1)
    layers = (filters, Conv2D(1, 2), Relu(), Conv2D(1, 2), Softmax())
    assert Architecture("toy", (6, 6, 1), layers).named_layers() == [
        ("filters1", filters),
        ("conv1", Conv2D(1, 2)),
        ("relu1", Relu()),
        ("conv2", Conv2D(1, 2)),
        ("softmax1", Softmax()),
    ]


@pytest.mark.parametrize("network", ARCHITECTURES.values(), ids=lambda network: network.name)
def test_layer_names_are_unique_and_the_last_is_the_softmax(network):
    names = [name for name, _ in network.named_layers()]
    assert len(set(names)) == len(names) == len(network.layers)
    assert names[-1] == "softmax1"


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_networks_are_found_by_their_name(name):
    assert find_architecture(name).name == name


@pytest.mark.parametrize("name", ["Tutorial", "resnet", ""])
def test_an_unknown_name_is_refused_with_the_known_ones(name):
    with pytest.raises(UsageError) as caught:
        find_architecture(name)
    known = "published, tutorial, fast, quick, best, robust, broad"
    expected = f"`network` must be one of {known}; received {name!r}"
    assert str(caught.value) == expected


def test_networks_are_frozen():
    with pytest.raises(FrozenInstanceError):
        TUTORIAL.name = "other"
    with pytest.raises(FrozenInstanceError):
        TUTORIAL.layers[0].filters = 64
    with pytest.raises(FrozenInstanceError):
        FAST.layers[0].stride = 1
