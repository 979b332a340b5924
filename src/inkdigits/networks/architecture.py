"""Networks as plain data: an input size and a sequence of layers.

Comes in: nothing. Goes out: frozen descriptions from which the arithmetic is printed, a Keras
model is built and an ONNX file is written. This module does not know Keras.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from inkdigits.errors import UsageError


@dataclass(frozen=True)
class Padding2D:
    """A margin of zeros around the image.

    Attributes:
        margin: Its width on each side, in pixels.
    """

    margin: int


@dataclass(frozen=True)
class Conv2D:
    """A convolution with bias, without padding, moving one pixel at a time.

    Attributes:
        filters: Number of kernels, each giving one output channel.
        kernel: Height and width of each kernel, in pixels.
    """

    filters: int
    kernel: int


@dataclass(frozen=True)
class OrientedFilters:
    """A convolution whose kernels are drawn beforehand and stay: edges and lines in all directions.

    It has no bias and no padding. Of colours it reads the mean.

    Attributes:
        filters: Number of kernels, half of them edges and half lines.
        kernel: Height and width of each kernel, in pixels.
        stride: Pixels from one place to the next, across and down.
    """

    filters: int
    kernel: int
    stride: int


@dataclass(frozen=True)
class BatchNormalization:
    """Each channel brought to mean 0 and variance 1 over the batch, then scaled and shifted."""


@dataclass(frozen=True)
class Relu:
    """Negative values become zero."""


@dataclass(frozen=True)
class MaxPooling2D:
    """The largest value of each square of `size` x `size` pixels."""

    size: int


@dataclass(frozen=True)
class Flatten:
    """All values in one row."""


@dataclass(frozen=True)
class Dense:
    """`units` weighted sums of all values, each with a bias."""

    units: int


@dataclass(frozen=True)
class Dropout:
    """While training, each value is set to zero with probability `rate`."""

    rate: float


@dataclass(frozen=True)
class Softmax:
    """Scores become probabilities that sum to 1."""


Layer: TypeAlias = (
    Padding2D
    | Conv2D
    | OrientedFilters
    | BatchNormalization
    | Relu
    | MaxPooling2D
    | Flatten
    | Dense
    | Dropout
    | Softmax
)

_NAME_STEMS: dict[type, str] = {
    Padding2D: "padding",
    Conv2D: "conv",
    OrientedFilters: "filters",
    BatchNormalization: "norm",
    Relu: "relu",
    MaxPooling2D: "pool",
    Flatten: "flatten",
    Dense: "dense",
    Dropout: "dropout",
    Softmax: "softmax",
}


@dataclass(frozen=True)
class Architecture:
    """A network: its name, the size of its input and its layers in order.

    Attributes:
        name: What recipes call it.
        input_shape: Height, width and channels of one image.
        layers: From the image to the class probabilities; the last is `Softmax`.
        none_class: Whether the last output stands for images that show none of the classes.
    """

    name: str
    input_shape: tuple[int, int, int]
    layers: tuple[Layer, ...]
    none_class: bool = False

    @property
    def outputs(self) -> int:
        """Values that the network answers with: the units of its last dense layer.

        Example:
            >>> BEST.outputs, ROBUST.outputs
            (10, 11)
        """
        return [layer.units for layer in self.layers if isinstance(layer, Dense)][-1]

    @property
    def answering_layer(self) -> str:
        """Name of the last dense layer, which gives the outputs.

        Example:
            >>> TUTORIAL.answering_layer, BEST.answering_layer
            ('dense2', 'dense1')
        """
        return [name for name, layer in self.named_layers() if isinstance(layer, Dense)][-1]

    @property
    def classes(self) -> int:
        """Outputs that stand for a class; they come first.

        Example:
            >>> BEST.classes, ROBUST.classes
            (10, 10)
        """
        return self.outputs - self.none_class

    def named_layers(self) -> list[tuple[str, Layer]]:
        """Return each layer with its name: the kind and its running number.

        Example:
            >>> [name for name, _ in TUTORIAL.named_layers()][:4]
            ['conv1', 'norm1', 'relu1', 'conv2']
        """
        counts: dict[str, int] = {}
        named = []
        for layer in self.layers:
            stem = _NAME_STEMS[type(layer)]
            counts[stem] = counts.get(stem, 0) + 1
            named.append((f"{stem}{counts[stem]}", layer))
        return named


TUTORIAL = Architecture(
    name="tutorial",
    input_shape=(28, 28, 1),
    layers=(
        *(Conv2D(32, kernel=3), BatchNormalization(), Relu()),
        *(Conv2D(32, kernel=3), BatchNormalization(), Relu(), MaxPooling2D(2)),
        BatchNormalization(),
        *(Conv2D(64, kernel=3), BatchNormalization(), Relu()),
        *(Conv2D(64, kernel=3), Relu(), MaxPooling2D(2)),
        *(Flatten(), BatchNormalization()),
        *(Dense(512), BatchNormalization(), Relu(), Dropout(0.2)),
        *(Dense(10), Softmax()),
    ),
)
"""The tutorial's network as it was meant: six batch normalisations, 601,706 parameters."""

PUBLISHED = Architecture(
    name="published",
    input_shape=TUTORIAL.input_shape,
    layers=tuple(layer for layer in TUTORIAL.layers if not isinstance(layer, BatchNormalization)),
)
"""The network the tutorial really trained, its batch normalisations lost: 594,922 parameters."""

FAST = Architecture(
    name="fast",
    input_shape=TUTORIAL.input_shape,
    layers=(
        *(OrientedFilters(16, kernel=5, stride=2), Relu(), MaxPooling2D(2)),
        *(Conv2D(48, kernel=3), BatchNormalization(), Relu()),
        *(Flatten(), Dense(96), BatchNormalization(), Relu()),
        *(Dense(10), Softmax()),
    ),
)
"""A small network for 99 % within a second: its first layer need not be learnt."""

QUICK = Architecture(
    name="quick",
    input_shape=FAST.input_shape,
    layers=(*FAST.layers[:-2], Dense(11), Softmax()),
    none_class=True,
)
"""`fast` with an output more, for pictures that show no digit: it tells what is clear."""

BEST = Architecture(
    name="best",
    input_shape=TUTORIAL.input_shape,
    layers=(
        *(Conv2D(32, kernel=3), BatchNormalization(), Relu()),
        *(Conv2D(64, kernel=3), MaxPooling2D(2), BatchNormalization(), Relu()),
        *(Conv2D(128, kernel=3), BatchNormalization(), Relu()),
        *(Conv2D(128, kernel=3), MaxPooling2D(2), BatchNormalization(), Relu()),
        *(Conv2D(256, kernel=3), BatchNormalization(), Relu()),
        *(Flatten(), Dropout(0.2), Dense(10), Softmax()),
    ),
)
"""The most accurate network that two cores train in an hour: 550,000 parameters."""

ROBUST = Architecture(
    name="robust",
    input_shape=BEST.input_shape,
    layers=(*BEST.layers[:-2], Dense(11), Softmax()),
    none_class=True,
)
"""`best` with an output more, for pictures that show no digit: 549,131 parameters."""

BROAD = Architecture(
    name="broad",
    input_shape=BEST.input_shape,
    layers=(
        *(Conv2D(48, kernel=7), MaxPooling2D(2), BatchNormalization(), Relu()),
        *(Conv2D(96, kernel=5), BatchNormalization(), Relu()),
        *(Conv2D(160, kernel=5), BatchNormalization(), Relu()),
        *(Flatten(), Dropout(0.2), Dense(11), Softmax()),
    ),
    none_class=True,
)
"""Not as deep as `robust`, with broader kernels, so it errs elsewhere: 518,923 parameters."""

ARCHITECTURES: dict[str, Architecture] = {
    each.name: each for each in (PUBLISHED, TUTORIAL, FAST, QUICK, BEST, ROBUST, BROAD)
}


def find_architecture(name: str) -> Architecture:
    """Return the network of that name.

    Raises:
        UsageError: If there is none.

    Example:
        >>> find_architecture("tutorial").layers[0]
        Conv2D(filters=32, kernel=3)
    """
    try:
        return ARCHITECTURES[name]
    except KeyError:
        known = ", ".join(ARCHITECTURES)
        raise UsageError(f"`network` must be one of {known}; received {name!r}") from None
