"""An architecture and its weights -> an ONNX model.

Comes in: plain data, so any backend's weights will do. Goes out: the bytes of a model with one
input "images" (n, height, width, channels) and one output "probabilities". Batch normalisation
uses the moving statistics; dropout is gone. ONNX wants channels first: one transposition at the
start, one before flattening, so that the weights of the dense layers keep Keras's order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from inkdigits.networks.architecture import (
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPooling2D,
    OrientedFilters,
    Relu,
    Softmax,
)

OPSET = 18
IR_VERSION = 9
NORM_EPSILON = 1e-3  # Keras's default


@dataclass
class _Graph:
    """Nodes and weights in the making; `last` names the newest value."""

    last: str
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    weights: list[onnx.TensorProto] = field(default_factory=list)

    def add(self, operator: str, name: str, *arrays: np.ndarray, **attributes: Any) -> None:
        """Append an operator that reads the newest value and these weights."""
        names = [f"{name}/{i}" for i in range(len(arrays))]
        self.weights += [
            numpy_helper.from_array(np.ascontiguousarray(array), weight)
            for array, weight in zip(arrays, names, strict=True)
        ]
        self.nodes.append(
            helper.make_node(operator, [self.last, *names], [name], name=name, **attributes)
        )
        self.last = name


def to_onnx(
    architecture: Architecture, weights: Mapping[str, np.ndarray], class_names: Sequence[str]
) -> bytes:
    """Write a network as ONNX.

    Args:
        architecture: The layers.
        weights: float32 arrays by "layer/variable", as `get_weights` returns them.
        class_names: One name for each output, kept in the file.

    Returns:
        The file's content: operator set 18, float32, any number of images at once.
    """
    height, width, channels = architecture.input_shape
    graph = _Graph("images")
    graph.add("Transpose", "channels_first", perm=[0, 3, 1, 2])
    for name, layer in architecture.named_layers():
        _append(graph, name, layer, weights)
    graph.nodes[-1].output[0] = "probabilities"
    float_type = TensorProto.FLOAT
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            architecture.name,
            [helper.make_tensor_value_info("images", float_type, ["n", height, width, channels])],
            [helper.make_tensor_value_info("probabilities", float_type, ["n", len(class_names)])],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="inkdigits",
    )
    helper.set_model_props(model, {"class_names": json.dumps(list(class_names))})
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def _append(graph: _Graph, name: str, layer: Layer, weights: Mapping[str, np.ndarray]) -> None:
    def weight(variable: str) -> np.ndarray:
        return weights[f"{name}/{variable}"]

    match layer:
        case Conv2D():
            graph.add("Conv", name, weight("kernel").transpose(3, 2, 0, 1), weight("bias"))
        case OrientedFilters(stride=stride):
            kernels = weight("kernel").transpose(3, 2, 0, 1)
            graph.add("Conv", name, kernels, strides=[stride, stride])
        case BatchNormalization():
            variables = ("gamma", "beta", "moving_mean", "moving_variance")
            arrays = [weight(variable) for variable in variables]
            graph.add("BatchNormalization", name, *arrays, epsilon=NORM_EPSILON)
        case Relu():
            graph.add("Relu", name)
        case MaxPooling2D(size):
            graph.add("MaxPool", name, kernel_shape=[size, size], strides=[size, size])
        case Flatten():
            graph.add("Transpose", f"{name}/channels_last", perm=[0, 2, 3, 1])
            graph.add("Flatten", name)
        case Dense():
            graph.add("Gemm", name, weight("kernel"), weight("bias"))
        case Dropout():
            pass
        case Softmax():
            graph.add("Softmax", name, axis=1)
