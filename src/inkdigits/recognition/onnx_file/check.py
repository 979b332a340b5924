"""Whether an ONNX file is a network of ours, told from its bytes alone.

Comes in: a file's content. Goes out: nothing, or why it is refused. Everything is worked out before
any runtime sees the file: that each shape follows from those before, how many values are held at a
time, how many multiplications an image takes. It does not know the classes' meaning.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod

from inkdigits.arrays import LARGEST_SIDE, MOST_CLASSES
from inkdigits.recognition.onnx_file.calls import Call, Shape
from inkdigits.recognition.onnx_file.messages import (
    Constant,
    OnnxModel,
    Value,
    read_model,
    shown,
)
from inkdigits.recognition.onnx_file.operators import CAST, apply, widened
from inkdigits.recognition.onnx_file.seal import SEAL, check_seal
from inkdigits.recognition.onnx_file.wire import RefusedError

CHANNELS = (1, 3)
CLASSES = range(2, MOST_CLASSES + 1)
MAX_CLASS_NAME = 100
OUTPUTS = {"probabilities", "none", "outlierness", "logits", "features"}
PROPERTIES = {"form", "class_names", "temperature", "outlier_score", "outlier_threshold", SEAL}
# Held at a time and done for one image; `robust` takes 6 million and 6 billion for the largest.
MAX_VALUES = 2**23
MAX_MULTIPLICATIONS = 10**11


def check_network(content: bytes) -> None:
    """Refuse a file that is no network of ours, or would cost more than any of ours.

    Args:
        content: The file.

    Raises:
        RefusedError: Saying why; nothing in the file has been run or allocated.

    Example:
        >>> check_network(b"")
        Traceback (most recent call last):
            ...
        inkdigits.recognition.onnx_file.wire.RefusedError: it holds no graph
    """
    check_seal(content, check_structure(memoryview(content)))


def check_structure(content: memoryview) -> dict[str, str]:
    """Refuse a file for what it is made of, and leave its weights unread.

    Args:
        content: The file, or a view of it on the disk: little of it is looked at.

    Returns:
        What the file says of itself.

    Raises:
        RefusedError: Saying why.
    """
    model = read_model(content)
    _check_properties(model.properties)
    shapes = _follow(model)
    for output in model.outputs:
        _check_output(output, shapes)
    names = [output.name for output in model.outputs]
    if len(set(names)) != len(names) or "probabilities" not in names:
        raise RefusedError(f"it must give probabilities, each output once; it gives {shown(names)}")
    classes = len(_class_names(model.properties))
    if shapes["probabilities"] != (classes,):
        raise RefusedError(
            f"it must give {classes} probabilities; it gives {shown(shapes['probabilities'])}"
        )
    return model.properties


def _check_properties(properties: Mapping[str, str]) -> None:
    unknown = properties.keys() - PROPERTIES
    if unknown:
        raise RefusedError(f"it has the unknown property {shown(min(unknown))}")


def _class_names(properties: Mapping[str, str]) -> list[str]:
    try:
        names = json.loads(properties["class_names"])
    except (KeyError, ValueError, RecursionError):
        raise RefusedError("it must name its classes as a JSON list") from None
    if not isinstance(names, list) or len(names) not in CLASSES:
        raise RefusedError(f"it must name {CLASSES[0]} to {CLASSES[-1]} classes in a list")
    for name in names:
        if not isinstance(name, str) or len(name) > MAX_CLASS_NAME or not name.isprintable():
            raise RefusedError(
                f"a class name must have at most {MAX_CLASS_NAME} letters; received {shown(name)}"
            )
    return names


def _follow(model: OnnxModel) -> dict[str, Shape]:
    """Return the shape of every value for one image, worked out from the input's."""
    shapes: dict[str, Shape] = _input_shape(model.inputs)
    constants = dict(model.constants)
    given = {*shapes, *constants}
    work = 0
    for node in model.nodes:
        call = Call(node, [_find(name, shapes, constants) for name in node.inputs])
        for name in node.outputs:
            if name in given:
                raise RefusedError(f"two things are called {shown(name)}")
            given.add(name)
        if node.operator == CAST:
            constants[node.outputs[0]] = widened(call)
            # Each cast takes twice the memory that the file has for it, so there is one alone.
            del constants[node.inputs[0]]
            continue
        result = apply(call)
        if prod(result.shape) > MAX_VALUES:
            raise RefusedError(f"{node.operator} gives more than {MAX_VALUES:,} values an image")
        work += result.multiplications
        if work > MAX_MULTIPLICATIONS:
            raise RefusedError(f"it takes more than {MAX_MULTIPLICATIONS:,} products an image")
        shapes[node.outputs[0]] = result.shape  # of the second output, places, nobody reads
    _check_memory(model, shapes)
    return shapes


def _find(
    name: str, shapes: Mapping[str, Shape], constants: Mapping[str, Constant]
) -> Shape | Constant:
    found = shapes.get(name, constants.get(name))
    if found is None:
        raise RefusedError(f"nothing before gives {shown(name)}")
    return found


def _input_shape(inputs: list[Value]) -> dict[str, Shape]:
    match inputs:
        case [Value(name, (None, int(height), int(width), int(channels)))]:
            if 1 <= height <= LARGEST_SIDE and 1 <= width <= LARGEST_SIDE and channels in CHANNELS:
                return {name: (height, width, channels)}
    received = shown([each.shape for each in inputs])
    raise RefusedError(
        f"it must read any number of images of up to {LARGEST_SIDE}x{LARGEST_SIDE} pixels, grey "
        f"or in colour; received {received}"
    )


def _check_output(output: Value, shapes: Mapping[str, Shape]) -> None:
    if output.name not in OUTPUTS or output.name not in shapes:
        raise RefusedError(f"it cannot give {shown(output.name)}")
    shape = (None, *shapes[output.name])
    promised = output.shape
    if (
        len(promised) != len(shape)
        or promised[0] is not None
        or any(one not in (None, two) for one, two in zip(promised, shape, strict=True))
    ):
        raise RefusedError(
            f"{output.name} has the shape {shape}, not {shown(promised)} as the file says"
        )


def _check_memory(model: OnnxModel, shapes: Mapping[str, Shape]) -> None:
    """Refuse a file whose operators, one after the other, hold too many values at a time."""
    last_use = {name: place for place, node in enumerate(model.nodes) for name in node.inputs}
    held = sum(prod(shapes[each.name]) for each in model.inputs)
    for place, node in enumerate(model.nodes):
        if node.operator == CAST:
            continue
        held += prod(shapes[node.outputs[0]])
        if held > MAX_VALUES:
            raise RefusedError(f"it holds more than {MAX_VALUES:,} values at a time for an image")
        held -= sum(
            prod(shapes[name])
            for name in {*node.inputs, node.outputs[0]}
            if name in shapes and last_use.get(name, place) == place
        )
