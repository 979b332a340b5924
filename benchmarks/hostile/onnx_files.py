"""Hostile ONNX files: each is a small network of ours with one thing changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from hostile.onnx_bytes import flood, nested, polyglot
from hostile.trap import Hostile, Trap

NAMES = [str(digit) for digit in range(10)]
Change = Callable[[onnx.ModelProto], object]


def small_network() -> onnx.ModelProto:
    """Return a network that reads 28x28 pixels and always answers alike."""
    nodes = [
        helper.make_node("Flatten", ["images"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    weights = numpy_helper.from_array(np.zeros((784, 10), np.float32), "weights")
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 28, 28, 1])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 10])],
        [weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    helper.set_model_props(model, {"class_names": json.dumps(NAMES)})
    return model


def _write(folder: Path, model: onnx.ModelProto) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def _changed(change: Change) -> Callable[[Path, Trap], Path]:
    def make(folder: Path, _: Trap) -> Path:
        model = small_network()
        change(model)
        return _write(folder, model)

    return make


def _outside(where: Callable[[Path, Trap], str], **entries: str) -> Callable[[Path, Trap], Path]:
    """Return a maker of networks whose weights lie in another file."""

    def make(folder: Path, trap: Trap) -> Path:
        model = small_network()
        _move_out(model.graph.initializer[0], where(folder, trap), **entries)
        return _write(folder, model)

    return make


def _move_out(tensor: onnx.TensorProto, location: str, **entries: str) -> None:
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, **entries}.items():
        tensor.external_data.add(key=key, value=value)


def _symlink(folder: Path, trap: Trap) -> str:
    (folder / "weights.bin").symlink_to(trap.secret)
    return "weights.bin"


def _hardlink(folder: Path, trap: Trap) -> str:
    os.link(trap.secret, folder / "weights.bin")
    return "weights.bin"


def _up(folder: Path, trap: Trap, before: str = "") -> str:
    return before + os.path.relpath(trap.secret, folder)


def _first(model: onnx.ModelProto, operator: str, output: str, *inputs: str, **more: Any) -> None:
    """Put an operator before all others."""
    node = helper.make_node(operator, list(inputs), [output], **more)
    model.graph.node.insert(0, node)


def _constant(model: onnx.ModelProto, name: str, array: np.ndarray) -> None:
    model.graph.initializer.append(numpy_helper.from_array(array, name))


def _outside_attribute(folder: Path, trap: Trap) -> Path:
    model, tensor = small_network(), numpy_helper.from_array(np.zeros(2, np.float32), "x")
    _move_out(tensor, str(trap.secret))
    _first(model, "Constant", "c", value=tensor)
    return _write(folder, model)


def _custom_operator(model: onnx.ModelProto) -> None:
    _first(model, "Run", "c", "images", domain="ai.onnx.contrib", command="touch canary")
    model.opset_import.add(domain="ai.onnx.contrib", version=1)


def _python_operator(model: onnx.ModelProto) -> None:
    _first(model, "PythonOp", "c", "images", domain="com.microsoft", func_name="os.system")
    model.opset_import.add(domain="com.microsoft", version=1)


def _shape_bomb(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].dims[:] = [2**31, 2**31]


def _overflow(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].dims[:] = [2**33, 2**33]  # the product is 4 with 64 bits


def _fill_bomb(model: onnx.ModelProto) -> None:
    _constant(model, "shape", np.array([2**20, 2**20]))
    _first(model, "ConstantOfShape", "c", "shape")


def _broadcast_bomb(model: onnx.ModelProto) -> None:
    _constant(model, "row", np.zeros((1, 100_000), np.float32))
    _constant(model, "column", np.zeros((100_000, 1), np.float32))
    _first(model, "Add", "c", "row", "column")


def _image_bomb(model: onnx.ModelProto) -> None:
    _constant(model, "row", np.zeros((1, 1, 1, 100_000), np.float32))
    _first(model, "Add", "c", "images", "row")


def _conv_bomb(model: onnx.ModelProto) -> None:
    _constant(model, "kernels", np.zeros((1, 28, 1, 1), np.float32))
    _first(model, "Conv", "c", "images", "kernels", pads=[2**30] * 4)


def _endless_loop(model: onnx.ModelProto) -> None:
    truth = helper.make_tensor_value_info("go", TensorProto.BOOL, [])
    count = helper.make_tensor_value_info("i", TensorProto.INT64, [])
    same = helper.make_node("Identity", ["go"], ["on"])
    after = helper.make_tensor_value_info("on", TensorProto.BOOL, [])
    body = helper.make_graph([same], "body", [count, truth], [after])
    _constant(model, "yes", np.array(True))
    _first(model, "Loop", "c", "", "yes", body=body)


def _recursive_function(model: onnx.ModelProto) -> None:
    call = helper.make_node("F", ["x"], ["y"], domain="own")
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("own", 1)]
    model.functions.append(helper.make_function("own", "F", ["x"], ["y"], [call], opsets))
    model.opset_import.add(domain="own", version=1)
    _first(model, "F", "c", "images", domain="own")


def _sparse(model: onnx.ModelProto) -> None:
    sparse = model.graph.sparse_initializer.add()
    sparse.values.CopyFrom(numpy_helper.from_array(np.ones(1, np.float32), "s"))
    sparse.indices.CopyFrom(numpy_helper.from_array(np.array([2**40]), "at"))
    sparse.dims.extend([4])


def _short(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].raw_data = b"\0" * 8


def _zero_stride(model: onnx.ModelProto) -> None:
    _first(model, "MaxPool", "c", "images", kernel_shape=[2, 2], strides=[0, 0])


def _top_bomb(model: onnx.ModelProto) -> None:
    _constant(model, "k", np.array([2**40]))
    node = helper.make_node("TopK", ["flat", "k"], ["a", "b"], axis=1)
    model.graph.node.insert(1, node)


def _circle(model: onnx.ModelProto) -> None:
    model.graph.node[1].input[0] = "probabilities"


def _names(text: str) -> Change:
    return lambda model: helper.set_model_props(model, {"class_names": text})


def _polyglot(folder: Path, trap: Trap) -> Path:
    return polyglot(small_network().SerializeToString(), folder, trap)


ONNX = [
    Hostile("onnx-up", "CVE-2022-25882: weights in ../secret", _outside(_up)),
    Hostile(
        "onnx-down-and-up",
        "CVE-2024-27318: weights in a/../../secret",
        _outside(partial(_up, before="a/../")),
    ),
    Hostile("onnx-absolute", "weights in /secret", _outside(lambda _, trap: str(trap.secret))),
    Hostile("onnx-symlink", "CVE-2026-27489: weights behind a symbolic link", _outside(_symlink)),
    Hostile("onnx-hardlink", "CVE-2026-34446: weights behind a hard link", _outside(_hardlink)),
    Hostile(
        "onnx-injection",
        "CVE-2026-34445: other attributes and an endless length",
        _outside(lambda *_: "w", __class__="os", length=str(2**62), offset="-1"),
    ),
    Hostile(
        "onnx-device", "weights from a device without an end", _outside(lambda *_: "/dev/zero")
    ),
    Hostile("onnx-attribute", "an attribute's tensor in another file", _outside_attribute),
    Hostile("onnx-custom", "an operator of another library", _changed(_custom_operator)),
    Hostile("onnx-python", "an operator that calls Python", _changed(_python_operator)),
    Hostile("onnx-shape-bomb", "weights of 16 EiB", _changed(_shape_bomb)),
    Hostile("onnx-overflow", "a shape whose product overflows", _changed(_overflow)),
    Hostile("onnx-fill-bomb", "4 TiB folded at loading", _changed(_fill_bomb)),
    Hostile("onnx-broadcast-bomb", "40 GB folded at loading", _changed(_broadcast_bomb)),
    Hostile("onnx-image-bomb", "300 MB an image", _changed(_image_bomb)),
    Hostile("onnx-conv-bomb", "a border of a billion pixels", _changed(_conv_bomb)),
    Hostile("onnx-loop", "a loop without an end", _changed(_endless_loop)),
    Hostile("onnx-recursion", "a function that calls itself", _changed(_recursive_function)),
    Hostile("onnx-nested", "graphs in graphs, ten thousand deep", nested),
    Hostile("onnx-flood", "three million empty operators", flood),
    Hostile("onnx-sparse", "a place outside the array", _changed(_sparse)),
    Hostile("onnx-short", "weights shorter than their shape", _changed(_short)),
    Hostile("onnx-zero-stride", "a division by zero", _changed(_zero_stride)),
    Hostile("onnx-top-bomb", "the 2**40 largest of 784", _changed(_top_bomb)),
    Hostile("onnx-circle", "a value computed from itself", _changed(_circle)),
    Hostile("onnx-deep-names", "JSON thirty thousand deep", _changed(_names("[" * 30_000))),
    Hostile(
        "onnx-terminal",
        "names that take over the terminal",
        _changed(_names(json.dumps([*NAMES[:9], "\x1b]0;owned\x07\x1b[2J"]))),
    ),
    Hostile("onnx-polyglot", "a network and an archive with a pickle at once", _polyglot),
]
