"""What an ONNX file of ours may hold, as plain data.

Comes in: the file's bytes. Goes out: nodes, constants, inputs, outputs and properties. It reads
the part of the format that the export writes: no external data, functions, subgraphs, sparse
tensors or training. It does not know what the operators compute.

Field numbers are those of https://github.com/onnx/onnx/blob/v1.21.0/onnx/onnx.proto.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from inkdigits.recognition.onnx_file.wire import Kind, Reader, RefusedError, Schema, Slot

FLOAT, INT64, FLOAT16 = 1, 7, 10
IR_VERSIONS = range(8, 14)
OPSETS = range(18, 22)
MAX_NAME = 200
_BYTES_EACH = {FLOAT: 4, INT64: 8, FLOAT16: 2}

_OPSET: Schema = {1: Slot("domain", Kind.TEXT), 2: Slot("version", Kind.NUMBER)}
_PROPERTY: Schema = {1: Slot("key", Kind.TEXT), 2: Slot("value", Kind.TEXT)}
_DIMENSION: Schema = {1: Slot("value", Kind.NUMBER), 2: Slot("param", Kind.TEXT)}
_SHAPE: Schema = {1: Slot("dimensions", Kind.MESSAGE, many=True, of=_DIMENSION)}
_TENSOR_TYPE: Schema = {
    1: Slot("element", Kind.NUMBER),
    2: Slot("shape", Kind.MESSAGE, of=_SHAPE),
}
_TYPE: Schema = {1: Slot("tensor", Kind.MESSAGE, of=_TENSOR_TYPE)}
_VALUE: Schema = {1: Slot("name", Kind.TEXT), 2: Slot("type", Kind.MESSAGE, of=_TYPE)}
_TENSOR: Schema = {
    1: Slot("dims", Kind.NUMBERS),
    2: Slot("element", Kind.NUMBER),
    8: Slot("name", Kind.TEXT),
    9: Slot("content", Kind.BYTES),
}
_ATTRIBUTE: Schema = {
    1: Slot("name", Kind.TEXT),
    2: Slot("float", Kind.FLOAT),
    3: Slot("number", Kind.NUMBER),
    8: Slot("numbers", Kind.NUMBERS),
    20: Slot("type", Kind.NUMBER),
}
_NODE: Schema = {
    1: Slot("inputs", Kind.TEXT, many=True),
    2: Slot("outputs", Kind.TEXT, many=True),
    3: Slot("name", Kind.TEXT),
    4: Slot("operator", Kind.TEXT),
    5: Slot("attributes", Kind.MESSAGE, many=True, of=_ATTRIBUTE),
}
_GRAPH: Schema = {
    1: Slot("nodes", Kind.MESSAGE, many=True, of=_NODE),
    2: Slot("name", Kind.TEXT),
    5: Slot("constants", Kind.MESSAGE, many=True, of=_TENSOR),
    11: Slot("inputs", Kind.MESSAGE, many=True, of=_VALUE),
    12: Slot("outputs", Kind.MESSAGE, many=True, of=_VALUE),
}
_MODEL: Schema = {
    1: Slot("ir_version", Kind.NUMBER),
    2: Slot("producer", Kind.TEXT),
    7: Slot("graph", Kind.MESSAGE, of=_GRAPH),
    8: Slot("opsets", Kind.MESSAGE, many=True, of=_OPSET),
    14: Slot("properties", Kind.MESSAGE, many=True, of=_PROPERTY),
}
# The type that the file must give an attribute, by where its value is.
_ATTRIBUTE_TYPES = {"float": 1, "number": 2, "numbers": 7}


@dataclass(frozen=True)
class Constant:
    """An array that the file holds: float32, float16 or int64, its size that of its shape."""

    shape: tuple[int, ...]
    element: int
    content: memoryview


@dataclass(frozen=True)
class Node:
    """An operator with the names of what it reads and gives."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, float | int | list[int]]


@dataclass(frozen=True)
class Value:
    """An input or output of the whole: its name and shape, None where any length will do."""

    name: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True)
class OnnxModel:
    """A network as its file describes it."""

    nodes: list[Node]
    constants: dict[str, Constant]
    inputs: list[Value]
    outputs: list[Value]
    properties: dict[str, str]


def read_model(content: memoryview) -> OnnxModel:
    """Read an ONNX file.

    Raises:
        RefusedError: If it holds anything that the export does not write, or what belongs together
            does not fit.
    """
    model = Reader().read(content, _MODEL)
    graph = model["graph"]
    if graph is None:
        raise RefusedError("it holds no graph")
    if model["ir_version"] not in IR_VERSIONS:
        raise RefusedError(
            f"its format must be {IR_VERSIONS[0]} to {IR_VERSIONS[-1]}; "
            f"received {model['ir_version']}"
        )
    _check_opsets(model["opsets"])
    return OnnxModel(
        nodes=[_node(each) for each in graph["nodes"]],
        constants=_by_name([(each["name"], _constant(each)) for each in graph["constants"]]),
        inputs=[_value(each) for each in graph["inputs"]],
        outputs=[_value(each) for each in graph["outputs"]],
        properties=_by_name([(each["key"], each["value"] or "") for each in model["properties"]]),
    )


def shown(name: object) -> str:
    """Return a name from a file as a message may show it."""
    text = repr(name)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _check_opsets(opsets: list[dict[str, Any]]) -> None:
    if len(opsets) != 1 or opsets[0]["domain"]:
        raise RefusedError("it must use the operators of ONNX alone")
    if opsets[0]["version"] not in OPSETS:
        raise RefusedError(
            f"its operator set must be {OPSETS[0]} to {OPSETS[-1]}; received {opsets[0]['version']}"
        )


def _by_name(pairs: list[tuple[Any, Any]]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for name, value in pairs:
        if _name(name) in named:
            raise RefusedError(f"{shown(name)} comes twice")
        named[name] = value
    return named


def _name(name: str | None) -> str:
    if not name or len(name) > MAX_NAME:
        raise RefusedError(f"a name must have 1 to {MAX_NAME} letters; received {shown(name)}")
    return name


def _constant(tensor: dict[str, Any]) -> Constant:
    dims, element, content = tuple(tensor["dims"]), tensor["element"], tensor["content"]
    if element not in _BYTES_EACH:
        raise RefusedError(f"{shown(tensor['name'])} must be float32, float16 or int64")
    if len(dims) > 4 or not all(0 < side < 2**31 for side in dims):
        raise RefusedError(f"{shown(tensor['name'])} cannot have the shape {shown(dims)}")
    held, wanted = len(content or b""), prod(dims) * _BYTES_EACH[element]
    if held != wanted:
        raise RefusedError(
            f"{shown(tensor['name'])} must hold {wanted:,} bytes for its shape; received {held:,}"
        )
    return Constant(dims, element, content)


def _node(node: dict[str, Any]) -> Node:
    attributes = [(each["name"], _attribute(each)) for each in node["attributes"]]
    inputs, outputs = (tuple(map(_name, node[side])) for side in ("inputs", "outputs"))
    return Node(node["operator"] or "", inputs, outputs, _by_name(attributes))


def _attribute(attribute: dict[str, Any]) -> float | int | list[int]:
    for kind, number in _ATTRIBUTE_TYPES.items():
        if attribute["type"] == number:
            given = [each for each in _ATTRIBUTE_TYPES if attribute[each] not in (None, [])]
            if given != [kind]:
                break
            value: float | int | list[int] = attribute[kind]
            return value
    raise RefusedError(f"the attribute {shown(attribute['name'])} must be one of numbers")


def _value(value: dict[str, Any]) -> Value:
    tensor = (value["type"] or {}).get("tensor") or {}
    if tensor.get("element") != FLOAT or tensor["shape"] is None:
        raise RefusedError(f"{shown(value['name'])} must be float32 and say its shape")
    return Value(
        _name(value["name"]), tuple(each["value"] for each in tensor["shape"]["dimensions"])
    )
