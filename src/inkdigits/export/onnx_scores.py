"""Outlier scores as ONNX operators.

Comes in: a score and the names of logits and features. Goes out: operators behind the network's
own. Tests hold them against the scores in NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from inkdigits.evaluation.feature_distances import MahalanobisDistance, NeighbourDistance
from inkdigits.evaluation.outlier_scores import (
    Energy,
    Mahalanobis,
    MaxSoftmax,
    NearestNeighbour,
    NoneClass,
    OutlierScore,
)
from inkdigits.export.onnx_nodes import SMALLEST, Graph

Distance = TypeVar("Distance", MahalanobisDistance, NeighbourDistance)


def append_score(graph: Graph, score: OutlierScore, logits: str, features: Sequence[str]) -> None:
    """Append the operators of an outlier score; what they give is named "outlierness".

    Args:
        graph: The network so far.
        score: Which score, with what it measures from.
        logits: Name of the value of shape (n, outputs).
        features: Names of the values of shape (n, features), one for each network.

    Raises:
        TypeError: If the score is of an unknown kind.
        ValueError: If it measures the features of more or fewer networks.
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
        case Mahalanobis(networks):
            _append_mean(graph, features, networks, _append_mahalanobis)
        case NearestNeighbour(networks):
            _append_mean(graph, features, networks, _append_nearest)
        case _:
            raise TypeError(f"no operators for the outlier score {score!r}")


def _read_classes(graph: Graph, logits: str, none_class: bool) -> None:
    """Make the logits of the classes the newest value."""
    graph.last = logits
    if none_class:
        graph.without_last("outlierness/classes")


def _append_mean(
    graph: Graph,
    features: Sequence[str],
    networks: Sequence[Distance],
    append: Callable[[Graph, str, str, Distance], None],
) -> None:
    """Append the distance of each network's features, and the mean of several."""
    if len(networks) != len(features):
        raise ValueError(
            f"the score must be one of {len(features)} networks; received one of {len(networks)}"
        )
    if len(networks) == 1:
        append(graph, "outlierness", features[0], networks[0])
        return
    names = [f"outlierness/{number}" for number in range(1, len(networks) + 1)]
    for each in zip(names, features, networks, strict=True):
        append(graph, *each)
    graph.join("Mean", "outlierness", *names)


def _append_mahalanobis(
    graph: Graph, name: str, features: str, network: MahalanobisDistance
) -> None:
    graph.last = features
    graph.add("MatMul", f"{name}/whitened", network.whitening)
    graph.add("Unsqueeze", f"{name}/each", np.array([1]))
    graph.add("Sub", f"{name}/away", network.centres)
    graph.add("ReduceSumSquare", f"{name}/squared", np.array([2]), keepdims=0)
    graph.add("ReduceMin", name, np.array([1]), keepdims=0)


def _append_nearest(graph: Graph, name: str, features: str, network: NeighbourDistance) -> None:
    """Append the distance to the k-th nearest reference: with unit vectors, from their product.

    Features that are all zero stay zero, and are 1 away from every reference.
    """
    graph.last = features
    graph.add("ReduceL2", f"{name}/length", np.array([1]), keepdims=1)
    length = graph.add("Max", f"{name}/length_above_zero", np.array(SMALLEST, np.float32))
    unit = graph.join("Div", f"{name}/unit", features, length)
    own = graph.add("ReduceSumSquare", f"{name}/own", np.array([1]), keepdims=1)
    graph.last = unit
    graph.add("MatMul", f"{name}/product", 2 * network.references.T)
    graph.join("Sub", f"{name}/nearness", graph.last, own)
    graph.top(network.neighbour, f"{name}/nearest")
    graph.add("ReduceMin", f"{name}/kth", np.array([1]), keepdims=0)
    graph.add("Neg", f"{name}/kth_away")
    graph.add("Add", f"{name}/squared", np.array(1.0, np.float32))
    graph.add("Relu", f"{name}/squared_above_zero")
    graph.add("Sqrt", name)
