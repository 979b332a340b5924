"""Batch normalisation with what lies around it, and pooling, in few passes on TensorFlow.

Imported on TensorFlow alone. Comes in: the sizes of images. Goes out: functions with the results
and the gradients of Keras's layers.

Going over all values of a batch takes longer than what is computed of each. So a normalisation,
the pooling behind it and the ReLU behind that are one pass forward, after two for mean and
variance, and two passes back, written for XLA, which makes one of many operations.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import tensorflow as tf

from inkdigits.networks.tensorflow_xla import compiled, one_of_each


class PooledNormalization:
    """Batch normalisation, then the maximum of each square, then ReLU if it is asked for.

    A factor does not change which value of a square is the largest, or if it is negative which is
    the smallest; so one value of each square is all that is normalised.
    """

    def __init__(
        self, image: tuple[int, int, int], pool: int, epsilon: float, *, rectify: bool
    ) -> None:
        """Set everything up; nothing is compiled yet.

        Args:
            image: Height, width and channels of what is normalised.
            pool: Values a side of a square; 1 for no pooling.
            epsilon: Added to the variance before its root is taken.
            rectify: Whether a ReLU follows.
        """
        self._squares = _Squares(image, pool)
        self._epsilon, self._rectify = epsilon, rectify
        self._image, channels = image, tf.TensorSpec([image[2]])
        images, pooled = tf.TensorSpec([None, *image]), self._squares.specification
        self._results = compiled(self._forward, images, channels, channels)
        self._gradients = compiled(self._backward, images, *[pooled] * 3, *[channels] * 4)

    def __call__(self, images: Any, gamma: Any, beta: Any) -> tuple[Any, Any, Any]:
        """Normalise, pool and rectify.

        Args:
            images: Shape (batch, height, width, channels), float32.
            gamma: Scale, shape (channels,), float32.
            beta: Shift, shape (channels,), float32.

        Returns:
            Shape (batch, height // pool, width // pool, channels), float32, then the batch's mean
            and its population variance, both float32 with shape (channels,); these two are passed
            no gradients.
        """
        gamma, beta = (tf.convert_to_tensor(each) for each in (gamma, beta))
        found: tuple[Any, Any, Any] = tf.custom_gradient(self._with_gradients)(images, gamma, beta)
        return found

    def rehearse(self, batch: Any) -> list[Any]:
        """Call everything once, for so many images, so that XLA compiles it.

        Args:
            batch: Images, an integer tensor.

        Returns:
            One value of what each gave; in a graph, whoever asks for these has all compiled.
        """
        images, pooled = tf.zeros([batch, *self._image]), self._squares.zeros(batch)
        channels = tf.zeros(self._image[2:])
        outcomes = (
            self._results(images, channels, channels)[-1],
            self._gradients(images, *[pooled] * 3, *[channels] * 4)[-1],
        )
        return one_of_each(outcomes)

    def _with_gradients(
        self, images: Any, gamma: Any, beta: Any
    ) -> tuple[tuple[Any, Any, Any], Callable[..., tuple[Any, Any, Any]]]:
        # Nothing in here is to be differentiated once more.
        images, gamma, beta = (tf.stop_gradient(each) for each in (images, gamma, beta))
        outputs, chosen, places, mean, variance = self._results(images, gamma, beta)

        def gradients(upstream: Any, *_: Any) -> tuple[Any, Any, Any]:
            given = (images, chosen, places, upstream, mean, variance, gamma, beta)
            found: tuple[Any, Any, Any] = self._gradients(*given)
            return found

        return (outputs, mean, variance), gradients

    def _forward(self, images: Any, gamma: Any, beta: Any) -> tuple[Any, ...]:
        """Return outputs, the value of each square that was chosen, its place, mean, variance."""
        count = self._count(images)
        mean = _sum_by_channel(images) / count
        variance = _sum_by_channel(images, lambda row: tf.square(row - mean)) / count
        factor = gamma * tf.math.rsqrt(variance + self._epsilon)
        parts = self._squares.parts(images)
        chosen = tf.where(factor >= 0, reduce(tf.maximum, parts), reduce(tf.minimum, parts))
        outputs = chosen * factor + (beta - mean * factor)
        if self._rectify:
            outputs = tf.nn.relu(outputs)
        return outputs, chosen, self._squares.first(parts, chosen), mean, variance

    def _backward(
        self,
        images: Any,
        chosen: Any,
        places: Any,
        upstream: Any,
        mean: Any,
        variance: Any,
        gamma: Any,
        beta: Any,
    ) -> tuple[Any, Any, Any]:
        """Return the gradients of images, gamma and beta.

        Ioffe and Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing
        Internal Covariate Shift", 2015, section 3.
        """
        scale = tf.math.rsqrt(variance + self._epsilon)
        factor = gamma * scale
        if self._rectify:
            outputs = chosen * factor + (beta - mean * factor)
            upstream = tf.where(outputs > 0, upstream, 0.0)
        of_beta = _sum_by_channel(upstream)
        of_gamma = _sum_by_channel(upstream * (chosen - mean)) * scale
        slope = factor * scale * of_gamma / self._count(images)
        level = factor * of_beta / self._count(images) - slope * mean
        spread = self._squares.spread(upstream, places)
        return spread * factor - (level + images * slope), of_gamma, of_beta

    def _count(self, images: Any) -> Any:
        """Values of each channel."""
        return tf.cast(tf.size(images) // self._image[2], tf.float32)


class Pooling:
    """The maximum of each square of values; of equal ones, the first gets the gradient."""

    def __init__(self, image: tuple[int, int, int], pool: int) -> None:
        """Set everything up; nothing is compiled yet.

        Args:
            image: Height, width and channels of what is pooled.
            pool: Values a side of a square.
        """
        self._squares, self._image = _Squares(image, pool), image
        images, pooled = tf.TensorSpec([None, *image]), self._squares.specification
        self._results = compiled(self._forward, images)
        self._gradients = compiled(self._squares.spread, pooled, pooled)

    def __call__(self, images: Any) -> Any:
        """Pool (batch, height, width, channels) float32 to the shape divided by `pool`."""
        return tf.custom_gradient(self._with_gradients)(images)

    def rehearse(self, batch: Any) -> list[Any]:
        """Have everything compiled, as `PooledNormalization.rehearse` does."""
        pooled = self._squares.zeros(batch)
        outcomes = (
            self._results(tf.zeros([batch, *self._image]))[0],
            self._gradients(pooled, pooled),
        )
        return one_of_each(outcomes)

    def _with_gradients(self, images: Any) -> tuple[Any, Callable[[Any], Any]]:
        outputs, places = self._results(tf.stop_gradient(images))
        return outputs, lambda upstream: self._gradients(upstream, places)

    def _forward(self, images: Any) -> tuple[Any, Any]:
        parts = self._squares.parts(images)
        outputs = reduce(tf.maximum, parts)
        return outputs, self._squares.first(parts, outputs)


class _Squares:
    """Images cut into squares; what lies beyond the last whole one belongs to none."""

    def __init__(self, image: tuple[int, int, int], side: int) -> None:
        self._side, self._height, self._width = side, image[0], image[1]
        self._shape = (image[0] // side, image[1] // side, image[2])
        self._covered = (self._shape[0] * side, self._shape[1] * side)
        self.specification = tf.TensorSpec([None, *self._shape])

    def zeros(self, batch: Any) -> Any:
        """One zero for each square."""
        return tf.zeros([batch, *self._shape])

    def parts(self, images: Any) -> list[Any]:
        """Return the first value of each square, the second and so on, row by row."""
        height, width = self._covered
        return [
            images[:, top : height : self._side, left : width : self._side]
            for top in range(self._side)
            for left in range(self._side)
        ]

    def first(self, parts: list[Any], values: Any) -> Any:
        """Return the number of the first part that holds the value, as float32.

        XLA goes over values of one size faster than over such of several.
        """
        places = tf.fill(tf.shape(values), float(len(parts) - 1))
        for i in reversed(range(len(parts) - 1)):
            places = tf.where(parts[i] == values, float(i), places)
        return places

    def spread(self, values: Any, places: Any) -> Any:
        """Lay each value on its place in its square, zeros on all others."""
        if self._side == 1:
            return values
        height, width = self._covered
        rows, columns = (np.arange(each) % self._side for each in self._covered)
        here = (rows[:, np.newaxis] * self._side + columns)[..., np.newaxis].astype(np.float32)
        spread = tf.where(self._repeat(places) == here, self._repeat(values), 0.0)
        return tf.pad(
            spread, [[0, 0], [0, self._height - height], [0, self._width - width], [0, 0]]
        )

    def _repeat(self, values: Any) -> Any:
        """Lay each value on all places of its square."""
        rows, columns, channels = self._shape
        side, batch = self._side, tf.shape(values)[0]
        wide = tf.broadcast_to(
            values[:, :, tf.newaxis, :, tf.newaxis], [batch, rows, side, columns, side, channels]
        )
        return tf.reshape(wide, [-1, *self._covered, channels])


def _sum_by_channel(images: Any, of: Callable[[Any], Any] = tf.identity) -> Any:
    """Sum over all but the channels: rows first, so that no sum is of so many that it rounds."""
    rows = [of(images[:, i]) for i in range(images.shape[1])]
    return tf.reduce_sum(tf.add_n(rows), [0, 1])
