import numpy as np
import pytest

from inkdigits.arrays import scale
from inkdigits.networks.architecture import BEST, FAST, TUTORIAL
from inkdigits.networks.build import build
from inkdigits.networks.freezing import freeze_features


@pytest.mark.parametrize("network", [TUTORIAL, FAST, BEST], ids=lambda each: each.name)
def test_only_the_last_dense_layer_is_left_to_learn(network):
    model = build(network, fast_layers=True)
    freeze_features(model)
    last = [name for name, _ in network.named_layers() if name.startswith("dense")][-1]
    paths = [variable.path for variable in model.trainable_variables]
    assert paths == [f"{network.name}/{last}/kernel", f"{network.name}/{last}/bias"]


@pytest.mark.parametrize("fast_layers", [False, True])
def test_a_frozen_network_answers_while_training_as_it_does_otherwise(fast_layers, digits):
    model = build(BEST, fast_layers=fast_layers)
    rng = np.random.default_rng(0)
    for layer in model.layers:
        for variable in layer.weights:
            if variable.name in ("bias", "moving_mean"):
                variable.assign(rng.normal(size=variable.shape))
    freeze_features(model)
    before = [np.array(variable) for layer in model.layers for variable in layer.weights]
    # What follows the features is dropout, and the last layer.
    features = [layer for layer in model.layers if "dropout" not in layer.name][:-2]
    training = inference = scale(digits.images[:8])
    for layer in features:
        training, inference = layer(training, training=True), layer(inference, training=False)
    np.testing.assert_allclose(training, inference, rtol=1e-3, atol=1e-3)
    after = [np.array(variable) for layer in model.layers for variable in layer.weights]
    for first, second in zip(before, after, strict=True):
        np.testing.assert_array_equal(first, second)
