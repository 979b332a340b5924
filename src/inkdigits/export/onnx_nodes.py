"""An ONNX graph in the making.

Comes in: operators with their weights, one after the other. Goes out: nodes and weights. It does
not know what they compute.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HALF = "/half"  # what the names of arrays in half precision end with
SMALLEST = 1e-30  # added where a 0 would be divided by, or have no logarithm


@dataclass
class Graph:
    """Nodes and weights in the making; `last` names the newest value.

    With `half`, arrays of two axes and more, which take nearly all the space, are kept in half
    precision (float16), and operators turn them into what is computed with, float32.
    """

    last: str
    prefix: str = ""
    half: bool = False
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    weights: list[onnx.TensorProto] = field(default_factory=list)

    def add(self, operator: str, name: str, *arrays: np.ndarray, **attributes: Any) -> str:
        """Append an operator that reads the newest value and these weights; return its name."""
        name = self.prefix + name
        names = [f"{name}/{i}" for i in range(len(arrays))]
        for array, weight in zip(arrays, names, strict=True):
            self._keep(np.ascontiguousarray(array), weight)
        return self.join(operator, name, self.last, *names, **attributes)

    def _keep(self, array: np.ndarray, name: str) -> None:
        if not self.half or array.ndim < 2:
            self.weights.append(numpy_helper.from_array(array, name))
            return
        kept = name + HALF
        self.weights.append(numpy_helper.from_array(array.astype(np.float16), kept))
        cast = helper.make_node("Cast", [kept], [name], name=name, to=TensorProto.FLOAT)
        self.nodes.append(cast)

    def join(self, operator: str, name: str, *inputs: str, **attributes: Any) -> str:
        """Append an operator that reads the named values; return its name."""
        self.nodes.append(helper.make_node(operator, list(inputs), [name], name=name, **attributes))
        self.last = name
        return name

    def without_last(self, name: str) -> str:
        """Append what drops the last column of the newest value; return its name."""
        return self.add("Slice", name, *(np.array([each]) for each in (0, -1, 1)))

    def top(self, count: int, name: str) -> str:
        """Append the `count` largest values of each row of the newest value; return their name."""
        number = f"{name}/count"
        self.weights.append(numpy_helper.from_array(np.array([count]), number))
        inputs, outputs = [self.last, number], [name, f"{name}/places"]
        self.nodes.append(helper.make_node("TopK", inputs, outputs, name=name, axis=1))
        self.last = name
        return name
