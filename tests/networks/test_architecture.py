from dataclasses import FrozenInstanceError

import pytest

from inkdigits.errors import UsageError
from inkdigits.networks.architecture import (
    ARCHITECTURES,
    PUBLISHED,
    TUTORIAL,
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
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


def test_layers_are_named_by_kind_and_running_number():
    network = Architecture("toy", (4, 4, 1), (Conv2D(1, 2), Relu(), Conv2D(1, 2), Softmax()))
    assert network.named_layers() == [
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
    assert str(caught.value) == f"`network` must be one of published, tutorial; received {name!r}"


def test_networks_are_frozen():
    with pytest.raises(FrozenInstanceError):
        TUTORIAL.name = "other"
    with pytest.raises(FrozenInstanceError):
        TUTORIAL.layers[0].filters = 64
