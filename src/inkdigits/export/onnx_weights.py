"""An ONNX file that `to_onnx` wrote -> the weights that it was written from.

Comes in: the content of a file and the architecture that it holds. Goes out: arrays named
"layer/variable", as Keras has them. It builds no network and runs none.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import numpy_helper

from inkdigits.errors import ModelFileError
from inkdigits.export.onnx_graph import MEMBER
from inkdigits.networks.architecture import (
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    OrientedFilters,
)

# In the order in which `to_onnx` numbers them.
_VARIABLES: Mapping[type, tuple[str, ...]] = {
    Conv2D: ("kernel", "bias"),
    OrientedFilters: ("kernel",),
    BatchNormalization: ("gamma", "beta", "moving_mean", "moving_variance"),
    Dense: ("kernel", "bias"),
}


def weights_from_onnx(content: bytes, architecture: Architecture) -> list[dict[str, np.ndarray]]:
    """Return the weights of each network in a file.

    Args:
        content: The file, written by `to_onnx` and already known to be ours.
        architecture: The layers of each network.

    Returns:
        For each, float32 arrays by "layer/variable", such as `get_weights` returns.

    Raises:
        ModelFileError: If the file lacks a weight of the architecture.
    """
    model = onnx.load_from_string(content)
    found = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    several = len({name.split("/")[0] for name in found if name.startswith(MEMBER)})
    prefixes = [f"{MEMBER}{number}/" for number in range(1, several + 1)] or [""]
    return [_member(found, prefix, architecture) for prefix in prefixes]


def _member(
    found: Mapping[str, np.ndarray], prefix: str, architecture: Architecture
) -> dict[str, np.ndarray]:
    weights = {}
    for layer_name, layer in architecture.named_layers():
        for i, variable in enumerate(_VARIABLES.get(type(layer), ())):
            name = f"{prefix}{layer_name}/{i}"
            if name not in found:
                raise ModelFileError(
                    f"the network's file lacks the {variable} of {layer_name}: it is not that of "
                    f"a network {architecture.name}"
                )
            weights[f"{layer_name}/{variable}"] = _as_in_keras(found[name])
    return weights


def _as_in_keras(array: np.ndarray) -> np.ndarray:
    """Return kernels of convolutions with their channels last."""
    return array.transpose(2, 3, 1, 0) if array.ndim == 4 else array
