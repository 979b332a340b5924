"""Every variable of a model and its optimiser as arrays, and back.

Comes in: a model and its optimiser. Goes out: arrays by name, dropout's random state included. It
does not know where they are stored.
"""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np

from inkdigits.networks.weights import check_shapes


def read_variables(
    model: keras.Model, optimizer: keras.optimizers.Optimizer
) -> dict[str, np.ndarray]:
    """Copy every variable of model and optimiser into arrays by name."""
    return {
        name: np.array(keras.ops.convert_to_numpy(variable))
        for name, variable in _variables(model, optimizer).items()
    }


def write_variables(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, arrays: Mapping[str, np.ndarray]
) -> None:
    """Set every variable of model and optimiser from arrays by name.

    Raises:
        ModelFileError: If a name is missing or unknown, or a shape differs.
    """
    variables = _variables(model, optimizer)
    check_shapes({name: tuple(variable.shape) for name, variable in variables.items()}, arrays)
    for name, variable in variables.items():
        variable.assign(arrays[name])


def _variables(
    model: keras.Model, optimizer: keras.optimizers.Optimizer
) -> dict[str, keras.Variable]:
    # Numbers as names: those that Keras gives random states depend on what else the process built.
    named = {}
    for layer in model.layers:
        for i, variable in enumerate(layer.variables):
            named[f"model/{layer.name}/{i}"] = variable
    for i, variable in enumerate(optimizer.variables):
        named[f"optimizer/{i}"] = variable
    return named
