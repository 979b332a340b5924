"""A node of an ONNX graph with what it reads, and the questions that an operator asks of it.

Comes in: a node, and the shape or content of each input. Goes out: these, each checked to be
what the operator needs. Shapes are those of one image; the axis of images comes before them in the
file. It does not know what operators compute.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from inkdigits.recognition.onnx_file.messages import FLOAT, INT64, Constant, Node, shown
from inkdigits.recognition.onnx_file.wire import RefusedError

Shape: TypeAlias = tuple[int, ...]
MAX_KERNEL = 64
MAX_MARGIN = 16


@dataclass(frozen=True)
class Result:
    """What a node gives for one image: the shape, and the multiplications it takes."""

    shape: Shape
    multiplications: int


@dataclass(frozen=True)
class Call:
    """A node with what it reads: values computed from an image, or constants."""

    node: Node
    inputs: Sequence[Shape | Constant]

    def value(self, place: int = 0) -> Shape:
        """Return the shape of an input that is computed from the image."""
        value = self.input(place)
        if isinstance(value, Constant):
            raise self.wrong("reads a constant where a value must be")
        return value

    def constant(self, place: int, element: int = FLOAT) -> Constant:
        """Return an input that the file holds."""
        constant = self.input(place)
        if not isinstance(constant, Constant) or constant.element != element:
            raise self.wrong("must read a constant of the right type")
        return constant

    def weights(self, place: int, shape: Shape) -> None:
        """Refuse anything but weights of this shape."""
        received = self.constant(place).shape
        if received != shape:
            raise self.wrong(f"needs weights of shape {shape}; received {shown(received)}")

    def integer(self, place: int) -> int:
        """Return the one whole number that an input holds."""
        constant = self.constant(place, INT64)
        if constant.shape != (1,):
            raise self.wrong("needs one number")
        return int(struct.unpack("<q", constant.content)[0])

    def margin(self, place: int) -> int:
        """Return the margin that an input names for both sides of the last two of four axes."""
        constant = self.constant(place, INT64)
        numbers = struct.unpack(f"<{len(constant.content) // 8}q", constant.content)
        margin = max(numbers)
        if numbers != (0, 0, margin, margin) * 2 or not 1 <= margin <= MAX_MARGIN:
            raise self.wrong(f"needs a margin of 1 to {MAX_MARGIN}; received {shown(numbers)}")
        return int(margin)

    def attribute(self, name: str, allowed: range) -> int:
        """Return an attribute that is a whole number."""
        value = self.node.attributes.get(name)
        if not isinstance(value, int) or value not in allowed:
            raise self.wrong(
                f"needs `{name}` from {allowed[0]} to {allowed[-1]}; received {shown(value)}"
            )
        return value

    def square(self, name: str) -> int:
        """Return the side of an attribute that is a square: two equal numbers."""
        value = self.node.attributes.get(name)
        if not isinstance(value, list) or len(value) != 2 or value[0] != value[1]:
            raise self.wrong(f"needs two equal numbers as `{name}`; received {shown(value)}")
        if not 1 <= value[0] <= MAX_KERNEL:
            raise self.wrong(f"needs `{name}` of 1 to {MAX_KERNEL}; received {value[0]}")
        return value[0]

    def count(self, *allowed: int) -> None:
        """Refuse another number of inputs."""
        if len(self.inputs) not in allowed:
            raise self.wrong(f"must not have {len(self.inputs)} inputs")

    def rank(self, place: int, rank: int) -> Shape:
        """Return the shape of a value that must have so many axes."""
        shape = self.value(place)
        if len(shape) != rank:
            raise self.wrong(f"cannot read the shape {shape}")
        return shape

    def wrong(self, reason: str) -> RefusedError:
        """Return the error about this node."""
        return RefusedError(f"{self.node.operator} {reason}")

    def input(self, place: int) -> Shape | Constant:
        """Return an input, computed from the image or not."""
        if place >= len(self.inputs):
            raise self.wrong(f"must have more than {len(self.inputs)} inputs")
        return self.inputs[place]
