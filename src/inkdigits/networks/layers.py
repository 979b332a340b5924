"""Layers with weights of our own, where Keras's give the same numbers more slowly.

`WinogradConv2D` trains with a fraction of the products where it is told to and TensorFlow can.

`NormalizedConv2D` and `NormalizedDense` stand right before a batch normalisation. It takes away
whatever mean it is given, so while training their bias neither changes a result nor has a
gradient: they leave it out, and the normalisation counts it into its moving mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras

from inkdigits.networks.compiling import can_compile
from inkdigits.networks.normalization import FusedBatchNormalization
from inkdigits.networks.winograd import cheapest_tile

FEWEST_CHANNELS = 32  # with fewer, compiling takes longer than a short training has to gain


@keras.saving.register_keras_serializable(package="inkdigits")
class WinogradConv2D(keras.layers.Conv2D):  # type: ignore[misc]
    """A convolution that may be trained by Winograd's minimal filtering.

    That takes a second or two to compile and then, of many channels in float32, half the time. Its
    values differ from the plain convolution's by some 1e-6 of the largest. Outside of training it
    is the plain convolution, since it would be compiled anew for each number of images.

    Attributes:
        by_xla: Whether to train so, where it can be done and takes fewer products.
        filters_always: Whether to filter outside of training, too; see `filtering_always`.
    """

    by_xla: bool = False
    filters_always: bool = False
    _winograd: Any = None

    def build(self, input_shape: Any) -> None:
        """Make the variables, and the faster way if there is one."""
        super().build(input_shape)
        if self.by_xla and self._can_filter(input_shape):
            self._winograd = self._make_winograd(input_shape)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Convolve and add the bias."""
        if not training and not self.filters_always:
            return super().call(inputs)
        return self.activation(keras.ops.add(self._convolve(inputs), self.bias))

    @property
    def is_filtered(self) -> bool:
        """Whether it is trained by Winograd's filtering."""
        return self._winograd is not None

    def rehearse(self, batch: Any) -> list[Any]:
        """Have compiled what training on so many images takes; see `WinogradConvolution`."""
        return self._winograd.rehearse(batch) if self._winograd else []

    def _convolve(self, inputs: Any) -> Any:
        if self._winograd:
            return self._winograd(inputs, self.kernel)
        return self.convolution_op(inputs, self.kernel)

    def _can_filter(self, input_shape: Any) -> bool:
        return (
            input_shape[-1] >= FEWEST_CHANNELS
            and self.kernel_size[0] == self.kernel_size[1] > 1
            and self.strides == self.dilation_rate == (1, 1)
            and self.padding == "valid"
            and can_compile(self, input_shape)
        )

    def _make_winograd(self, input_shape: Any) -> Any:
        from inkdigits.networks.tensorflow_winograd import WinogradConvolution

        kernel, image = self.kernel_size[0], input_shape[1:]
        tile = cheapest_tile(kernel, image[0] - kernel + 1, image[1] - kernel + 1)
        if tile == 1:
            return None
        return WinogradConvolution(image, kernel, self.filters, tile)


@keras.saving.register_keras_serializable(package="inkdigits")
class NormalizedConv2D(WinogradConv2D):
    """A convolution before a batch normalisation: its bias is left out while training.

    Attributes:
        norm_behind: Returns the normalisation that is to be folded into this layer while training:
            its batch statistics are had from the inputs', before anything is convolved, so that a
            kernel times its factors and a bias do it all. None where there is none such.
    """

    norm_behind: Callable[[], FusedBatchNormalization] | None = None

    def build(self, input_shape: Any) -> None:
        """Make the variables; the bias is not one that gradients change."""
        super().build(input_shape)
        self.bias.trainable = False

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Convolve, and add the bias unless training."""
        if not training:
            return super().call(inputs)
        norm = self.norm_behind() if self.norm_behind else None
        if norm is None or not norm.trainable:
            return self._convolve(inputs)
        return self._convolve_and_normalise(inputs, norm)

    def _convolve_and_normalise(self, inputs: Any, norm: FusedBatchNormalization) -> Any:
        from inkdigits.networks import tensorflow_ops

        kernel = keras.ops.convert_to_tensor(self.kernel)
        patches = tensorflow_ops.patches(inputs, self.kernel_size[0])
        factor, summand = norm.fold(*tensorflow_ops.convolved_moments(patches, kernel))
        return tensorflow_ops.convolve_with_patches(inputs, patches, kernel * factor, summand)


@keras.saving.register_keras_serializable(package="inkdigits")
class NormalizedDense(keras.layers.Dense):  # type: ignore[misc]
    """Weighted sums before a batch normalisation: their bias is left out while training."""

    def build(self, input_shape: Any) -> None:
        """Make the variables; the bias is not one that gradients change."""
        super().build(input_shape)
        self.bias.trainable = False

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Multiply by the weights, and add the bias unless training."""
        if training:
            return keras.ops.matmul(inputs, self.kernel)
        return super().call(inputs)


@contextmanager
def filtering_always(model: keras.Model) -> Iterator[None]:
    """Have a model's convolutions filtered outside of training as well, where they are trained so.

    It is for graphs of as many images as in training, made meanwhile: for any other number all
    would be compiled anew.
    """
    layers = [each for each in model.layers if isinstance(each, WinogradConv2D)]
    for layer in layers:
        layer.filters_always = layer.is_filtered
    try:
        yield
    finally:
        for layer in layers:
            layer.filters_always = False
