"""How fast this machine multiplies matrices: the ceiling of any network's speed.

Comes in: a number format. Goes out: GFLOP/s, on whichever backend Keras runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import keras

SIDE = 2048
PRODUCTS = 8


def matmul_gflops(dtype: str, side: int = SIDE) -> Callable[[], float]:
    """Set up two square matrices and return what measures the speed of their product.

    Args:
        dtype: "float32" or "bfloat16".
        side: Rows and columns.

    Returns:
        A function that multiplies them eight times and returns GFLOP/s, counting a
        multiplication and an addition as two operations.
    """
    left = keras.ops.cast(keras.random.normal((side, side), seed=0), dtype)
    right = keras.ops.cast(keras.random.normal((side, side), seed=1), dtype)

    def wait(product: object) -> None:
        keras.ops.convert_to_numpy(keras.ops.cast(product[0, 0], "float32"))  # type: ignore[index]

    wait(keras.ops.matmul(left, right))

    def measure() -> float:
        started = time.perf_counter()
        for _ in range(PRODUCTS):
            product = keras.ops.matmul(left, right)
        wait(product)
        return PRODUCTS * 2 * side**3 / (time.perf_counter() - started) / 1e9

    return measure
