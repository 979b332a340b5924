"""Whether a layer may be trained by functions that are compiled for its shapes."""

from __future__ import annotations

from typing import Any

import keras


def can_compile(layer: keras.layers.Layer, input_shape: tuple[int | None, ...]) -> bool:
    """Whether a layer computes in float32 on TensorFlow, for images of a known size, with XLA.

    Args:
        layer: As it was made; its precision counts.
        input_shape: What it is built for, the batch first.
    """
    return (
        keras.backend.backend() == "tensorflow"
        and layer.compute_dtype == "float32"
        and len(input_shape) == 4
        and None not in input_shape[1:]
        and _xla_compiles()
    )


def _xla_compiles() -> Any:
    from inkdigits.networks.tensorflow_xla import compiles

    return compiles()
