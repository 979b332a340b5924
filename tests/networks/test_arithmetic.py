import re
from math import floor

import pytest

from inkdigits.networks.architecture import (
    ARCHITECTURES,
    PUBLISHED,
    TUTORIAL,
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    MaxPooling2D,
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
NETWORKS = [*ARCHITECTURES.values(), ODD, WIDE]

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
