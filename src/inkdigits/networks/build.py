"""An architecture -> a Keras model with freshly drawn weights.

Comes in: a description and the precision to compute in. Goes out: a `keras.Sequential`. It does
not know how the model is trained.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np

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
from inkdigits.networks.layers import NormalizedConv2D, NormalizedDense, WinogradConv2D
from inkdigits.networks.normalization import (
    FusedBatchNormalization,
    PassingMaxPooling2D,
    PassingRelu,
)
from inkdigits.networks.oriented_filters import oriented_filters
from inkdigits.networks.precision import Precision

_POLICIES: dict[Precision, str] = {"float32": "float32", "bfloat16": "mixed_bfloat16"}


def build(
    architecture: Architecture,
    *,
    seed: int = 0,
    precision: Precision = "float32",
    norm_momentum: float = 0.99,
    fast_layers: bool = False,
    by_xla: bool = False,
) -> keras.Sequential:
    """Build the Keras model of an architecture.

    Args:
        architecture: The layers, in order.
        seed: Seed of the initial weights and of dropout, at least 0.
        precision: What the layers compute in; weights and probabilities are float32 in any case.
        norm_momentum: Share of the old value in batch normalisation's moving averages, 0 to 1.
        fast_layers: Fuse batch normalisation, the first into its convolution where that takes
            less; leave out biases before it while training; and pool before ReLU instead of after
            it: the maximum of rectified values is the rectified maximum, for a quarter of the
            work. Names, weights and results stay the same.
        by_xla: With `fast_layers`, train with functions that XLA compiles, where it can:
            convolutions of many channels by Winograd's minimal filtering, and normalisation,
            pooling and ReLU in few passes. After seconds of compiling it takes half the time, and
            the results differ by some 1e-6.

    Returns:
        A model from (n, height, width, channels) float32 to (n, classes) float32 probabilities,
        its layers named as in `architecture.named_layers()`.

    Example:
        >>> from inkdigits.networks.architecture import TUTORIAL
        >>> build(TUTORIAL).count_params()
        601706
    """
    channels = architecture.input_shape[2]
    settings = _Settings(_POLICIES[precision], norm_momentum, fast_layers, channels)
    named = architecture.named_layers()
    seeds = np.random.SeedSequence(seed).generate_state(len(named))
    layers = [
        _keras_layer(layer, name, settings, int(layer_seed))
        for (name, layer), layer_seed in zip(named, seeds, strict=True)
    ]
    if fast_layers:
        layers = _leave_out_biases(_pool_before_relu(layers))
        _fold_first_norm(layers, settings)
        if by_xla:
            _leave_to_xla(layers)
    return keras.Sequential(
        [keras.Input(architecture.input_shape), *layers], name=architecture.name
    )


@dataclass(frozen=True)
class _Settings:
    policy: str
    norm_momentum: float
    fast_layers: bool
    channels: int  # of the images


def _pool_before_relu(layers: list[keras.layers.Layer]) -> list[keras.layers.Layer]:
    """Exchange each ReLU with the pooling that follows it."""
    order = list(layers)
    for i in range(len(order) - 1):
        first, second = order[i : i + 2]
        relu = getattr(first, "activation", None) is keras.activations.relu
        if relu and isinstance(second, keras.layers.MaxPooling2D):
            order[i], order[i + 1] = second, first
    return order


def _leave_out_biases(layers: list[keras.layers.Layer]) -> list[keras.layers.Layer]:
    """Exchange each layer whose outputs are normalised next for one that trains without bias."""
    kinds: dict[type, Any] = {
        WinogradConv2D: NormalizedConv2D,
        keras.layers.Dense: NormalizedDense,
    }
    order = list(layers)
    for i in range(len(order) - 1):
        kind = kinds.get(type(order[i]))
        # A bias raises all values of a square alike, so it passes through a pooling.
        rest = (each for each in order[i + 1 :] if not isinstance(each, keras.layers.MaxPooling2D))
        norm = next(rest, None)
        if kind and order[i].use_bias and isinstance(norm, FusedBatchNormalization):
            order[i] = kind.from_config(order[i].get_config())
            norm.left_out_bias = partial(getattr, order[i], "bias")
    return order


def _fold_first_norm(layers: list[keras.layers.Layer], settings: _Settings) -> None:
    """Have the first convolution normalise its outputs, if a normalisation is right behind it.

    It pays where the kernel has fewer taps than there are filters; deeper in, none has.
    """
    if settings.policy != "float32" or keras.backend.backend() != "tensorflow":
        return
    match layers:
        case [NormalizedConv2D() as convolution, FusedBatchNormalization() as norm, *_]:
            height, width = convolution.kernel_size
            if height * width * settings.channels < convolution.filters:
                convolution.norm_behind = _returning(norm)
                norm.folded = True


def _leave_to_xla(layers: list[keras.layers.Layer]) -> None:
    """Have layers compiled, a normalisation together with what is behind it if it is pooled.

    Without a pooling TensorFlow's own normalisation is as fast.
    """
    for i, layer in enumerate(layers):
        if isinstance(layer, WinogradConv2D | PassingMaxPooling2D):
            layer.by_xla = True
        match layers[i : i + 3]:
            case [FusedBatchNormalization() as norm, PassingMaxPooling2D() as pooling, *behind]:
                norm.by_xla, norm.pool = True, pooling.pool_size[0]
                pooling.norm_before = _returning(norm)
                if behind and isinstance(behind[0], PassingRelu):
                    norm.rectify, behind[0].norm_before = True, _returning(norm)


def _returning(norm: FusedBatchNormalization) -> Callable[[], FusedBatchNormalization]:
    return lambda: norm


def _keras_layer(layer: Layer, name: str, settings: _Settings, seed: int) -> keras.layers.Layer:
    common: dict[str, Any] = {"name": name, "dtype": settings.policy}
    glorot = keras.initializers.GlorotUniform(seed)
    match layer:
        case Padding2D(margin):
            return keras.layers.ZeroPadding2D(margin, **common)
        case Conv2D(filters, kernel):
            convolution = WinogradConv2D if settings.fast_layers else keras.layers.Conv2D
            return convolution(filters, kernel, kernel_initializer=glorot, **common)
        case OrientedFilters(filters, kernel, stride):
            drawn = keras.initializers.Constant(
                oriented_filters(filters, kernel, settings.channels)
            )
            return keras.layers.Conv2D(
                filters,
                kernel,
                strides=stride,
                use_bias=False,
                kernel_initializer=drawn,
                trainable=False,
                **common,
            )
        case Dense(units):
            return keras.layers.Dense(units, kernel_initializer=glorot, **common)
        case BatchNormalization():
            kind = (
                FusedBatchNormalization if settings.fast_layers else keras.layers.BatchNormalization
            )
            return kind(momentum=settings.norm_momentum, **common)
        case Relu():
            relu = PassingRelu if settings.fast_layers else keras.layers.Activation
            return relu("relu", **common)
        case MaxPooling2D(size):
            pooling = PassingMaxPooling2D if settings.fast_layers else keras.layers.MaxPooling2D
            return pooling(size, **common)
        case Flatten():
            return keras.layers.Flatten(**common)
        case Dropout(rate):
            return keras.layers.Dropout(rate, seed=seed, **common)
        case Softmax():
            # Probabilities need more digits than bfloat16 has.
            return keras.layers.Activation("softmax", name=name, dtype="float32")
