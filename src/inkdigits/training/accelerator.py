"""The graphics processor that Keras's backend computes on, where there is one.

Comes in: nothing but what the backend tells. Goes out: its name and whether it multiplies bfloat16.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras

from inkdigits.processor import processor_flags

FIRST_WITH_BFLOAT16 = (8, 0)  # NVIDIA's compute capability, from the A100 on


@dataclass(frozen=True)
class Accelerator:
    """A graphics processor.

    Attributes:
        name: As its driver calls it.
        bfloat16: Whether it multiplies bfloat16 in hardware.
    """

    name: str
    bfloat16: bool


def find_accelerator() -> Accelerator | None:
    """Return what JAX or TensorFlow computes on besides the processor, None where there is none."""
    finders = {"jax": _find_on_jax, "tensorflow": _find_on_tensorflow}
    find = finders.get(keras.backend.backend())
    return find() if find else None


def training_flags() -> frozenset[str]:
    """Return the features of what training runs on, named as `processor_flags` names them."""
    accelerator = find_accelerator()
    if accelerator is None:
        return processor_flags()
    return frozenset({"bf16"}) if accelerator.bfloat16 else frozenset()


def keep_float32() -> None:
    """Have a graphics processor compute in float32 where float32 is asked for.

    From the A100 on they round the factors of a product to 10 binary digits (TF32) unless told
    otherwise: then a network's exported file answers otherwise in the fourth digit. It holds for
    the whole process.
    """
    if find_accelerator() is None:
        return
    match keras.backend.backend():
        case "jax":
            import jax

            jax.config.update("jax_default_matmul_precision", "highest")  # type: ignore[no-untyped-call]
        case "tensorflow":
            import tensorflow as tf

            tf.config.experimental.enable_tensor_float_32_execution(False)


def has_bfloat16(capability: Any) -> bool:
    """Whether graphics processors of a compute capability multiply bfloat16 in hardware.

    Args:
        capability: "9.0" or (9, 0); anything else is not NVIDIA's, and counts as too old.

    Example:
        >>> has_bfloat16("9.0"), has_bfloat16((7, 5)), has_bfloat16("gfx90a"), has_bfloat16(None)
        (True, False, False, False)
    """
    parts = capability.split(".") if isinstance(capability, str) else capability or ()
    try:
        return tuple(int(part) for part in parts) >= FIRST_WITH_BFLOAT16
    except ValueError:
        return False


def _find_on_jax() -> Accelerator | None:
    import jax

    device = jax.devices()[0]
    if device.platform != "gpu":
        return None
    capability = getattr(device, "compute_capability", None)
    return Accelerator(device.device_kind, has_bfloat16(capability))


def _find_on_tensorflow() -> Accelerator | None:
    import tensorflow as tf

    devices = tf.config.list_physical_devices("GPU")
    if not devices:
        return None
    details = tf.config.experimental.get_device_details(devices[0])
    name = details.get("device_name", devices[0].name)
    return Accelerator(name, has_bfloat16(details.get("compute_capability")))
