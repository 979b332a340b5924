"""Small ONNX networks, and ways to change one thing in them."""

import json
from collections.abc import Callable, Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def network(
    *nodes: onnx.NodeProto,
    shape: Sequence[int] = (4, 4, 1),
    classes: int = 3,
    **constants: np.ndarray,
) -> onnx.ModelProto:
    """Return a network from "images" to "probabilities".

    Args:
        nodes: Its operators, in order; none for a product, `flat @ weights`, and a softmax.
        shape: Height, width and channels of one image.
        classes: How many probabilities it promises.
        constants: The arrays that the operators read.
    """
    if not nodes:
        nodes = (
            helper.make_node("Flatten", ["images"], ["flat"]),
            helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
        )
        constants = {"weights": np.zeros((int(np.prod(shape)), classes), np.float32)}
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", *shape])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", classes])],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    names = [f"c{number}" for number in range(classes)]
    helper.set_model_props(model, {"class_names": json.dumps(names)})
    return model


def changed(change: Callable[[onnx.ModelProto], object]) -> bytes:
    """Return the small network after a change."""
    model = network()
    change(model)
    return bytes(model.SerializeToString())
