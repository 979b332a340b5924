"""ONNX files of networks so simple that every answer can be worked out by hand.

Each looks at the mean ink of an image alone: the outlier score is that mean, 0 to 1, and the
answer is always the same class.
"""

import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper


def write_network(
    path: Path,
    answer: int,
    *,
    threshold: float | None = None,
    names: str = "0123456789",
    side: int = 28,
) -> Path:
    """Write a network that always gives the same answer.

    Args:
        path: Where.
        answer: Index of the class it gives a higher logit, by 2, than all others.
        threshold: Mean ink above which it rejects; None for a network without a score.
        names: One letter for each class.
        side: Height and width of the images in pixels.
    """
    logits = np.zeros(len(names), np.float32)
    logits[answer] = 2.0
    nothing = np.zeros((side * side, len(names)), np.float32)
    nodes = [
        helper.make_node("Flatten", ["image"], ["pixels"]),
        helper.make_node("Gemm", ["pixels", "weights", "bias"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    outputs = [_floats("probabilities", ["n", len(names)])]
    properties = {"class_names": json.dumps(list(names))}
    constants = {"weights": nothing, "bias": logits}
    if threshold is not None:
        nodes.append(helper.make_node("MatMul", ["pixels", "shares"], ["mean"]))
        nodes.append(helper.make_node("Squeeze", ["mean", "axis"], ["outlierness"]))
        constants["shares"] = np.full((side * side, 1), 1 / side**2, np.float32)
        constants["axis"] = np.array([1])
        outputs.append(_floats("outlierness", ["n"]))
        properties |= {
            "outlier_score": "mean-ink",
            "outlier_threshold": str(threshold),
            "temperature": "1.5",
        }
    graph = helper.make_graph(
        nodes,
        "hand-made",
        [_floats("image", ["n", side, side, 1])],
        outputs,
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    helper.set_model_props(model, properties)
    path.write_bytes(model.SerializeToString())
    return path


def _floats(name: str, shape: list[str | int]) -> object:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
