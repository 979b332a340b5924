"""How many floating-point operations a network costs.

Comes in: an architecture. Goes out: operations per image. Only convolutions and dense layers are
counted, a multiplication and an addition as two; everything else together is a few per cent.
"""

from __future__ import annotations

from math import prod

from inkdigits.networks.architecture import Architecture, Conv2D, Dense
from inkdigits.networks.arithmetic import summarise

# Backpropagation costs two products for each one forward: for the inputs, and for the weights.
TRAINING_FACTOR = 3


def forward_flops(architecture: Architecture) -> int:
    """Return the operations of reading one image.

    Example:
        >>> from inkdigits.networks.architecture import TUTORIAL
        >>> forward_flops(TUTORIAL)
        20470016
    """
    shape: tuple[int, ...] = architecture.input_shape
    total = 0
    named = architecture.named_layers()
    for (_, layer), row in zip(named, summarise(architecture).layers, strict=True):
        match layer:
            case Conv2D(filters, kernel):
                places = prod(row.output_shape[:2])
                total += 2 * places * filters * kernel * kernel * shape[-1]
            case Dense(units):
                total += 2 * shape[0] * units
        shape = row.output_shape
    return total


def training_flops(architecture: Architecture) -> int:
    """Return the operations of learning from one image, forward and back."""
    return TRAINING_FACTOR * forward_flops(architecture)
