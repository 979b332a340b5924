"""The weights that an architecture has, by name, with their shapes.

Comes in: an architecture. Goes out: what a file of its weights must hold, no more and no less. It
does not know Keras; a test holds it against Keras's models.
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

_NORM_VARIABLES = ("gamma", "beta", "moving_mean", "moving_variance")


def weight_shapes(architecture: Architecture) -> dict[str, tuple[int, ...]]:
    """Return the shape of each weight, named as `inkdigits.networks.weights.get_weights` does.

    Example:
        >>> from inkdigits.networks.architecture import PUBLISHED
        >>> weight_shapes(PUBLISHED)["conv1/kernel"]
        (3, 3, 1, 32)
    """
    before: tuple[int, ...] = architecture.input_shape
    shapes: dict[str, tuple[int, ...]] = {}
    rows = summarise(architecture).layers
    for (name, layer), row in zip(architecture.named_layers(), rows, strict=True):
        for variable, shape in _variables(layer, before).items():
            shapes[f"{name}/{variable}"] = shape
        before = row.output_shape
    return shapes


def _variables(layer: Layer, before: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    match layer:
        case Conv2D(filters, kernel):
            return {"kernel": (kernel, kernel, before[-1], filters), "bias": (filters,)}
        case OrientedFilters(filters, kernel):
            return {"kernel": (kernel, kernel, before[-1], filters)}
        case BatchNormalization():
            return dict.fromkeys(_NORM_VARIABLES, before[-1:])
        case Dense(units):
            return {"kernel": (prod(before), units), "bias": (units,)}
        case _:
            return {}
