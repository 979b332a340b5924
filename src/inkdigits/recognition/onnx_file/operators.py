"""The operators that our networks are made of: which shapes they take and give, at what cost.

Comes in: a node and what its inputs are. Goes out: the shape of its output and how many
multiplications it takes. Shapes are those of one image; the axis of images comes before them in
the file, and no operator may touch it. It does not know the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import TypeAlias

from inkdigits.recognition.onnx_file.calls import MAX_KERNEL, Call, Result, Shape
from inkdigits.recognition.onnx_file.messages import FLOAT, FLOAT16, Constant, shown
from inkdigits.recognition.onnx_file.wire import RefusedError

Operator: TypeAlias = Callable[[Call], Result]
CAST = "Cast"


def apply(call: Call) -> Result:
    """Return what a node gives.

    Raises:
        RefusedError: If the operator is none of ours, or its inputs or attributes do not fit.
    """
    known = OPERATORS.get(call.node.operator)
    if known is None:
        raise RefusedError(f"the operator {shown(call.node.operator)} is none that inkdigits uses")
    compute, attributes = known
    unknown = call.node.attributes.keys() - attributes
    if unknown:
        raise call.wrong(f"cannot have the attribute {shown(min(unknown))}")
    if len(call.node.outputs) != (2 if call.node.operator == "TopK" else 1):
        raise call.wrong(f"must not have {len(call.node.outputs)} outputs")
    return compute(call)


def widened(call: Call) -> Constant:
    """Return what `CAST` makes of weights kept in half precision: the same in float32.

    Raises:
        RefusedError: If they are anything else.
    """
    call.count(1)
    weights = call.constant(0, FLOAT16)
    if call.node.attributes != {"to": FLOAT} or len(call.node.outputs) != 1:
        raise call.wrong("must make float32 of float16, and nothing else")
    return Constant(weights.shape, FLOAT, memoryview(b""))


def _same(call: Call) -> Result:
    call.count(1)
    return _elementwise(call.value())


def _elementwise(shape: Shape) -> Result:
    return Result(shape, prod(shape))


def _transpose(call: Call) -> Result:
    call.count(1)
    shape, order = call.value(), call.node.attributes.get("perm")
    if not isinstance(order, list) or sorted(order) != list(range(len(shape) + 1)) or order[0]:
        raise call.wrong(f"cannot order the axes as {shown(order)}")
    return _elementwise(tuple(shape[axis - 1] for axis in order[1:]))


def _pad(call: Call) -> Result:
    call.count(2)
    channels, *size = call.rank(0, 3)
    margin = call.margin(1)
    return _elementwise((channels, *(side + 2 * margin for side in size)))


def _conv(call: Call) -> Result:
    call.count(2, 3)
    channels, *size = call.rank(0, 3)
    kernels = call.constant(1).shape
    if len(kernels) != 4 or kernels[1] != channels or max(kernels[2:]) > MAX_KERNEL:
        raise call.wrong(f"cannot read {channels} channels with kernels of shape {shown(kernels)}")
    if len(call.inputs) == 3:
        call.weights(2, kernels[:1])
    stride = call.square("strides") if "strides" in call.node.attributes else 1
    places = _places(call, size, kernels[2:], stride)
    return Result((kernels[0], *places), prod(kernels) * prod(places))


def _places(call: Call, size: Sequence[int], window: Sequence[int], stride: int) -> Shape:
    """Return at how many places a window fits, down and across."""
    if any(inner > outer for inner, outer in zip(window, size, strict=True)):
        raise call.wrong(f"has a window of {shown(tuple(window))} on {shown(tuple(size))} pixels")
    return tuple((outer - inner) // stride + 1 for outer, inner in zip(size, window, strict=True))


def _max_pool(call: Call) -> Result:
    call.count(1)
    channels, *size = call.rank(0, 3)
    side = call.square("kernel_shape")
    places = _places(call, size, (side, side), call.square("strides"))
    return Result((channels, *places), channels * prod(places) * side * side)


def _batch_norm(call: Call) -> Result:
    call.count(5)
    shape, epsilon = call.value(), call.node.attributes.get("epsilon")
    if not isinstance(epsilon, float) or not 0 < epsilon < 1:
        raise call.wrong(f"needs an `epsilon` between 0 and 1; received {shown(epsilon)}")
    for place in range(1, 5):
        call.weights(place, shape[:1])
    return _elementwise(shape)


def _flatten(call: Call) -> Result:
    call.count(1)
    return _elementwise((prod(call.value()),))


def _product(call: Call) -> Result:
    gemm = call.node.operator == "Gemm"
    call.count(3 if gemm else 2)
    (features,) = call.rank(0, 1)
    weights = call.constant(1).shape
    if len(weights) != 2 or weights[0] != features:
        raise call.wrong(f"cannot multiply {features} values by {shown(weights)} weights")
    if gemm:
        call.weights(2, weights[1:])
    return Result(weights[1:], prod(weights))


def _pair(call: Call) -> Result:
    """Two inputs, the shorter shape repeated along the longer, the first computed."""
    call.count(2)
    shape, other = call.value(), call.input(1)
    if isinstance(other, Constant):
        # A single number has the shape (1,) or none; it must not stand for the axis of images.
        if call.constant(1).shape in ((), (1,)):
            return _elementwise(shape)
        other = call.constant(1).shape
        if len(other) > len(shape):
            raise call.wrong(f"cannot join the shapes {shape} and {shown(other)}")
        other = (1,) * (len(shape) - len(other)) + other
    if len(other) != len(shape) or any(
        one != two and 1 not in (one, two) for one, two in zip(shape, other, strict=True)
    ):
        raise call.wrong(f"cannot join the shapes {shape} and {shown(other)}")
    return _elementwise(tuple(map(max, shape, other)))


def _mean(call: Call) -> Result:
    shapes = {call.value(place) for place in range(len(call.inputs))}
    if len(shapes) != 1:
        raise call.wrong("must have inputs of one shape")
    return Result(shapes.pop(), len(call.inputs) * prod(call.value()))


def _softmax(call: Call) -> Result:
    call.attribute("axis", range(1, 2))
    call.count(1)
    return _elementwise(call.rank(0, 1))


def _gather(call: Call) -> Result:
    call.attribute("axis", range(1, 2))
    call.count(2)
    (length,) = call.rank(0, 1)
    if not -length <= call.integer(1) < length:
        raise call.wrong(f"cannot take value {call.integer(1)} of {length}")
    return _elementwise((1,))


def _squeeze(call: Call) -> Result:
    call.count(2)
    if call.value() != (1,) or call.integer(1) != 1:
        raise call.wrong(f"cannot drop an axis of the shape {call.value()}")
    return _elementwise(())


def _unsqueeze(call: Call) -> Result:
    call.count(2)
    if call.integer(1) != 1:
        raise call.wrong("must make the axis behind that of images")
    return _elementwise((1, *call.value()))


def _slice(call: Call) -> Result:
    call.count(4)
    (length,) = call.rank(0, 1)
    start, end, axis = (call.integer(place) for place in (1, 2, 3))
    kept = len(range(length)[start:end])
    if axis != 1 or not kept:
        raise call.wrong(f"must keep some of {length} values")
    return _elementwise((kept,))


def _concat(call: Call) -> Result:
    call.attribute("axis", range(1, 2))
    call.value()
    return _elementwise((sum(call.rank(place, 1)[0] for place in range(len(call.inputs))),))


def _reduce(call: Call) -> Result:
    call.count(2)
    shape, axis = call.value(), call.integer(1)
    keep = call.attribute("keepdims", range(2))
    if not 1 <= axis <= len(shape):
        raise call.wrong(f"cannot go along axis {axis} of the shape {shape}")
    left = (*shape[: axis - 1], *([1] if keep else []), *shape[axis:])
    return Result(left, prod(shape))


def _top(call: Call) -> Result:
    call.attribute("axis", range(1, 2))
    call.count(2)
    (length,) = call.rank(0, 1)
    largest = call.integer(1)
    if not 1 <= largest <= length:
        raise call.wrong(f"cannot take the {largest} largest of {length}")
    return Result((largest,), length)


def _all(compute: Operator, names: str, *attributes: str) -> dict[str, tuple[Operator, set[str]]]:
    return {name: (compute, set(attributes)) for name in names.split()}


OPERATORS: Mapping[str, tuple[Operator, set[str]]] = {
    **_all(_same, "Identity Neg Relu Sqrt"),
    **_all(_pair, "Add Div Max Sub"),
    **_all(_product, "Gemm MatMul"),
    **_all(_reduce, "ReduceL2 ReduceLogSumExp ReduceMax ReduceMin ReduceSumSquare", "keepdims"),
    **_all(_transpose, "Transpose", "perm"),
    **_all(_pad, "Pad"),
    **_all(_conv, "Conv", "strides"),
    **_all(_max_pool, "MaxPool", "kernel_shape", "strides"),
    **_all(_batch_norm, "BatchNormalization", "epsilon"),
    **_all(_flatten, "Flatten"),
    **_all(_mean, "Mean"),
    **_all(_softmax, "Softmax", "axis"),
    **_all(_gather, "Gather", "axis"),
    **_all(_squeeze, "Squeeze"),
    **_all(_unsqueeze, "Unsqueeze"),
    **_all(_slice, "Slice"),
    **_all(_concat, "Concat", "axis"),
    **_all(_top, "TopK", "axis"),
}
"""What `inkdigits.export` writes, each with the attributes that it gives."""
