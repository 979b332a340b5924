"""Winograd's minimal filtering on TensorFlow, forward and both ways back.

Imported on TensorFlow alone. Comes in: the sizes of a convolution. Goes out: a function of images
and kernel with the results and the gradients of the plain convolution.

Each tile of outputs is worked out from the n x n inputs around it: these are transformed, the
kernel is too, and what lies at the same place in all tiles becomes one matrix product over the
channels. Sums of neighbours are left to XLA, which makes one pass of many; the n * n products go
to TensorFlow, whose library for them is faster than XLA's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from inkdigits.array_types import Float64
from inkdigits.networks.tensorflow_xla import compiled, one_of_each
from inkdigits.networks.winograd import winograd_matrices

_HEIGHT, _WIDTH = 1, 2  # axes of images


class WinogradConvolution:
    """A convolution of images of one size with kernels of one size, at all places that fit.

    Attributes:
        tile: Outputs a side that are worked out at a time.
    """

    def __init__(self, image: tuple[int, int, int], kernel: int, filters: int, tile: int) -> None:
        """Set the transformations up; nothing is compiled yet.

        Args:
            image: Height, width and channels of what is convolved.
            kernel: Taps a side.
            filters: Channels that come out.
            tile: Outputs a side to work out at a time; tile + kernel at most 9.
        """
        self.tile = tile
        self._image, self._kernel, self._filters = image, kernel, filters
        self._outputs = tuple(each - kernel + 1 for each in image[:2])
        self._tiles = tuple(-(-each // tile) for each in self._outputs)
        self._matrices = winograd_matrices(tile, kernel)
        self._taps = tf.constant(self._matrices.kernel, tf.float32)
        self._products = n = tile + kernel - 1
        images = tf.TensorSpec([None, *image])
        results = tf.TensorSpec([None, *self._outputs, filters])
        factors = [tf.TensorSpec([n, None, image[2]])] * n
        products = [tf.TensorSpec([n, None, filters])] * n
        self._input_factors = compiled(self._factors_of_inputs, images)
        self._results = compiled(self._outputs_of_products, *products)
        self._result_factors = compiled(self._factors_of_gradients, results)
        self._input_gradients = compiled(self._gradients_of_inputs, *factors)

    def __call__(self, images: Any, kernel: Any) -> Any:
        """Convolve.

        Args:
            images: Shape (batch, height, width, channels), float32.
            kernel: Shape (kernel, kernel, channels, filters), float32.

        Returns:
            Shape (batch, height - kernel + 1, width - kernel + 1, filters), float32.
        """
        return tf.custom_gradient(self._with_gradients)(images, tf.convert_to_tensor(kernel))

    def rehearse(self, batch: Any) -> list[Any]:
        """Call each transformation once, for so many images, so that XLA compiles it.

        Args:
            batch: Images, an integer tensor.

        Returns:
            One value of what each gave; in a graph, whoever asks for these has all compiled.
        """
        n, places = self._products, batch * self._tiles[0] * self._tiles[1]
        factors = tf.zeros([n, places, self._image[2]])
        products = tf.zeros([n, places, self._filters])
        outcomes = (
            self._input_factors(tf.zeros([batch, *self._image]))[0],
            self._results(*[products] * n),
            self._result_factors(tf.zeros([batch, *self._outputs, self._filters]))[0],
            self._input_gradients(*[factors] * n),
        )
        return one_of_each(outcomes)

    def _with_gradients(
        self, images: Any, kernel: Any
    ) -> tuple[Any, Callable[[Any], tuple[Any, Any]]]:
        """Return the results, and what makes gradients of images and kernel of theirs."""
        # Nothing in here is to be differentiated once more.
        images, kernel = tf.stop_gradient(images), tf.stop_gradient(kernel)
        weights = tf.unstack(self._factors_of_kernel(kernel))
        inputs = self._input_factors(images)
        results = self._results(*map(tf.matmul, inputs, weights))

        def gradients(upstream: Any) -> tuple[Any, Any]:
            above = self._result_factors(upstream)
            back = [
                tf.matmul(each, weight, transpose_b=True)
                for each, weight in zip(above, weights, strict=True)
            ]
            along = [
                tf.matmul(each, result, transpose_a=True)
                for each, result in zip(inputs, above, strict=True)
            ]
            return self._input_gradients(*back), self._gradient_of_kernel(tf.stack(along))

        return results, gradients

    def _factors_of_kernel(self, kernel: Any) -> Any:
        """(kernel, kernel, channels, filters) -> (n, n, channels, filters)."""
        return tf.einsum("ai,bj,ijcd->abcd", self._taps, self._taps, kernel)

    def _gradient_of_kernel(self, factors: Any) -> Any:
        """(n, n, channels, filters) -> (kernel, kernel, channels, filters)."""
        return tf.einsum("ai,bj,abcd->ijcd", self._taps, self._taps, factors)

    def _factors_of_inputs(self, images: Any) -> list[Any]:
        """(batch, height, width, channels) -> n of (n, tiles, channels)."""
        return self._factors(images, self._matrices.inputs)

    def _factors_of_gradients(self, results: Any) -> list[Any]:
        """(batch, rows, columns, filters) -> n of (n, tiles, filters)."""
        return self._factors(results, self._matrices.outputs.T)

    def _factors(self, images: Any, matrix: Float64[np.ndarray, "n m"]) -> list[Any]:
        missing = [
            (tiles - 1) * self.tile + matrix.shape[1] - images.shape[axis]
            for axis, tiles in zip((_HEIGHT, _WIDTH), self._tiles, strict=True)
        ]
        images = tf.pad(images, [[0, 0], [0, missing[0]], [0, missing[1]], [0, 0]])
        known, shape = _Constants(), [self._products, -1, images.shape[-1]]
        return [
            tf.reshape(tf.stack(self._spread(row, matrix, _WIDTH, known)), shape)
            for row in self._spread(images, matrix, _HEIGHT, known)
        ]

    def _outputs_of_products(self, *products: Any) -> Any:
        """N of (n, tiles, filters) -> (batch, rows, columns, filters)."""
        matrix, known = self._matrices.outputs, _Constants()
        rows = [
            _interleave(_combine(matrix, self._by_tile(each), known), _WIDTH) for each in products
        ]
        images = _interleave(_combine(matrix, rows, known), _HEIGHT)
        return images[:, : self._outputs[0], : self._outputs[1]]

    def _gradients_of_inputs(self, *factors: Any) -> Any:
        """N of (n, tiles, channels) -> (batch, height, width, channels)."""
        matrix, known = self._matrices.inputs.T, _Constants()
        rows = [
            self._gather(_combine(matrix, self._by_tile(each), known), _WIDTH, known)
            for each in factors
        ]
        images = self._gather(_combine(matrix, rows, known), _HEIGHT, known)
        return images[:, : self._image[0], : self._image[1]]

    def _by_tile(self, values: Any) -> Any:
        """(n, tiles, channels) -> n of (batch, tiles down, tiles across, channels)."""
        shape = [self._products, -1, *self._tiles, values.shape[-1]]
        return tf.unstack(tf.reshape(values, shape))

    def _spread(
        self, images: Any, matrix: Float64[np.ndarray, "n m"], axis: int, known: _Constants
    ) -> list[Any]:
        """Take the sums that the rows of a matrix ask for of each tile's values along an axis."""
        reach = (self._tiles[axis - 1] - 1) * self.tile + 1
        parts = [
            _every(images, first, first + reach, self.tile, axis, known)
            for first in range(matrix.shape[1])
        ]
        return _combine(matrix, parts, known)

    def _gather(self, parts: Sequence[Any], axis: int, known: _Constants) -> Any:
        """Add up what tiles of n values along an axis say, where they overlap."""
        covered = -(-len(parts) // self.tile)  # tiles that a value may lie in
        sums: list[Any] = []
        for i, part in enumerate(parts):
            later = i // self.tile
            room = [(0, 0)] * 4
            room[axis] = (later, covered - 1 - later)
            part = tf.pad(part, known[tuple(room)])
            if later:
                sums[i % self.tile] += part
            else:
                sums.append(part)
        return _interleave(sums, axis)


class _Constants(dict[Any, Any]):
    """Values -> constants of the graph that is being made, each made once.

    One takes as long to make as a sum, and there would be hundreds.
    """

    def __missing__(self, value: Any) -> Any:
        return self.setdefault(value, tf.constant(value))


def _every(images: Any, first: int, end: int, step: int, axis: int, known: _Constants) -> Any:
    """Return every so manieth row or column, from the first and before the end."""
    ends = [tuple(each if i == axis else 0 for i in range(4)) for each in (first, end)]
    steps = tuple(step if i == axis else 1 for i in range(4))
    whole = sum(1 << i for i in range(4) if i != axis)
    return tf.raw_ops.StridedSlice(
        input=images,
        begin=known[ends[0]],
        end=known[ends[1]],
        strides=known[steps],
        begin_mask=whole,
        end_mask=whole,
    )


def _combine(
    matrix: Float64[np.ndarray, "n m"], parts: Sequence[Any], known: _Constants
) -> list[Any]:
    """Return the sums of parts that the rows of a matrix ask for."""
    scaled = [
        {factor: _times(factor, part, known) for factor in dict.fromkeys(column) if factor}
        for part, column in zip(parts, matrix.T.tolist(), strict=True)
    ]
    return [
        tf.add_n([scaled[i][factor] for i, factor in enumerate(row) if factor])
        for row in matrix.tolist()
    ]


def _times(factor: float, part: Any, known: _Constants) -> Any:
    if abs(factor) == 1.0:
        return part if factor > 0 else -part
    return known[factor] * part


def _interleave(parts: Sequence[Any], axis: int) -> Any:
    """Lay parts side by side along an axis, one value of each in turn."""
    stacked = tf.stack(parts, axis + 1)
    shape = list(stacked.shape)
    merged = [*shape[:axis], shape[axis] * shape[axis + 1], *shape[axis + 2 :]]
    return tf.reshape(stacked, [-1, *merged[1:]])
