"""MNIST, from one file inside the package, checked byte for byte at every load.

Comes in: `mnist.npz` beside this module. Goes out: a `Dataset`. Nothing is ever downloaded.
The data is Yann LeCun's and Corinna Cortes's, under CC BY-SA 3.0; see LICENSE-mnist.txt.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from inkdigits.datasets.dataset import Dataset, LabelledImages
from inkdigits.datasets.packaged import read_verified

MNIST_SHA256 = "b5e394bc34918bacb3c7d30dae8a52f2e99dbccb1317eccfc24e1d09f564e406"

DIGIT_NAMES = tuple("0123456789")
DIGIT_SHAPE = (28, 28, 1)  # height, width and channels


def load_mnist(path: Path | None = None) -> Dataset:
    """Load the 60,000 training and 10,000 test images of MNIST.

    Args:
        path: Another copy of the packaged file; None for the one inside the package.

    Returns:
        The data set "mnist": 28x28 grey images with white ink on black, ten classes.

    Raises:
        DataError: If the file is missing or its SHA-256 is not the one in this module.

    Example:
        >>> mnist = load_mnist()
        >>> mnist.train.images.shape, int(mnist.train.labels[0])
        ((60000, 28, 28), 5)
    """
    content = _read_mnist(path)
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        train = LabelledImages(arrays["x_train"], arrays["y_train"])
        test = LabelledImages(arrays["x_test"], arrays["y_test"])
    return Dataset("mnist", train, test, DIGIT_NAMES, MNIST_SHA256, source="mnist")


def load_mnist_test(path: Path | None = None) -> LabelledImages:
    """Load the 10,000 test images alone, in a sixth of the time.

    Raises:
        DataError: If the file is missing or its SHA-256 is not the one in this module.
    """
    content = _read_mnist(path)
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return LabelledImages(arrays["x_test"], arrays["y_test"])


def _read_mnist(path: Path | None) -> bytes:
    return read_verified("mnist.npz", MNIST_SHA256, path, called="MNIST file")
