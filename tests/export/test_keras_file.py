import keras
import numpy as np
import pytest

from inkdigits.arrays import scale
from inkdigits.errors import ModelFileError
from inkdigits.export.keras_file import save_keras, to_keras
from inkdigits.networks.architecture import ARCHITECTURES, PUBLISHED, TUTORIAL
from inkdigits.networks.build import build
from inkdigits.networks.weights import get_weights, set_weights

EACH_NETWORK = pytest.mark.parametrize(
    "network", ARCHITECTURES.values(), ids=lambda network: network.name
)


@EACH_NETWORK
def test_keras_reads_back_what_was_written(network, random_weights, digits, tmp_path):
    weights = random_weights(network)
    path = tmp_path / "model.keras"
    save_keras(to_keras(network, weights), path)
    read = keras.models.load_model(path)
    assert [layer.name for layer in read.layers] == [name for name, _ in network.named_layers()]
    back = get_weights(read)
    assert back.keys() == weights.keys()
    for name in weights:
        np.testing.assert_array_equal(back[name], weights[name])
    fast = build(network, fast_layers=True)
    set_weights(fast, weights)
    inputs = scale(digits.images[:8])
    np.testing.assert_allclose(
        read.predict(inputs, verbose=0), fast.predict(inputs, verbose=0), 1e-3, 1e-5
    )


@EACH_NETWORK
def test_the_model_is_plain_keras_in_float32(network, random_weights):
    model = to_keras(network, random_weights(network))
    assert {type(layer).__module__.split(".")[0] for layer in model.layers} == {"keras"}
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}


def test_weights_of_another_network_are_refused(random_weights):
    with pytest.raises(ModelFileError, match="lack"):
        to_keras(TUTORIAL, random_weights(PUBLISHED))
    with pytest.raises(ModelFileError, match="no weight"):
        to_keras(PUBLISHED, random_weights(TUTORIAL))
