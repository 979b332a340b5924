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
    found = weights_from_onnx(to_onnx(network, [weights], names), network)
    assert found.keys() == weights.keys()
    for name, array in weights.items():
        np.testing.assert_array_equal(found[name], array)


def test_the_network_of_the_package_has_all_weights_of_its_architecture():
    weights = weights_from_onnx(shipped_network().read_bytes(), ROBUST)
    shapes = {name: array.shape for name, array in get_weights(build(ROBUST)).items()}
    check_shapes(shapes, weights)


def test_another_network_and_several_at_once_are_refused():
    weights = get_weights(build(FAST))
    content = to_onnx(FAST, [weights, weights], "0123456789")
    with pytest.raises(ModelFileError, match="lacks the kernel of filters1"):
        weights_from_onnx(content, FAST)
    with pytest.raises(ModelFileError, match="lacks the kernel of conv1"):
        weights_from_onnx(content, TUTORIAL)
