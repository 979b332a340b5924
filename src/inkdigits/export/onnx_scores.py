"""Outlier scores as ONNX operators.

Comes in: a score and the names of logits and features. Goes out: operators behind the network's
own. Tests hold them against the scores in NumPy.
"""

from __future__ import annotations

import numpy as np

from inkdigits.evaluation.outlier_scores import (
    Energy,
    Mahalanobis,
    MaxSoftmax,
    NearestNeighbour,
    NoneClass,
    OutlierScore,
)
from inkdigits.export.onnx_nodes import SMALLEST, Graph


def append_score(graph: Graph, score: OutlierScore, logits: str, features: str) -> None:
    """Append the operators of an outlier score; what they give is named "outlierness".

    Args:
        graph: The network so far.
        score: Which score, with what it measures from.
        logits: Name of the value of shape (n, outputs).
        features: Name of the value of shape (n, features).

    Raises:
        TypeError: If the score is of an unknown kind.
    """
    match score:
        case MaxSoftmax(none_class):
            _read_classes(graph, logits, none_class)
            graph.add("Softmax", "outlierness/softmax", axis=1)
            graph.add("ReduceMax", "outlierness/surest", np.array([1]), keepdims=0)
            graph.add("Neg", "outlierness/negative")
            graph.add("Add", "outlierness", np.array(1.0, np.float32))
        case Energy(none_class):
            _read_classes(graph, logits, none_class)
            graph.add("ReduceLogSumExp", "outlierness/sum", np.array([1]), keepdims=0)
            graph.add("Neg", "outlierness")
        case NoneClass():
            _read_classes(graph, logits, none_class=True)
            classes = graph.add("ReduceLogSumExp", "outlierness/sum", np.array([1]), keepdims=1)
            graph.last = logits
            none = graph.add("Gather", "outlierness/none", np.array([-1]), axis=1)
            graph.join("Sub", "outlierness/odds", none, classes)
            graph.add("Squeeze", "outlierness", np.array([1]))
        case Mahalanobis(whitening, centres):
            graph.last = features
            graph.add("MatMul", "outlierness/whitened", whitening)
            graph.add("Unsqueeze", "outlierness/each", np.array([1]))
            graph.add("Sub", "outlierness/away", centres)
            graph.add("ReduceSumSquare", "outlierness/squared", np.array([2]), keepdims=0)
            graph.add("ReduceMin", "outlierness", np.array([1]), keepdims=0)
        case NearestNeighbour(references):
            _append_nearest(graph, features, references, score.neighbour)
        case _:
            raise TypeError(f"no operators for the outlier score {score!r}")


def _read_classes(graph: Graph, logits: str, none_class: bool) -> None:
    """Make the logits of the classes the newest value."""
    graph.last = logits
    if none_class:
        graph.without_last("outlierness/classes")


def _append_nearest(graph: Graph, features: str, references: np.ndarray, neighbour: int) -> None:
    """Append the distance to the k-th nearest reference: with unit vectors, from their product.

    Features that are all zero stay zero, and are 1 away from every reference.
    """
    graph.last = features
    graph.add("ReduceL2", "outlierness/length", np.array([1]), keepdims=1)
    length = graph.add("Max", "outlierness/length_above_zero", np.array(SMALLEST, np.float32))
    unit = graph.join("Div", "outlierness/unit", features, length)
    own = graph.add("ReduceSumSquare", "outlierness/own", np.array([1]), keepdims=1)
    graph.last = unit
    graph.add("MatMul", "outlierness/product", 2 * references.T)
    graph.join("Sub", "outlierness/nearness", graph.last, own)
    nearest = graph.top(neighbour, "outlierness/nearest")
    graph.last = nearest
    graph.add("ReduceMin", "outlierness/kth", np.array([1]), keepdims=0)
    graph.add("Neg", "outlierness/kth_away")
    graph.add("Add", "outlierness/squared", np.array(1.0, np.float32))
    graph.add("Relu", "outlierness/squared_above_zero")
    graph.add("Sqrt", "outlierness")
