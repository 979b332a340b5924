"""How many processor cores work on one operation.

A step that is dealt out in micro-batches has that many operations going on at a time, each of
them best left to its own cores: handing the halves of a small operation to two cores and waiting
for both costs more than it gains. TensorFlow takes the number once for the whole process, before
its first operation.
"""

from __future__ import annotations

import keras

from inkdigits.processor import available_cores


def share_cores(parts: int) -> bool:
    """Let each operation of this process use its share of the cores, until the process ends.

    Args:
        parts: How many operations go on at a time, at least 1.

    Returns:
        True where the backend took the setting; False where it has none, or has begun to work.
    """
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    try:
        tf.config.threading.set_intra_op_parallelism_threads(_share(parts))
    except RuntimeError:
        return False
    return True


def cores_are_shared(parts: int) -> bool:
    """Return whether `share_cores` was called for this many parts, and took effect."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return bool(tf.config.threading.get_intra_op_parallelism_threads() == _share(parts))


def _share(parts: int) -> int:
    return max(1, available_cores() // parts)
