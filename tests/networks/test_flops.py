from inkdigits.networks.architecture import (
    FAST,
    PUBLISHED,
    TUTORIAL,
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    MaxPooling2D,
    OrientedFilters,
    Relu,
    Softmax,
)
from inkdigits.networks.flops import forward_flops, training_flops


def test_each_layer_costs_two_operations_per_multiplication():
    small = Architecture(
        name="small",
        input_shape=(5, 5, 3),
        layers=(Conv2D(2, kernel=3), MaxPooling2D(3), Flatten(), Dense(4), Softmax()),
    )
    convolution = 2 * (3 * 3) * 2 * (3 * 3 * 3)  # 3x3 places, 2 kernels of 3x3x3
    dense = 2 * 2 * 4  # one place of 2 channels is left
    assert forward_flops(small) == convolution + dense


def test_filters_with_a_stride_cost_what_their_places_cost():
    strided = Architecture(
        "strided", (9, 10, 1), (OrientedFilters(4, kernel=5, stride=3), Flatten(), Softmax())
    )
    assert forward_flops(strided) == 2 * (2 * 2) * 4 * (5 * 5)  # places 0 and 3, down and across


def test_the_first_layer_that_learns_costs_twice_its_reading_and_all_others_three_times():
    first = 2 * (26 * 26) * 32 * (3 * 3)  # needs no gradient of the pictures
    for network in (PUBLISHED, TUTORIAL):
        assert training_flops(network) == 2 * first + 3 * (forward_flops(network) - first)


def test_kernels_that_stay_cost_their_reading_alone():
    filters = 2 * (12 * 12) * 16 * (5 * 5)
    conv = 2 * (4 * 4) * 48 * (3 * 3 * 16)
    dense = 2 * 768 * 96 + 2 * 96 * 10
    assert forward_flops(FAST) == filters + conv + dense
    assert training_flops(FAST) == filters + 2 * conv + 3 * dense


def test_a_network_that_learns_nothing_costs_its_reading():
    layers = (OrientedFilters(2, kernel=3, stride=1), Relu(), Flatten(), Softmax())
    still = Architecture("still", (5, 5, 1), layers)
    assert training_flops(still) == forward_flops(still) == 2 * 9 * 2 * 9


def test_a_normalisation_below_needs_the_gradient_of_a_layers_inputs():
    conv, dense = 2 * 9 * 2 * 9, 2 * 18 * 4
    layers = (Conv2D(2, kernel=3), Flatten(), Dense(4), Softmax())
    learning = Architecture("learning", (5, 5, 1), (BatchNormalization(), *layers))
    assert training_flops(learning) == 3 * conv + 3 * dense
    filters = (OrientedFilters(2, kernel=3, stride=1), *layers[1:])
    assert training_flops(Architecture("a", (5, 5, 1), filters)) == conv + 2 * dense
    under = (BatchNormalization(), *filters)
    assert training_flops(Architecture("b", (5, 5, 1), under)) == 2 * conv + 3 * dense


def test_batch_normalisation_is_not_counted():
    assert forward_flops(PUBLISHED) == forward_flops(TUTORIAL)
