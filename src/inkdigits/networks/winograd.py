"""Winograd's minimal filtering: a convolution with a quarter of its products.

Comes in: the sizes of a convolution. Goes out: the matrices that take it apart, and how many
outputs to work out at a time. Which library multiplies is not known here.

A row of `tile` outputs of a filter with `kernel` taps needs no more than n = tile + kernel - 1
products, one for each of its inputs, where the plain sum takes tile * kernel: inputs and filter
stand for polynomials, whose product is known from its values at n points (Winograd, "Arithmetic
Complexity of Computations", 1980, after Cook and Toom). In two dimensions the saving is squared;
that networks gain by it was shown by Lavin and Gray, "Fast Algorithms for Convolutional Neural
Networks", 2016. It costs a digit: values differ from those of the plain sum by some 1e-6 of the
largest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.polynomial import polynomial

from inkdigits.array_types import Float64

_POINTS = (0.0, -1.0, 1.0, 0.5, -2.0, -0.5, 2.0)
"""Where polynomials are evaluated, besides infinity; those that round least come first.

Barabasz, Anderson, Soodhalter and Gregg, "Error Analysis and Improving the Accuracy of Winograd
Convolution for Deep Neural Networks", 2020.
"""


@dataclass(frozen=True, eq=False)
class WinogradMatrices:
    """What takes a filter apart: `outputs @ ((kernel @ taps) * (inputs @ row))`.

    Attributes:
        outputs: Shape (tile, n), float64: from products to outputs.
        kernel: Shape (n, kernel), float64: from taps to factors.
        inputs: Shape (n, n), float64: from n neighbouring inputs to factors.
    """

    outputs: Float64[np.ndarray, "tile n"]
    kernel: Float64[np.ndarray, "n kernel"]
    inputs: Float64[np.ndarray, "n n"]


@cache
def winograd_matrices(tile: int, kernel: int) -> WinogradMatrices:
    """Return the matrices for `tile` outputs of a filter with `kernel` taps.

    Args:
        tile: At least 1.
        kernel: At least 2; tile + kernel at most 9.

    Raises:
        ValueError: If there are not so many points.

    Example:
        >>> import numpy as np
        >>> with_two = winograd_matrices(2, 3)
        >>> products = (with_two.kernel @ [1, 2, 3]) * (with_two.inputs @ [1, 0, 2, 1])
        >>> with_two.outputs @ products  # 1 * 1 + 2 * 0 + 3 * 2 and 1 * 0 + 2 * 2 + 3 * 1
        array([7., 7.])
    """
    products = tile + kernel - 1
    if tile < 1 or kernel < 2 or products > len(_POINTS) + 1:
        raise ValueError(
            f"a tile of at least 1 and a kernel of at least 2 must come to at most "
            f"{len(_POINTS) + 2}; received {tile} and {kernel}"
        )
    points = np.array(_POINTS[: products - 1])
    outputs = np.zeros((tile, products))
    outputs[:, :-1] = points ** np.arange(tile)[:, np.newaxis]
    outputs[-1, -1] = 1.0
    factors = np.zeros((products, kernel))
    inputs = np.zeros((products, products))
    for i, point in enumerate(points):
        others = np.delete(points, i)
        factors[i] = point ** np.arange(kernel) / np.prod(point - others)
        inputs[i, :-1] = polynomial.polyfromroots(others)
    factors[-1, -1] = 1.0
    inputs[-1] = polynomial.polyfromroots(points)
    return WinogradMatrices(outputs, factors, inputs)


def cheapest_tile(kernel: int, height: int, width: int) -> int:
    """Return how many outputs a side to work out at a time.

    Args:
        kernel: Taps a side.
        height: Outputs from top to bottom.
        width: Outputs from left to right.

    Returns:
        The smallest tile that takes at most a third more products than the best, since larger
        ones round more and take more sums; 1 where none saves any.

    Example:
        >>> cheapest_tile(3, 24, 24), cheapest_tile(3, 10, 10), cheapest_tile(3, 1, 1)
        (4, 5, 1)
    """
    largest = len(_POINTS) + 2 - kernel
    if largest < 2:
        return 1
    products = {
        tile: -(-height // tile) * -(-width // tile) * (tile + kernel - 1) ** 2
        for tile in range(1, largest + 1)
    }
    return next(tile for tile, each in products.items() if each <= min(products.values()) * 4 / 3)
