"""The shape and the number of parameters of each layer, with the formula filled in.

Comes in: an architecture. Goes out: one row per layer. The formulas are the tutorial's:
((W - F + 2P) / S) + 1 for a convolution, ((W - P) / S) + 1 for a pooling, and
(K * K * C) * N + B for the parameters; each row holds them with its own numbers, rounded down
where a division leaves a rest. This module does not know Keras; a test holds every row against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from math import prod

from inkdigits.networks.architecture import (
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPooling2D,
    OrientedFilters,
    Padding2D,
    Relu,
    Softmax,
)


@dataclass(frozen=True)
class LayerSummary:
    """What one layer does to the shape, and what it has to learn.

    Attributes:
        name: The layer's name in the model.
        type: The class of Keras that computes it.
        output_shape: Shape of one image's values after the layer.
        params: All parameters, learnt or tracked.
        trainable_params: The parameters that gradients change.
        shape_formula: How the output shape follows from the input shape.
        params_formula: How the number of parameters follows.
    """

    name: str
    type: str
    output_shape: tuple[int, ...]
    params: int
    trainable_params: int
    shape_formula: str
    params_formula: str


@dataclass(frozen=True)
class NetworkSummary:
    """All layers of a network and their sums.

    Attributes:
        network: Name of the architecture.
        input_shape: Height, width and channels of one image.
        layers: One row per layer, in order.
    """

    network: str
    input_shape: tuple[int, int, int]
    layers: tuple[LayerSummary, ...]

    @property
    def total_params(self) -> int:
        """All parameters."""
        return sum(layer.params for layer in self.layers)

    @property
    def trainable_params(self) -> int:
        """The parameters that gradients change."""
        return sum(layer.trainable_params for layer in self.layers)


@dataclass(frozen=True)
class _Effect:
    """What one layer makes of an input shape; the fields are those of `LayerSummary`."""

    type: str
    output_shape: tuple[int, ...]
    shape_formula: str = "unchanged"
    params: int = 0
    params_formula: str = "0"
    frozen_params: int = 0


def summarise(architecture: Architecture) -> NetworkSummary:
    """Work out shape and parameters of every layer.

    Args:
        architecture: The network.

    Returns:
        One row per layer, each formula with its numbers.

    Example:
        >>> from inkdigits.networks.architecture import TUTORIAL
        >>> row = summarise(TUTORIAL).layers[0]
        >>> row.output_shape, row.shape_formula
        ((26, 26, 32), '((28 - 3 + 2*0) / 1) + 1 = 26; 32 kernels')
        >>> row.params_formula
        '(3*3*1) * 32 + 32 = 320'
    """
    shape: tuple[int, ...] = architecture.input_shape
    rows = []
    for name, layer in architecture.named_layers():
        effect = _effect(layer, shape)
        shape = effect.output_shape
        rows.append(
            LayerSummary(
                name=name,
                type=effect.type,
                output_shape=shape,
                params=effect.params,
                trainable_params=effect.params - effect.frozen_params,
                shape_formula=effect.shape_formula,
                params_formula=effect.params_formula,
            )
        )
    return NetworkSummary(architecture.name, architecture.input_shape, tuple(rows))


@singledispatch
def _effect(layer: Layer, shape: tuple[int, ...]) -> _Effect:
    raise TypeError(f"no arithmetic for the layer {layer!r}")


@_effect.register
def _(layer: Padding2D, shape: tuple[int, ...]) -> _Effect:
    height, width, channels = shape
    margin = layer.margin
    return _Effect(
        type="ZeroPadding2D",
        output_shape=(height + 2 * margin, width + 2 * margin, channels),
        shape_formula=f"{height} + 2*{margin} = {height + 2 * margin}",
    )


@_effect.register
def _(layer: Conv2D, shape: tuple[int, ...]) -> _Effect:
    height, width, channels = shape
    size, filters = layer.kernel, layer.filters
    params = size * size * channels * filters + filters
    return _Effect(
        type="Conv2D",
        output_shape=(height - size + 1, width - size + 1, filters),
        shape_formula=(
            f"(({height} - {size} + 2*0) / 1) + 1 = {height - size + 1}; {filters} kernels"
        ),
        params=params,
        params_formula=f"({size}*{size}*{channels}) * {filters} + {filters} = {params:,}",
    )


@_effect.register
def _(layer: OrientedFilters, shape: tuple[int, ...]) -> _Effect:
    height, width, channels = shape
    size, filters, stride = layer.kernel, layer.filters, layer.stride
    high, wide = (height - size) // stride + 1, (width - size) // stride + 1
    exact = "" if (height - size) % stride == 0 else ", rounded down"
    params = size * size * channels * filters
    return _Effect(
        type="Conv2D",
        output_shape=(high, wide, filters),
        shape_formula=(
            f"(({height} - {size} + 2*0) / {stride}) + 1 = {high}{exact}; {filters} kernels"
        ),
        params=params,
        params_formula=f"({size}*{size}*{channels}) * {filters} = {params:,}, none learnt",
        frozen_params=params,
    )


@_effect.register
def _(layer: MaxPooling2D, shape: tuple[int, ...]) -> _Effect:
    height, width, channels = shape
    size = layer.size
    pooled = (height - size) // size + 1
    exact = "" if (height - size) % size == 0 else ", rounded down"
    return _Effect(
        type="MaxPooling2D",
        output_shape=(pooled, (width - size) // size + 1, channels),
        shape_formula=f"(({height} - {size}) / {size}) + 1 = {pooled}{exact}",
    )


@_effect.register
def _(layer: BatchNormalization, shape: tuple[int, ...]) -> _Effect:
    channels = shape[-1]
    return _Effect(
        type="BatchNormalization",
        output_shape=shape,
        params=4 * channels,
        params_formula=(f"2*{channels} learnt + 2*{channels} tracked = {4 * channels:,}"),
        frozen_params=2 * channels,
    )


@_effect.register
def _(layer: Dense, shape: tuple[int, ...]) -> _Effect:
    (inputs,) = shape
    params = inputs * layer.units + layer.units
    return _Effect(
        type="Dense",
        output_shape=(layer.units,),
        shape_formula=f"{layer.units} units",
        params=params,
        params_formula=f"{inputs} * {layer.units} + {layer.units} = {params:,}",
    )


@_effect.register
def _(layer: Flatten, shape: tuple[int, ...]) -> _Effect:
    values = prod(shape)
    factors = "*".join(str(side) for side in shape)
    return _Effect(type="Flatten", output_shape=(values,), shape_formula=f"{factors} = {values:,}")


@_effect.register
def _(layer: Relu | Softmax, shape: tuple[int, ...]) -> _Effect:
    return _Effect(type="Activation", output_shape=shape)


@_effect.register
def _(layer: Dropout, shape: tuple[int, ...]) -> _Effect:
    return _Effect(type="Dropout", output_shape=shape)
