"""A sample of Fashion-MNIST: clothes in the form of MNIST, pictures that are no digits.

Comes in: `fashion_mnist.npz` beside this module. Goes out: images. It holds the first 100 images
of each of the ten classes, of the test part and of the training part, in the order of their files.
Source: H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking
Machine Learning Algorithms", 2017 (https://arxiv.org/abs/1708.07747); Zalando SE, MIT licence, see
LICENSE-fashion-mnist.txt. The file was made by tools/pack_samples.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from inkdigits.arrays import Images
from inkdigits.datasets.packaged import read_packaged
from inkdigits.errors import UsageError

FASHION_SHA256 = "ec3396c1556215dddd55fbbf1e0f1734c539ecc1d37c14989ac8842919bdc53f"

_ARRAYS = {"train": "x_train", "test": "x_test"}


def load_fashion_sample(part: Literal["train", "test"], path: Path | None = None) -> Images:
    """Load 1,000 images of clothes.

    Args:
        part: "test" to measure on, "train" to choose by; they share no image.
        path: Another copy of the packaged file; None for the one inside the package.

    Returns:
        Shape (1000, 28, 28), uint8; 0 is the ground, 255 the brightest cloth.

    Raises:
        UsageError: If there is no such part.
        DataError: If the file is missing or its SHA-256 is not the one in this module.

    Example:
        >>> load_fashion_sample("test").shape
        (1000, 28, 28)
    """
    if part not in _ARRAYS:
        raise UsageError(f'`part` must be "train" or "test"; received "{part}"')
    return read_packaged("fashion_mnist.npz", FASHION_SHA256, path)[_ARRAYS[part]]
