import numpy as np
import pytest

from inkdigits.errors import ModelFileError
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.export.onnx_weights import networks_from_onnx
from inkdigits.networks.architecture import FAST, TUTORIAL
from inkdigits.networks.build import build
from inkdigits.networks.fitting import fit_architecture
from inkdigits.networks.network import Network
from inkdigits.networks.weights import get_weights


@pytest.mark.parametrize(
    "network",
    [TUTORIAL, FAST, fit_architecture(TUTORIAL, (20, 30, 3), 4)],
    ids=["tutorial", "fast", "colour"],
)
def test_what_was_written_comes_back_bit_for_bit(network):
    weights = get_weights(build(network, seed=3))
    names = [str(i) for i in range(network.classes)]
    (found,) = networks_from_onnx(to_onnx([Network(network, weights)], names), network)
    assert found.architecture is network
    assert found.weights.keys() == weights.keys()
    for name, array in weights.items():
        np.testing.assert_array_equal(found.weights[name], array)


def test_several_networks_come_back_in_their_order():
    kinds = [FAST, TUTORIAL, *9 * [FAST]]
    members = [Network(each, get_weights(build(each, seed=i))) for i, each in enumerate(kinds)]
    found = networks_from_onnx(to_onnx(members, "0123456789"), *kinds)
    assert [each.architecture for each in found] == kinds
    for network, again in zip(members, found, strict=True):
        kernel = again.weights["dense1/kernel"]
        np.testing.assert_array_equal(kernel, network.weights["dense1/kernel"])


def test_those_that_are_not_asked_for_are_not_read():
    members = [Network(FAST, get_weights(build(FAST, seed=seed))) for seed in range(2)]
    (found,) = networks_from_onnx(to_onnx(members, "0123456789"), FAST)
    kernel = members[0].weights["dense1/kernel"]
    np.testing.assert_array_equal(found.weights["dense1/kernel"], kernel)


def test_kernels_in_half_precision_come_back_as_they_were_kept():
    weights = get_weights(build(TUTORIAL, seed=3))
    content = to_onnx([Network(TUTORIAL, weights)], "0123456789", half=True)
    (found,) = networks_from_onnx(content, TUTORIAL)
    for name, array in found.weights.items():
        assert array.dtype == np.float32
        kept = weights[name] if array.ndim < 2 else weights[name].astype(np.float16)
        np.testing.assert_array_equal(array, kept)


@pytest.mark.parametrize("count", [1, 2])
def test_another_network_is_refused(count):
    weights = get_weights(build(FAST))
    content = to_onnx(count * [Network(FAST, weights)], "0123456789")
    with pytest.raises(ModelFileError, match="lacks the kernel of conv2"):
        networks_from_onnx(content, TUTORIAL)


@pytest.mark.parametrize("count", [1, 2])
def test_fewer_networks_than_asked_for_are_refused(count):
    network = Network(FAST, get_weights(build(FAST)))
    content = to_onnx(count * [network], "0123456789")
    with pytest.raises(ModelFileError, match="lacks the kernel of filters1"):
        networks_from_onnx(content, *(count + 1) * [FAST])
