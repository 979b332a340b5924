import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper

from inkdigits.export.onnx_nodes import Graph


@pytest.fixture
def graph():
    return Graph("x")


def compute(graph, rows, *names):
    """Run a graph on rows of numbers and return the named values."""
    kind = TensorProto.FLOAT
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "made",
            [helper.make_tensor_value_info("x", kind, ["n", len(rows[0])])],
            [helper.make_tensor_value_info(name, kind, None) for name in names],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", 18)],
        ir_version=9,
    )
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(list(names), {"x": np.array(rows, np.float32)})


def test_operators_follow_one_another(graph):
    assert graph.add("Mul", "tripled", np.array(3.0, np.float32)) == "tripled"
    assert graph.add("Neg", "negative") == graph.last == "negative"
    tripled, negative = compute(graph, [[1, -2]], "tripled", "negative")
    assert (tripled.tolist(), negative.tolist()) == ([[3, -6]], [[-3, 6]])


def test_attributes_reach_the_operator(graph):
    graph.add("ReduceMax", "largest", np.array([1]), keepdims=0)
    assert compute(graph, [[1, 5, 3], [7, 2, 7]], "largest")[0].tolist() == [5, 7]


def test_named_values_are_joined_whatever_was_added_last(graph):
    doubled = graph.add("Mul", "doubled", np.array(2.0, np.float32))
    graph.add("Neg", "unused")
    assert graph.join("Sub", "rest", doubled, "x") == graph.last == "rest"
    assert compute(graph, [[5, 7]], "rest")[0].tolist() == [[5, 7]]


def test_the_prefix_keeps_equal_names_apart(graph):
    for prefix, factor in (("a/", 2), ("b/", 3)):
        graph.last, graph.prefix = "x", prefix
        assert graph.add("Mul", "times", np.array(factor, np.float32)) == f"{prefix}times"
    twice, thrice = compute(graph, [[1, 4]], "a/times", "b/times")
    assert (twice.tolist(), thrice.tolist()) == ([[2, 8]], [[3, 12]])


@pytest.mark.parametrize(
    ("count", "expected"), [(1, [[5], [7]]), (2, [[5, 3], [7, 7]]), (3, [[5, 3, 1], [7, 7, 2]])]
)
def test_the_largest_of_each_row_are_in_falling_order(graph, count, expected):
    assert graph.top(count, "best") == graph.last == "best"
    assert compute(graph, [[1, 5, 3], [7, 2, 7]], "best")[0].tolist() == expected


def test_weights_may_lie_in_memory_in_any_order(graph):
    graph.add("MatMul", "product", np.array([[1, 2], [3, 4]], np.float32).T)
    assert compute(graph, [[1, 0], [0, 1]], "product")[0].tolist() == [[1, 3], [2, 4]]
