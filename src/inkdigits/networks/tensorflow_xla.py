"""Functions that XLA compiles, on TensorFlow.

Imported on TensorFlow alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import tensorflow as tf


@cache
def compiles() -> bool:
    """Whether this TensorFlow has XLA for what it computes on, which some builds lack."""
    try:
        compiled(lambda: tf.zeros([1]) + 1.0)()
    except (tf.errors.OpError, ValueError):
        return False
    return True


def compiled(function: Callable[..., Any], *signature: Any) -> Any:
    """Return a function of tensors of these shapes and types as one that XLA compiles.

    It is compiled once for each size that takes the place of a None in a shape.
    """
    return tf.function(function, list(signature), autograph=False, jit_compile=True)


def one_of_each(outcomes: Iterable[Any]) -> list[Any]:
    """Return one value of each tensor: whoever asks for these, in a graph, has all worked out."""
    return [tf.reshape(each, [-1])[0] for each in outcomes]
