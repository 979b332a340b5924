import numpy as np
import pytest

from inkdigits.errors import ModelFileError
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.export.onnx_weights import weights_from_onnx
from inkdigits.networks.architecture import FAST, ROBUST, TUTORIAL
from inkdigits.networks.build import build
from inkdigits.networks.fitting import fit_architecture
from inkdigits.networks.weights import check_shapes, get_weights
from inkdigits.recognition.shipped import shipped_network


@pytest.mark.parametrize(
    "network",
    [TUTORIAL, FAST, fit_architecture(TUTORIAL, (20, 30, 3), 4)],
    ids=["tutorial", "fast", "colour"],
)
def test_what_was_written_comes_back_bit_for_bit(network):
    weights = get_weights(build(network, seed=3))
    names = [str(i) for i in range(network.classes)]
    (found,) = weights_from_onnx(to_onnx(network, [weights], names), network)
    assert found.keys() == weights.keys()
    for name, array in weights.items():
        np.testing.assert_array_equal(found[name], array)


def test_several_networks_come_back_in_their_order():
    members = [get_weights(build(FAST, seed=seed)) for seed in range(11)]
    found = weights_from_onnx(to_onnx(FAST, members, "0123456789"), FAST)
    assert len(found) == 11
    for weights, again in zip(members, found, strict=True):
        np.testing.assert_array_equal(again["dense1/kernel"], weights["dense1/kernel"])


def test_the_networks_of_the_package_have_all_weights_of_their_architecture():
    shapes = {name: array.shape for name, array in get_weights(build(ROBUST)).items()}
    for weights in weights_from_onnx(shipped_network().read_bytes(), ROBUST):
        check_shapes(shapes, weights)


@pytest.mark.parametrize("count", [1, 2])
def test_another_network_is_refused(count):
    weights = get_weights(build(FAST))
    content = to_onnx(FAST, count * [weights], "0123456789")
    with pytest.raises(ModelFileError, match="lacks the kernel of conv2"):
        weights_from_onnx(content, TUTORIAL)
