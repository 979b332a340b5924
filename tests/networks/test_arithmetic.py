import re
from itertools import pairwise
from math import floor

import pytest

from inkdigits.networks.architecture import (
    ARCHITECTURES,
    FAST,
    PUBLISHED,
    ROBUST,
    TUTORIAL,
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    MaxPooling2D,
    OrientedFilters,
    Padding2D,
    Softmax,
)
from inkdigits.networks.arithmetic import summarise
from inkdigits.networks.build import build

# Sizes at which divisions leave a rest, and kernels and pools of other sizes than 3 and 2.
ODD = Architecture(
    "odd",
    (13, 13, 3),
    (
        *(Conv2D(5, kernel=2), MaxPooling2D(2), BatchNormalization(), MaxPooling2D(4)),
        *(Flatten(), Dense(7), Softmax()),
    ),
)
WIDE = Architecture(
    "wide", (9, 20, 2), (Conv2D(3, 4), MaxPooling2D(3), Flatten(), Dense(4), Softmax())
)
# Filters that fit their image exactly with stride 3 and 1, and that fit it only across.
EXACT = Architecture(
    "exact", (11, 12, 1), (OrientedFilters(4, kernel=5, stride=3), Flatten(), Dense(3), Softmax())
)
DENSE = Architecture(
    "dense", (5, 5, 1), (OrientedFilters(2, kernel=3, stride=1), Flatten(), Dense(3), Softmax())
)
RESTING = Architecture(
    "resting", (12, 11, 1), (OrientedFilters(6, kernel=4, stride=7), Flatten(), Dense(3), Softmax())
)
PADDED = Architecture(
    "padded", (5, 8, 3), (Padding2D(3), Conv2D(2, kernel=3), Flatten(), Dense(3), Softmax())
)
NETWORKS = [*ARCHITECTURES.values(), ODD, WIDE, EXACT, DENSE, RESTING, PADDED]

ROWS = [
    pytest.param(network, i, id=f"{network.name}-{name}")
    for network in NETWORKS
    for i, (name, _) in enumerate(network.named_layers())
]


@pytest.fixture(scope="module")
def models():
    return {network.name: build(network) for network in NETWORKS}


def keras_count(variables):
    return sum(variable.value.shape.num_elements() for variable in variables)


def evaluated(formula):
    """Both sides of a formula as numbers: the left worked out, the right as it is printed."""
    left, right = formula.split("=")
    left = re.sub(r"[a-z]", "", left.replace(",", ""))
    assert set(left) <= set("0123456789+-*/() ")
    printed = re.match(r" ([\d,]+)", right)
    return eval(left), int(printed[1].replace(",", ""))


@pytest.mark.parametrize(("network", "i"), ROWS)
def test_every_row_is_what_keras_reports(models, network, i):
    row, layer = summarise(network).layers[i], models[network.name].layers[i]
    assert row.name == layer.name
    assert row.type == type(layer).__name__
    assert row.output_shape == tuple(layer.output.shape[1:])
    assert row.params == layer.count_params()
    assert row.trainable_params == keras_count(layer.trainable_variables)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_sums_are_what_keras_reports(models, network):
    summary, model = summarise(network), models[network.name]
    assert summary.network == network.name
    assert summary.input_shape == network.input_shape == tuple(model.input_shape[1:])
    assert len(summary.layers) == len(model.layers)
    assert summary.total_params == model.count_params()
    assert summary.trainable_params == keras_count(model.trainable_variables)


@pytest.mark.parametrize(("network", "i"), ROWS)
def test_the_arithmetic_of_every_formula_is_right(models, network, i):
    row, layer = summarise(network).layers[i], models[network.name].layers[i]
    if "=" in row.shape_formula:
        worked_out, printed = evaluated(row.shape_formula)
        assert floor(worked_out) == printed == layer.output.shape[1]
        assert ("rounded down" in row.shape_formula) == (worked_out != printed)
    if "=" in row.params_formula:
        assert evaluated(row.params_formula) == (layer.count_params(),) * 2
    else:
        assert row.params_formula == str(layer.count_params()) == "0"


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_a_layer_that_keeps_the_shape_says_so(network):
    shape = network.input_shape
    for row in summarise(network).layers:
        assert (row.shape_formula == "unchanged") == (row.output_shape == shape)
        shape = row.output_shape


def test_published_has_594922_parameters_all_trainable():
    summary = summarise(PUBLISHED)
    assert summary.total_params == summary.trainable_params == 594_922


def test_tutorial_has_601706_parameters_3392_of_them_not_trainable():
    summary = summarise(TUTORIAL)
    assert summary.total_params == 601_706
    assert summary.trainable_params == 598_314
    assert summary.total_params - summary.trainable_params == 3_392


def test_fast_has_82730_parameters_688_of_them_not_trainable():
    # 16 filters of 5x5; 16 * 48 kernels of 3x3 and 48 biases; 4 numbers for each of 48 channels;
    # 768 * 96 weights and 96 biases; 4 for each of 96; 96 * 10 weights and 10 biases.
    summary = summarise(FAST)
    assert summary.total_params == 400 + 6_960 + 192 + 73_824 + 384 + 970 == 82_730
    frozen = summary.total_params - summary.trainable_params
    assert frozen == 400 + 2 * 48 + 2 * 96 == 688


def test_the_filters_of_fast_are_worked_out_as_a_convolution_without_padding_or_bias():
    filters, _, pool, conv, *_ = summarise(FAST).layers
    assert (filters.name, filters.type, filters.output_shape) == (
        "filters1",
        "Conv2D",
        (12, 12, 16),
    )
    assert filters.shape_formula == "((28 - 5 + 2*0) / 2) + 1 = 12, rounded down; 16 kernels"
    assert (filters.params, filters.trainable_params) == (400, 0)
    assert filters.params_formula == "(5*5*1) * 16 = 400, none learnt"
    assert (pool.output_shape, conv.output_shape) == ((6, 6, 16), (4, 4, 48))


def test_a_stride_with_a_rest_is_said_to_be_rounded_down():
    formulas = [summarise(each).layers[0].shape_formula for each in (EXACT, DENSE, RESTING)]
    assert formulas == [
        "((11 - 5 + 2*0) / 3) + 1 = 3; 4 kernels",
        "((5 - 3 + 2*0) / 1) + 1 = 3; 2 kernels",
        "((12 - 4 + 2*0) / 7) + 1 = 2, rounded down; 6 kernels",
    ]
    assert summarise(RESTING).layers[0].output_shape == (2, 2, 6)


def test_the_rows_that_the_tutorial_works_out_by_hand():
    rows = {row.name: row for row in summarise(PUBLISHED).layers}
    first, pool = rows["conv1"], rows["pool1"]
    assert (first.output_shape, first.params) == ((26, 26, 32), 320)
    assert first.shape_formula == "((28 - 3 + 2*0) / 1) + 1 = 26; 32 kernels"
    assert first.params_formula == "(3*3*1) * 32 + 32 = 320"
    assert pool.output_shape == (12, 12, 32)
    assert pool.shape_formula == "((24 - 2) / 2) + 1 = 12"
    assert rows["flatten1"].shape_formula == "4*4*64 = 1,024"
    assert rows["dense1"].params_formula == "1024 * 512 + 512 = 524,800"


def test_a_division_with_a_rest_is_said_to_be_rounded_down():
    rows = {row.name: row for row in summarise(ODD).layers}
    assert rows["pool2"].shape_formula == "((6 - 4) / 4) + 1 = 1, rounded down"
    assert rows["pool1"].shape_formula == "((12 - 2) / 2) + 1 = 6"


def test_batch_normalisation_tracks_half_of_its_parameters():
    row = next(row for row in summarise(TUTORIAL).layers if row.name == "norm1")
    assert (row.params, row.trainable_params) == (128, 64)
    assert row.params_formula == "2*32 learnt + 2*32 tracked = 128"


def test_meta_a_wrong_formula_is_seen():
    assert evaluated("((28 - 3 + 2*0) / 1) + 1 = 25; 32 kernels") == (26, 25)
    assert evaluated("2*2 learnt + 2*2 tracked = 1,004") == (8, 1004)


def test_robust_has_the_parameters_counted_by_hand():
    channels = [1, 32, 64, 128, 128, 256]
    convolutions = sum(9 * before * after + after for before, after in pairwise(channels))
    normalisations = 4 * sum(channels[1:])
    # 28 -> 26 -> 24, pooled to 12 -> 10 -> 8, pooled to 4 -> 2: 2 x 2 places of 256 channels.
    scores = 2 * 2 * 256 * 11 + 11
    counted = sum(row.params for row in summarise(ROBUST).layers)
    assert counted == convolutions + normalisations + scores == 549_131
