"""The weights of a Keras model as named arrays, and back.

Comes in: a model built by `build`. Goes out: arrays named "layer/variable", float32, the same
names on every backend. The state of dropout's random generator is not a weight and stays out.
"""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np

from inkdigits.errors import ModelFileError


def get_weights(model: keras.Model) -> dict[str, np.ndarray]:
    """Return the model's weights by name.

    Example:
        >>> from inkdigits.networks.architecture import PUBLISHED
        >>> from inkdigits.networks.build import build
        >>> get_weights(build(PUBLISHED))["conv1/kernel"].shape
        (3, 3, 1, 32)
    """
    return {
        name: np.asarray(keras.ops.convert_to_numpy(variable), dtype=np.float32)
        for name, variable in _named_variables(model).items()
    }


def set_weights(model: keras.Model, weights: Mapping[str, np.ndarray]) -> None:
    """Give the model these weights.

    Args:
        model: A model of the same architecture.
        weights: One float32 array for each name that `get_weights` returns, of the same shape.

    Raises:
        ModelFileError: If a name is missing or unknown, or a shape differs.
    """
    variables = _named_variables(model)
    check_shapes({name: tuple(variable.shape) for name, variable in variables.items()}, weights)
    for name, variable in variables.items():
        variable.assign(weights[name])


def set_some_weights(model: keras.Model, weights: Mapping[str, np.ndarray]) -> None:
    """Give the model these weights, and leave all others as they are.

    Raises:
        ModelFileError: If a name is unknown, or a shape differs.
    """
    variables = _named_variables(model)
    shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
    known = {name: shape for name, shape in shapes.items() if name in weights}
    check_shapes(known, weights)
    for name, array in weights.items():
        variables[name].assign(array)


def check_shapes(
    expected: Mapping[str, tuple[int, ...]], weights: Mapping[str, np.ndarray]
) -> None:
    """Refuse weights whose names or shapes are not the expected ones.

    Raises:
        ModelFileError: Naming the first difference.
    """
    for name in sorted(expected.keys() | weights.keys()):
        if name not in weights:
            raise ModelFileError(f"the weights lack {name!r}")
        if name not in expected:
            raise ModelFileError(f"the network has no weight {name!r}")
        if tuple(weights[name].shape) != expected[name]:
            raise ModelFileError(
                f"the weight {name!r} must have shape {expected[name]}; "
                f"received {tuple(weights[name].shape)}"
            )


def _named_variables(model: keras.Model) -> dict[str, keras.Variable]:
    return {
        f"{layer.name}/{variable.name}": variable
        for layer in model.layers
        for variable in layer.weights
    }
