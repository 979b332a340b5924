"""The same numbers in every run: sums that are formed in the same order each time.

Floating-point sums depend on their order, and threads may finish in any. Comes in: nothing. Goes
out: a setting for the whole process, until it ends. What holds on one machine need not hold on
another: with other cores or versions, sums are dealt out in other parts.
"""

from __future__ import annotations

import keras

from inkdigits.errors import UsageError


def fix_order_of_sums() -> None:
    """Let every operation of this process give the same bits for the same values.

    TensorFlow has a switch for operations that depend on threads; it also refuses those that
    cannot do without. Its rewriting of arithmetic is switched off besides: out of chains of
    additions it makes `AddN`, which begins with whichever value is ready first. What XLA compiles
    for the processor, as JAX uses it, needs no setting.

    Raises:
        UsageError: If the backend, or the device it works on, cannot promise it.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
        tf.config.optimizer.set_experimental_options({"arithmetic_optimization": False})
    elif backend != "jax" or _jax_device() != "cpu":
        where = f"JAX on {_jax_device()}" if backend == "jax" else backend
        raise UsageError(
            f"deterministic training needs TensorFlow, or JAX on the processor; received {where}"
        )


def _jax_device() -> str:
    import jax

    return str(jax.default_backend())
