"""A trained network in Keras's own file format.

Comes in: an architecture and its weights. Goes out: a `.keras` file with the layers in the order
in which people know them, computing in float32.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np

from inkdigits.networks.architecture import Architecture
from inkdigits.networks.build import build
from inkdigits.networks.weights import set_weights


def to_keras(architecture: Architecture, weights: Mapping[str, np.ndarray]) -> keras.Sequential:
    """Return a plain Keras model with these weights: float32, Keras's own layers alone.

    It answers with all outputs, that for none of the classes included where there is one.

    Raises:
        ModelFileError: If the weights are not those of the architecture.
    """
    model = build(architecture)
    set_weights(model, weights)
    return model


def save_keras(model: keras.Model, path: Path) -> None:
    """Write the model to a file whose name ends in ".keras"."""
    model.save(path)
