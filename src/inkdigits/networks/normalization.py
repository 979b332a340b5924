"""Batch normalisation, pooling and ReLU of our own, the same numbers in fewer passes.

`FusedBatchNormalization` has the variables, the arguments and the results of Keras's
`BatchNormalization`. On TensorFlow its training step is one fused operation instead of a dozen
separate ones, which more than doubles the speed of a whole training step in bfloat16; on every
other backend it is Keras's layer unchanged. Where XLA is to be used, it does the work of a pooling
behind it and of a ReLU behind that as well, in a `PassingMaxPooling2D`'s and a `PassingRelu`'s
place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from inkdigits.networks.compiling import can_compile


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
        by_xla: Whether XLA is to compile what is done while training, where it can. There are no
            masks then.
        pool: Pooling to take over with it: values a side of each square; 1 for none.
        rectify: Whether to take over a ReLU, too.
    """

    left_out_bias: Callable[[], Any] | None = None
    folded: bool = False
    by_xla: bool = False
    pool: int = 1
    rectify: bool = False
    _in_few_passes: Any = None

    @property
    def takes_over(self) -> bool:
        """Whether it pools and rectifies in place of the layers behind it while training."""
        return self._in_few_passes is not None and bool(self.trainable)

    def build(self, input_shape: Any) -> None:
        """Make the variables, and the faster way if there is one."""
        super().build(input_shape)
        if self.by_xla and not self.folded and self._can_pass_few_times(input_shape):
            from inkdigits.networks.tensorflow_norm import PooledNormalization

            self._in_few_passes = PooledNormalization(
                input_shape[1:], self.pool, self.epsilon, rectify=self.rectify
            )

    def rehearse(self, batch: Any) -> list[Any]:
        """Have compiled what training on so many images takes; see `PooledNormalization`."""
        return self._in_few_passes.rehearse(batch) if self._in_few_passes else []

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalise `inputs`, with batch statistics while training and moving ones otherwise."""
        if training and self.trainable and self.folded:
            return inputs
        if not training or not self.trainable:
            if training and self.left_out_bias is not None:
                inputs = inputs + self.left_out_bias()
            return super().call(inputs, training=training, mask=mask)
        if self.takes_over:
            outputs, mean, variance = self._in_few_passes(inputs, self.gamma, self.beta)
            self._follow(mean, variance)
        elif mask is None and self._can_fuse(inputs):
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

    def _can_pass_few_times(self, input_shape: Any) -> bool:
        return self._is_usual(len(input_shape)) and can_compile(self, input_shape)

    def _can_fuse(self, inputs: Any) -> bool:
        rank = len(inputs.shape)
        return keras.backend.backend() == "tensorflow" and rank in (2, 4) and self._is_usual(rank)

    def _is_usual(self, rank: int) -> bool:
        return bool(self.scale and self.center and self.axis in (-1, rank - 1))


class _BehindNormalization:
    """A layer whose work a normalisation before it may have done already.

    Attributes:
        norm_before: Returns that normalisation; None if there is none.
    """

    norm_before: Callable[[], FusedBatchNormalization] | None = None

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to do while training."""
        return self.norm_before is not None and self.norm_before().takes_over


@keras.saving.register_keras_serializable(package="inkdigits")
class PassingMaxPooling2D(_BehindNormalization, keras.layers.MaxPooling2D):  # type: ignore[misc]
    """Max-pooling that passes its inputs on while training, if a normalisation pooled them.

    Attributes:
        by_xla: Whether XLA is to compile the pooling that is left to this layer while training,
            where it can.
    """

    by_xla: bool = False
    _pooling: Any = None

    def build(self, input_shape: Any) -> None:
        """Make the faster way if there is one."""
        super().build(input_shape)
        if self.by_xla and self._is_plain() and can_compile(self, input_shape):
            from inkdigits.networks.tensorflow_norm import Pooling

            self._pooling = Pooling(input_shape[1:], self.pool_size[0])

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Pool, unless that is done."""
        if not training:
            return super().call(inputs)
        if self.is_done:
            return inputs
        return self._pooling(inputs) if self._pooling else super().call(inputs)

    def rehearse(self, batch: Any) -> list[Any]:
        """Have compiled what training on so many images takes; see `Pooling`."""
        if self._pooling is None or self.is_done:
            return []
        values: list[Any] = self._pooling.rehearse(batch)
        return values

    def _is_plain(self) -> bool:
        height, width = self.pool_size
        steps_over_itself = self.strides == self.pool_size and self.padding == "valid"
        return bool(height == width > 1 and steps_over_itself)


@keras.saving.register_keras_serializable(package="inkdigits")
class PassingRelu(_BehindNormalization, keras.layers.Activation):  # type: ignore[misc]
    """A ReLU that passes its inputs on while training, if a normalisation rectified them."""

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Rectify, unless that is done."""
        if training and self.is_done:
            return inputs
        return super().call(inputs)
