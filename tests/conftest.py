"""What all tests share: checked array shapes, a little of MNIST, networks with random weights."""

import os

from inkdigits.tensorflow_switches import SWITCHES

os.environ.update(SWITCHES | os.environ)  # before anything imports TensorFlow

import numpy as np
import pytest
from hypothesis import settings
from jaxtyping import config, install_import_hook

settings.register_profile("inkdigits", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("inkdigits")

# In these modules every array must have the shape and dtype that its annotation promises.
install_import_hook(
    [
        "inkdigits.arrays",
        "inkdigits.datasets",
        "inkdigits.evaluation",
        "inkdigits.training.augmentation",
        "inkdigits.training.no_digits",
        "inkdigits.training.plan",
    ],
    "beartype.beartype",
)


@pytest.fixture(scope="session", autouse=True)
def _nothing_aside():
    """Do in this process what a run would have done aside: another takes longer to start."""
    from inkdigits.workflows import aside

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aside, "available_cores", lambda: 1)
        yield


@pytest.fixture
def unchecked_arrays():
    """Switch the run-time check of annotations off, to reach the code's own checks."""
    config.update("jaxtyping_disable", True)
    yield
    config.update("jaxtyping_disable", False)


@pytest.fixture(scope="session")
def mnist():
    from inkdigits.datasets.mnist import load_mnist

    return load_mnist()


@pytest.fixture(scope="session")
def digits(mnist):
    """The first 256 training images of MNIST."""
    return mnist.train.take(slice(256))


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def random_weights():
    """A function that draws weights for a network, moving statistics and biases included."""
    from inkdigits.networks.build import build
    from inkdigits.networks.weights import get_weights

    def draw_weights(architecture, seed=0):
        rng = np.random.default_rng(seed)
        weights = {}
        for name, array in get_weights(build(architecture, seed=seed)).items():
            spread = {"kernel": 0.0, "moving_variance": 0.5, "gamma": 0.5}.get(
                name.split("/")[1], 0.3
            )
            noise = rng.uniform(-spread, spread, array.shape)
            weights[name] = (array + noise).astype(np.float32)
        return weights

    return draw_weights


@pytest.fixture(scope="session")
def many_channels():
    """A network with enough channels to be trained by Winograd's filtering."""
    from inkdigits.networks import architecture as parts

    return parts.Architecture(
        name="many",
        input_shape=(28, 28, 1),
        layers=(
            *(parts.Conv2D(32, kernel=3), parts.Relu(), parts.MaxPooling2D(2)),
            *(parts.Conv2D(4, kernel=3), parts.BatchNormalization(), parts.Relu()),
            *(parts.Flatten(), parts.Dense(10), parts.Softmax()),
        ),
    )
