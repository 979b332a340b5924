"""How many floating-point operations a network costs.

Comes in: an architecture. Goes out: operations per image. Only convolutions and dense layers are
counted, a multiplication and an addition as two; everything else together is a few per cent.
"""

from __future__ import annotations

from math import prod

from inkdigits.networks.architecture import (
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    Layer,
    OrientedFilters,
)
from inkdigits.networks.arithmetic import summarise


def forward_flops(architecture: Architecture) -> int:
    """Return the operations of reading one image.

    Example:
        >>> from inkdigits.networks.architecture import TUTORIAL
        >>> forward_flops(TUTORIAL)
        20470016
    """
    return sum(cost for _, cost in _costs(architecture))


def training_flops(architecture: Architecture) -> int:
    """Return the operations of learning from one image, forward and back.

    Backpropagation costs as much as the way forward for the gradient of a layer's weights, and
    once more for the gradient of its inputs. Kernels that stay need none for themselves, and
    layers below which nothing learns need none for their inputs.

    Example:
        >>> from inkdigits.networks.architecture import FAST
        >>> training_flops(FAST), forward_flops(FAST)
        (1005696, 485760)
    """
    total, below_learns = 0, False
    for layer, cost in _costs(architecture):
        learns = isinstance(layer, Conv2D | Dense | BatchNormalization)
        total += cost * (1 + learns + below_learns)
        below_learns = below_learns or learns
    return total


def _costs(architecture: Architecture) -> list[tuple[Layer, int]]:
    """Return each layer with its operations for one image, 0 where it multiplies little."""
    shape: tuple[int, ...] = architecture.input_shape
    costs: list[tuple[Layer, int]] = []
    named = architecture.named_layers()
    for (_, layer), row in zip(named, summarise(architecture).layers, strict=True):
        cost = 0
        match layer:
            case Conv2D(filters, kernel) | OrientedFilters(filters, kernel):
                places = prod(row.output_shape[:2])
                cost = 2 * places * filters * kernel * kernel * shape[-1]
            case Dense(units):
                cost = 2 * shape[0] * units
        costs.append((layer, cost))
        shape = row.output_shape
    return costs
