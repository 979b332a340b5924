import pytest

from inkdigits.networks.architecture import (
    ARCHITECTURES,
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    MaxPooling2D,
    Softmax,
)
from inkdigits.networks.build import build
from inkdigits.networks.fitting import fit_architecture
from inkdigits.networks.weight_shapes import weight_shapes
from inkdigits.networks.weights import get_weights


def test_shapes_are_those_worked_out_by_hand():
    layers = (Conv2D(2, 2), MaxPooling2D(2), Flatten(), BatchNormalization(), Dense(3), Softmax())
    assert weight_shapes(Architecture("small", (5, 7, 3), layers)) == {
        "conv1/kernel": (2, 2, 3, 2),
        "conv1/bias": (2,),
        **{f"norm1/{each}": (12,) for each in ("gamma", "beta", "moving_mean", "moving_variance")},
        "dense1/kernel": (12, 3),
        "dense1/bias": (3,),
    }


@pytest.mark.parametrize("shape", [(28, 28, 1), (35, 30, 3)])
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_shapes_are_those_of_keras(name, shape):
    network = fit_architecture(ARCHITECTURES[name], shape, 7)
    weights = get_weights(build(network))
    assert weight_shapes(network) == {name: array.shape for name, array in weights.items()}
