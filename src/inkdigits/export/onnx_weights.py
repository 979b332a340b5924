"""An ONNX file that `to_onnx` wrote -> the networks that it was written from.

Comes in: the content of a file and the layers of each network that it holds. Goes out: these with
their weights, named "layer/variable", as Keras has them. It builds no network and runs none.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import numpy_helper

from inkdigits.errors import ModelFileError
from inkdigits.export.onnx_graph import MEMBER
from inkdigits.export.onnx_nodes import HALF
from inkdigits.networks.architecture import (
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    OrientedFilters,
)
from inkdigits.networks.network import Network

# In the order in which `to_onnx` numbers them.
_VARIABLES: Mapping[type, tuple[str, ...]] = {
    Conv2D: ("kernel", "bias"),
    OrientedFilters: ("kernel",),
    BatchNormalization: ("gamma", "beta", "moving_mean", "moving_variance"),
    Dense: ("kernel", "bias"),
}


def networks_from_onnx(content: bytes, *architectures: Architecture) -> list[Network]:
    """Return the networks in a file.

    Args:
        content: The file, written by `to_onnx` and already known to be ours.
        architectures: The layers of each network, in the file's order; those left out at the end
            are not read.

    Returns:
        As many networks. What was kept in half precision is float32 again, but as it was kept.

    Raises:
        ModelFileError: If the file lacks a weight of an architecture.
    """
    model = onnx.load_from_string(content)
    found = {
        each.name.removesuffix(HALF): numpy_helper.to_array(each)
        for each in model.graph.initializer
    }
    several = any(name.startswith(MEMBER) for name in found)
    return [
        _network(found, f"{MEMBER}{number}/" if several or number > 1 else "", architecture)
        for number, architecture in enumerate(architectures, 1)
    ]


def _network(found: Mapping[str, np.ndarray], prefix: str, architecture: Architecture) -> Network:
    weights = {}
    for layer_name, layer in architecture.named_layers():
        for i, variable in enumerate(_VARIABLES.get(type(layer), ())):
            name = f"{prefix}{layer_name}/{i}"
            if name not in found:
                raise ModelFileError(
                    f"the network's file lacks the {variable} of {layer_name}: it is not that of "
                    f"a network {architecture.name}"
                )
            weights[f"{layer_name}/{variable}"] = _as_in_keras(found[name].astype(np.float32))
    return Network(architecture, weights)


def _as_in_keras(array: np.ndarray) -> np.ndarray:
    """Return kernels of convolutions with their channels last."""
    return array.transpose(2, 3, 1, 0) if array.ndim == 4 else array
