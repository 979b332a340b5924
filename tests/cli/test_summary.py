from collections.abc import Callable

import pytest

from inkdigits.networks.architecture import ARCHITECTURES
from inkdigits.networks.build import build


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_json_equals_keras_layer_by_layer(inkdigits: Callable, name: str):
    document = inkdigits("summary", "--network", name, "--json").document
    model = build(ARCHITECTURES[name])
    assert document["total_params"] == model.count_params()
    trainable = sum(weight.shape.num_elements() for weight in model.trainable_variables)
    assert document["trainable_params"] == trainable
    assert len(document["layers"]) == len(model.layers)
    for row, layer in zip(document["layers"], model.layers, strict=True):
        assert row["name"] == layer.name
        assert row["type"] == type(layer).__name__
        assert row["output_shape"] == list(layer.output.shape[1:])
        assert row["params"] == layer.count_params()
        assert row["shape_formula"]
        assert row["params_formula"]


def test_the_table_shows_the_tutorials_arithmetic(inkdigits: Callable):
    out = inkdigits("summary").out
    assert "((28 - 3 + 2*0) / 1) + 1 = 26" in out
    assert "(3*3*1) * 32 + 32 = 320" in out
    assert "((24 - 2) / 2) + 1 = 12" in out
    assert "601,706 parameters: 598,314 learnt by gradients, 3,392 tracked" in out


def test_an_unknown_network_is_refused(inkdigits: Callable):
    result = inkdigits("summary", "--network", "lenet")
    assert (result.code, result.out) == (2, "")
    assert (
        "`network` must be one of published, tutorial, fast, quick, best, robust, broad; "
        "received 'lenet'" in result.err
    )


def test_a_network_and_a_model_are_one_too_many(inkdigits: Callable):
    result = inkdigits("summary", "--network", "tutorial", "--model", "runs/x")
    assert result.code == 2
    assert "give either `--network` or `--model`, not both" in result.err
