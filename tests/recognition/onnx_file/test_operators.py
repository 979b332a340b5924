import ast
import struct
from pathlib import Path

import pytest

import inkdigits.export
from inkdigits.recognition.onnx_file.calls import Call
from inkdigits.recognition.onnx_file.messages import FLOAT, FLOAT16, INT64, Constant, Node
from inkdigits.recognition.onnx_file.operators import CAST, OPERATORS, apply, widened
from inkdigits.recognition.onnx_file.wire import RefusedError


def weights(*shape):
    return Constant(shape, FLOAT, memoryview(b""))


def number(value):
    return Constant((1,), INT64, memoryview(struct.pack("<q", value)))


def numbers(*values):
    return Constant((len(values),), INT64, memoryview(struct.pack(f"<{len(values)}q", *values)))


def give(operator, *inputs, **attributes):
    outputs = ("a", "b") if operator == "TopK" else ("a",)
    return apply(Call(Node(operator, ("x",) * len(inputs), outputs, attributes), inputs))


def refused(*arguments, **attributes):
    with pytest.raises(RefusedError) as caught:
        give(*arguments, **attributes)
    return str(caught.value)


NORM = [weights(6)] * 4


@pytest.mark.parametrize(
    ("operator", "inputs", "attributes", "shape", "multiplications"),
    [
        ("Relu", [(3, 2)], {}, (3, 2), 6),
        ("Transpose", [(5, 4, 3)], {"perm": [0, 3, 1, 2]}, (3, 5, 4), 60),
        ("Pad", [(3, 2, 4), numbers(0, 0, 2, 2, 0, 0, 2, 2)], {}, (3, 6, 8), 144),
        ("Conv", [(3, 9, 8), weights(6, 3, 4, 2), weights(6)], {}, (6, 6, 7), 6048),
        ("Conv", [(3, 9, 8), weights(6, 3, 4, 2)], {"strides": [2, 2]}, (6, 3, 4), 1728),
        ("MaxPool", [(6, 9, 8)], {"kernel_shape": [2, 2], "strides": [2, 2]}, (6, 4, 4), 384),
        ("BatchNormalization", [(6, 2, 2), *NORM], {"epsilon": 0.001}, (6, 2, 2), 24),
        ("BatchNormalization", [(6,), *NORM], {"epsilon": 0.001}, (6,), 6),
        ("Flatten", [(3, 4, 5)], {}, (60,), 60),
        ("Gemm", [(5,), weights(5, 7), weights(7)], {}, (7,), 35),
        ("MatMul", [(5,), weights(5, 7)], {}, (7,), 35),
        ("Div", [(5,), weights()], {}, (5,), 5),
        ("Add", [(), weights()], {}, (), 1),
        ("Add", [(), weights(1)], {}, (), 1),
        ("Div", [(5,), (1,)], {}, (5,), 5),
        ("Sub", [(1, 7), weights(10, 7)], {}, (10, 7), 70),
        ("Sub", [(4, 7), weights(7)], {}, (4, 7), 28),
        ("Mean", [(5,), (5,), (5,)], {}, (5,), 15),
        ("Softmax", [(5,)], {"axis": 1}, (5,), 5),
        ("Gather", [(5,), number(-5)], {"axis": 1}, (1,), 1),
        ("Squeeze", [(1,), number(1)], {}, (), 1),
        ("Unsqueeze", [(7,), number(1)], {}, (1, 7), 7),
        ("Slice", [(11,), number(0), number(-1), number(1)], {}, (10,), 10),
        ("Concat", [(5,), (6,)], {"axis": 1}, (11,), 11),
        ("ReduceMax", [(10, 7), number(2)], {"keepdims": 0}, (10,), 70),
        ("ReduceL2", [(7,), number(1)], {"keepdims": 1}, (1,), 7),
        ("TopK", [(9,), number(4)], {"axis": 1}, (4,), 9),
    ],
)
def test_shape_and_cost_follow_from_the_inputs(
    operator, inputs, attributes, shape, multiplications
):
    result = give(operator, *inputs, **attributes)
    assert (result.shape, result.multiplications) == (shape, multiplications)


@pytest.mark.parametrize(
    ("operator", "inputs", "attributes", "reason"),
    [
        ("If", [(3,)], {}, "the operator 'If' is none that inkdigits uses"),
        ("Relu", [(3,)], {"axis": 1}, "Relu cannot have the attribute 'axis'"),
        ("Relu", [weights(3)], {}, "Relu reads a constant where a value must be"),
        ("Relu", [], {}, "Relu must not have 0 inputs"),
        *(
            ("Pad", [(3, 2, 4), numbers(*margins)], {}, "Pad needs a margin of 1 to 16")
            for margins in (
                *((0, 0, 17, 17, 0, 0, 17, 17), (0, 0, -1, -1, 0, 0, -1, -1)),
                *((1, 0, 2, 2, 1, 0, 2, 2), (0, 0, 2, 2, 0, 0, 2, 1), (0,) * 8, (2, 2, 2, 2)),
                (0, 0, 2**62, 2**62, 0, 0, 2**62, 2**62),
            )
        ),
        ("Pad", [(3, 2, 4), weights(8)], {}, "Pad must read a constant of the right type"),
        ("Pad", [(3,), numbers(0, 0, 1, 1, 0, 0, 1, 1)], {}, "Pad cannot read the shape (3,)"),
        ("Pad", [(3, 2, 4)], {"mode": 1}, "Pad cannot have the attribute 'mode'"),
        (
            "Transpose",
            [(5, 4)],
            {"perm": [1, 0, 2]},
            "Transpose cannot order the axes as [1, 0, 2]",
        ),
        ("Transpose", [(5, 4)], {}, "Transpose cannot order the axes as None"),
        ("Conv", [(3, 9, 8), (6, 3, 4, 2)], {}, "Conv must read a constant of the right type"),
        ("Conv", [(3, 9, 8), weights(6, 2, 4, 2)], {}, "Conv cannot read 3 channels with kernels"),
        ("Conv", [(3, 9, 8), weights(6, 3, 10, 2)], {}, "Conv has a window of (10, 2) on (9, 8)"),
        ("Conv", [(3, 9, 8), weights(6, 3, 65, 2)], {}, "Conv cannot read 3 channels with kernels"),
        (
            "Conv",
            [(3, 9, 8), weights(6, 3, 2, 2), weights(5)],
            {},
            "Conv needs weights of shape (6,)",
        ),
        ("Conv", [(3, 9, 8), weights(6, 3, 2, 2)], {"strides": [0, 0]}, "`strides` of 1 to 64"),
        (
            "Conv",
            [(3, 9, 8), weights(6, 3, 2, 2)],
            {"strides": [1]},
            "two equal numbers as `strides`",
        ),
        ("Conv", [(3, 9), weights(6, 3, 2, 2)], {}, "Conv cannot read the shape (3, 9)"),
        ("MaxPool", [(6, 9, 8)], {"strides": [2, 2]}, "two equal numbers as `kernel_shape`"),
        ("BatchNormalization", [(6,), *NORM], {}, "needs an `epsilon` between 0 and 1"),
        ("BatchNormalization", [(5,), *NORM], {"epsilon": 0.1}, "needs weights of shape (5,)"),
        (
            "Gemm",
            [(5,), weights(6, 7), weights(7)],
            {},
            "cannot multiply 5 values by (6, 7) weights",
        ),
        ("Gemm", [(5,), weights(5, 7)], {}, "Gemm must not have 2 inputs"),
        ("MatMul", [(5, 4), weights(4, 7)], {}, "MatMul cannot read the shape (5, 4)"),
        ("Add", [(5,), weights(9, 5)], {}, "Add cannot join the shapes (5,) and (9, 5)"),
        ("Add", [(5,), (6,)], {}, "Add cannot join the shapes (5,) and (6,)"),
        ("Add", [(5,), number(1)], {}, "Add must read a constant of the right type"),
        ("Mean", [(5,), (6,)], {}, "Mean must have inputs of one shape"),
        ("Mean", [], {}, "Mean must have inputs of one shape"),
        ("Softmax", [(5,)], {"axis": 0}, "Softmax needs `axis` from 1 to 1; received 0"),
        ("Gather", [(5,), number(5)], {"axis": 1}, "Gather cannot take value 5 of 5"),
        ("Squeeze", [(2,), number(1)], {}, "Squeeze cannot drop an axis of the shape (2,)"),
        ("Unsqueeze", [(2,), number(0)], {}, "must make the axis behind that of images"),
        ("Slice", [(5,), number(5), number(9), number(1)], {}, "Slice must keep some of 5 values"),
        ("Slice", [(5,), number(0), number(2), number(0)], {}, "Slice must keep some of 5 values"),
        ("Concat", [], {"axis": 1}, "Concat must have more than 0 inputs"),
        ("ReduceMax", [(7,), number(0)], {"keepdims": 0}, "ReduceMax cannot go along axis 0"),
        ("ReduceMax", [(7,), number(1)], {}, "needs `keepdims` from 0 to 1; received None"),
        ("TopK", [(9,), number(2**40)], {"axis": 1}, "TopK cannot take the 1099511627776 largest"),
        ("TopK", [(9,), number(0)], {"axis": 1}, "TopK cannot take the 0 largest of 9"),
    ],
)
def test_what_does_not_fit_is_refused(operator, inputs, attributes, reason):
    assert reason in refused(operator, *inputs, **attributes)


def test_another_number_of_outputs_is_refused():
    with pytest.raises(RefusedError, match="Relu must not have 2 outputs"):
        apply(Call(Node("Relu", ("x",), ("a", "b"), {}), [(3,)]))


def test_these_are_all_the_operators_that_the_export_writes():
    folder = Path(inkdigits.export.__file__).parent
    words = {
        node.value
        for file in folder.glob("onnx_*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert words >= OPERATORS.keys()


def cast(*inputs, outputs=("a",), **attributes):
    return widened(Call(Node(CAST, ("x",) * len(inputs), outputs, attributes), inputs))


NARROW = Constant((3, 2), FLOAT16, memoryview(b""))


def test_weights_in_half_precision_are_read_as_whole_ones_of_their_shape():
    wide = cast(NARROW, to=FLOAT)
    assert (wide.shape, wide.element) == ((3, 2), FLOAT)


@pytest.mark.parametrize(
    ("inputs", "outputs", "attributes"),
    [
        ([NARROW], ("a",), {}),
        ([NARROW], ("a",), {"to": INT64}),
        ([NARROW], ("a",), {"to": FLOAT, "saturate": 1}),
        ([NARROW], ("a", "b"), {"to": FLOAT}),
        ([NARROW, NARROW], ("a",), {"to": FLOAT}),
        ([weights(3, 2)], ("a",), {"to": FLOAT}),
        ([(3, 2)], ("a",), {"to": FLOAT}),
        ([], ("a",), {"to": FLOAT}),
    ],
)
def test_any_other_cast_is_refused(inputs, outputs, attributes):
    with pytest.raises(RefusedError, match=r"^Cast "):
        cast(*inputs, outputs=outputs, **attributes)
