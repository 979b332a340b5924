"""Layers of our own, where Keras's give the same numbers more slowly.

`FusedBatchNormalization` has the variables, the arguments and the results of Keras's
`BatchNormalization`. On TensorFlow its training step is one fused operation instead of a dozen
separate ones, which more than doubles the speed of a whole training step in bfloat16; on every
other backend it is Keras's layer unchanged.

`WinogradConv2D` trains with a fraction of the products where it is told to and TensorFlow can.

`NormalizedConv2D` and `NormalizedDense` stand right before a batch normalisation. It takes away
whatever mean it is given, so while training their bias neither changes a result nor has a
gradient: they leave it out, and the normalisation counts it into its moving mean.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from inkdigits.networks.winograd import cheapest_tile

FEWEST_CHANNELS = 32  # with fewer, compiling takes longer than a short training has to gain


@keras.saving.register_keras_serializable(package="inkdigits")
class FusedBatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]
    """Batch normalisation over the last axis, fused into one operation where the backend can.

    The batch statistics are those of Ioffe and Szegedy, "Batch Normalization: Accelerating Deep
    Network Training by Reducing Internal Covariate Shift", 2015. As in Keras, the moving variance
    follows the batch's population variance (divided by n, not n - 1).

    Attributes:
        left_out_bias: Returns the bias that the inputs lack while training; None if they lack
            none. A function, since Keras would count a variable in sight as this layer's own.
        folded: Whether the inputs come normalised already while training, by the convolution
            before it.
    """

    left_out_bias: Callable[[], Any] | None = None
    folded: bool = False

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalise `inputs`, with batch statistics while training and moving ones otherwise."""
        if training and self.trainable and self.folded:
            return inputs
        if not training or not self.trainable:
            if training and self.left_out_bias is not None:
                inputs = inputs + self.left_out_bias()
            return super().call(inputs, training=training, mask=mask)
        if mask is None and self._can_fuse(inputs):
            outputs = self._normalise_fused(inputs)
        else:
            outputs = super().call(inputs, training=True, mask=mask)
        self._count_left_out_bias()
        return outputs

    def fold(self, mean: Any, variance: Any) -> tuple[Any, Any]:
        """Follow a batch's statistics, and return the factor and the summand that normalise it.

        Args:
            mean: Of each channel, shape (channels,).
            variance: Population variance of each channel, shape (channels,).
        """
        self._follow(mean, variance)
        self._count_left_out_bias()
        factor = self.gamma * keras.ops.rsqrt(variance + self.epsilon)
        return factor, self.beta - mean * factor

    def _normalise_fused(self, inputs: Any) -> Any:
        from inkdigits.networks.tensorflow_ops import fused_batch_norm

        outputs, mean, variance = fused_batch_norm(inputs, self.gamma, self.beta, self.epsilon)
        self._follow(mean, variance)
        return outputs

    def _follow(self, mean: Any, variance: Any) -> None:
        for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + batch * (1.0 - self.momentum))

    def _count_left_out_bias(self) -> None:
        if self.left_out_bias is not None:
            bias = self.left_out_bias()
            self.moving_mean.assign(self.moving_mean + bias * (1.0 - self.momentum))

    def _can_fuse(self, inputs: Any) -> bool:
        return (
            keras.backend.backend() == "tensorflow"
            and self.scale
            and self.center
            and len(inputs.shape) in (2, 4)
            and self.axis in (-1, len(inputs.shape) - 1)
        )


@keras.saving.register_keras_serializable(package="inkdigits")
class WinogradConv2D(keras.layers.Conv2D):  # type: ignore[misc]
    """A convolution that may be trained by Winograd's minimal filtering.

    That takes a second or two to compile and then, of many channels in float32, half the time. Its
    values differ from the plain convolution's by some 1e-6 of the largest. Outside of training it
    is the plain convolution.

    Attributes:
        by_winograd: Whether to train so, where it can be done and takes fewer products.
    """

    by_winograd: bool = False
    _winograd: Any = None

    def build(self, input_shape: Any) -> None:
        """Make the variables, and the faster way if there is one."""
        super().build(input_shape)
        if self.by_winograd and self._can_filter(input_shape):
            self._winograd = self._make_winograd(input_shape)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Convolve and add the bias."""
        if not training:
            return super().call(inputs)
        return self.activation(keras.ops.add(self._convolve(inputs), self.bias))

    def rehearse(self, batch: Any) -> list[Any]:
        """Have compiled what training on so many images takes; see `WinogradConvolution`."""
        return self._winograd.rehearse(batch) if self._winograd else []

    def _convolve(self, inputs: Any) -> Any:
        if self._winograd:
            return self._winograd(inputs, self.kernel)
        return self.convolution_op(inputs, self.kernel)

    def _can_filter(self, input_shape: Any) -> bool:
        return (
            keras.backend.backend() == "tensorflow"
            and self.compute_dtype == "float32"
            and input_shape[-1] >= FEWEST_CHANNELS
            and None not in input_shape[1:]
            and self.kernel_size[0] == self.kernel_size[1] > 1
            and self.strides == self.dilation_rate == (1, 1)
            and self.padding == "valid"
        )

    def _make_winograd(self, input_shape: Any) -> Any:
        from inkdigits.networks.tensorflow_winograd import WinogradConvolution, compiles

        kernel, image = self.kernel_size[0], input_shape[1:]
        tile = cheapest_tile(kernel, image[0] - kernel + 1, image[1] - kernel + 1)
        if tile == 1 or not compiles():
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
        from inkdigits.networks.tensorflow_ops import convolved_moments

        kernel = keras.ops.convert_to_tensor(self.kernel)
        factor, summand = norm.fold(*convolved_moments(inputs, kernel))
        return keras.ops.add(self.convolution_op(inputs, kernel * factor), summand)


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
