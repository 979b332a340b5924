"""Networks and their weights -> an ONNX model.

Comes in: plain data, so any backend's weights will do. Goes out: the bytes of a model with one
input "images" (n, height, width, channels) and the output "probabilities", those of the classes
among themselves; with a confidence also "outlierness", and "none", the probability of no class,
where the network has an output for that. Batch normalisation uses the moving statistics; dropout
is gone. ONNX wants channels first: one transposition at the start, one before flattening, so that
the weights of the dense layers keep Keras's order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from inkdigits.datasets.dataset import Form
from inkdigits.evaluation.confidence import Confidence
from inkdigits.export.onnx_nodes import Graph
from inkdigits.export.onnx_scores import append_score
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
    Padding2D,
    Relu,
    Softmax,
)
from inkdigits.networks.network import Network
from inkdigits.recognition.onnx_file.seal import seal

OPSET = 18
IR_VERSION = 9
NORM_EPSILON = 1e-3  # Keras's default
MEMBER = "member"  # what the names of a network's weights begin with, where there are several


@dataclass(frozen=True)
class _Ends:
    """Names of what comes out of a network before its softmax."""

    features: tuple[str, ...]  # of each network
    logits: str


def to_onnx(
    members: Sequence[Network],
    class_names: Sequence[str],
    *,
    form: Form = "digits",
    confidence: Confidence | None = None,
    inner: bool = False,
    half: bool = False,
) -> bytes:
    """Write a network as ONNX, or several as one whose logits are the mean of theirs.

    Args:
        members: The networks, at least one; all read the same images and tell the same apart, but
            their layers may differ.
        class_names: One name for each class, kept in the file.
        form: What an image is, kept in the file: a digit as in MNIST, or a whole picture.
        confidence: Temperature, outlier score and threshold to keep in the file; None for
            probabilities as the networks give them.
        inner: Also give out what a confidence is fitted on: "logits" (n, outputs), that of no
            class among them, and "features" (n, features), the values that enter the last dense
            layer, of several networks side by side.
        half: Keep kernels in half precision (float16), which halves the file. All is computed in
            float32 as ever, with kernels that are off by up to 0.05 %.

    Returns:
        The file's content: operator set 18, float32, any number of images at once, and at its end
        the SHA-256 of all that.

    Raises:
        ValueError: If the networks read other images than the first, or answer otherwise.
    """
    architecture = _what_all_are(members)
    height, width, channels = architecture.input_shape
    graph = Graph("images")
    first = graph.add("Transpose", "channels_first", perm=[0, 3, 1, 2])
    graph.half = half
    ends = _append_members(graph, first, members)
    graph.half = False
    outputs = {"probabilities": ["n", len(class_names)]}
    graph.last = ends.logits
    if architecture.none_class:
        graph.without_last("class_logits")
    _append_probabilities(graph, confidence.temperature if confidence else 1.0)
    if architecture.none_class:
        _append_none(graph, ends.logits)
        outputs["none"] = ["n"]
    if confidence:
        append_score(graph, confidence.score, ends.logits, ends.features)
        outputs["outlierness"] = ["n"]
    if inner:
        graph.join("Identity", "logits", ends.logits)
        graph.join("Concat", "features", *ends.features, axis=1)
        outputs |= {"logits": ["n", architecture.outputs], "features": ["n", "features"]}
    float_type = TensorProto.FLOAT
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            architecture.name,
            [helper.make_tensor_value_info("images", float_type, ["n", height, width, channels])],
            [helper.make_tensor_value_info(*each) for each in _typed(outputs)],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="inkdigits",
    )
    helper.set_model_props(model, {"form": form, **_properties(class_names, confidence)})
    onnx.checker.check_model(model, full_check=True)
    return seal(bytes(model.SerializeToString()))


def _typed(outputs: Mapping[str, list[Any]]) -> list[tuple[str, int, list[Any]]]:
    return [(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()]


def _properties(class_names: Sequence[str], confidence: Confidence | None) -> dict[str, str]:
    properties = {"class_names": json.dumps(list(class_names))}
    if confidence:
        properties |= {
            "temperature": repr(confidence.temperature),
            "outlier_score": confidence.score.kind,
            "outlier_threshold": repr(confidence.threshold),
        }
    return properties


def _what_all_are(members: Sequence[Network]) -> Architecture:
    """Return the first network's layers, after checking that all others can answer with it."""

    def ends(layers: Architecture) -> str:
        none = " and none of them" if layers.none_class else ""
        return f"for images {layers.input_shape} of {layers.classes} classes{none}"

    first, *others = [each.architecture for each in members]
    for other in others:
        if ends(other) != ends(first):
            raise ValueError(
                f"networks that answer together must all be {ends(first)}; {other.name} is "
                f"{ends(other)}"
            )
    return first


def _append_members(graph: Graph, first: str, members: Sequence[Network]) -> _Ends:
    """Append each network, reading the value `first`, and join several into one."""
    several = len(members) > 1
    ends = []
    for number, network in enumerate(members, 1):
        graph.prefix = f"{MEMBER}{number}/" if several else ""
        graph.last = first
        ends.append(_append_network(graph, network))
    graph.prefix = ""
    if not several:
        return ends[0]
    logits = graph.join("Mean", "mean_logits", *(each.logits for each in ends))
    return _Ends(tuple(name for each in ends for name in each.features), logits)


def _append_network(graph: Graph, network: Network) -> _Ends:
    features = graph.last
    for name, layer in network.architecture.named_layers():
        if isinstance(layer, Dense):
            features = graph.last
        _append(graph, name, layer, network.weights)
    return _Ends((features,), graph.last)


def _append_none(graph: Graph, logits: str) -> None:
    """Append the probability of the last output, that of no class."""
    graph.last = logits
    graph.add("Softmax", "none/among_all", axis=1)
    graph.add("Gather", "none/last", np.array([-1]), axis=1)
    graph.add("Squeeze", "none", np.array([1]))


def _append_probabilities(graph: Graph, temperature: float) -> None:
    if temperature != 1.0:
        graph.add("Div", "cooled", np.array(temperature, np.float32))
    graph.add("Softmax", "probabilities", axis=1)


def _append(graph: Graph, name: str, layer: Layer, weights: Mapping[str, np.ndarray]) -> None:
    def weight(variable: str) -> np.ndarray:
        return weights[f"{name}/{variable}"]

    match layer:
        case Padding2D(margin):
            graph.add("Pad", name, np.array(2 * [0, 0, margin, margin]))
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
        case Dropout() | Softmax():  # whoever appends the network turns its logits into answers
            pass
