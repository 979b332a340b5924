import sys
from types import SimpleNamespace

import keras
import pytest

from inkdigits.processor import processor_flags
from inkdigits.training.accelerator import (
    Accelerator,
    find_accelerator,
    has_bfloat16,
    keep_float32,
    training_flags,
)


def jax_with(**device):
    settings = {}
    config = SimpleNamespace(update=settings.__setitem__, settings=settings)
    return SimpleNamespace(devices=lambda: [SimpleNamespace(**device)], config=config)


def tensorflow_with(*devices, **details):
    settings = []
    experimental = SimpleNamespace(
        get_device_details=lambda device: details,
        enable_tensor_float_32_execution=settings.append,
    )
    config = SimpleNamespace(
        list_physical_devices=lambda kind: [
            SimpleNamespace(name=name) for name in devices if kind == "GPU"
        ],
        experimental=experimental,
    )
    return SimpleNamespace(config=config, settings=settings)


@pytest.fixture
def on(monkeypatch):
    """A function that has Keras run on a backend that is made up."""

    def choose(backend, module):
        monkeypatch.setattr(keras.backend, "backend", lambda: backend)
        monkeypatch.setitem(sys.modules, backend, module)
        return module

    return choose


@pytest.mark.parametrize(
    ("backend", "module", "found"),
    [
        ("jax", jax_with(platform="cpu", device_kind="cpu"), None),
        (
            "jax",
            jax_with(platform="gpu", device_kind="H200", compute_capability="9.0"),
            Accelerator("H200", bfloat16=True),
        ),
        ("jax", jax_with(platform="gpu", device_kind="MI"), Accelerator("MI", bfloat16=False)),
        ("tensorflow", tensorflow_with(), None),
        (
            "tensorflow",
            tensorflow_with("gpu:0", device_name="T4", compute_capability=(7, 5)),
            Accelerator("T4", bfloat16=False),
        ),
        ("tensorflow", tensorflow_with("gpu:0"), Accelerator("gpu:0", bfloat16=False)),
        ("numpy", None, None),
    ],
)
def test_the_graphics_processor_is_the_one_that_the_backend_computes_on(on, backend, module, found):
    on(backend, module)
    assert find_accelerator() == found


def test_on_the_processor_its_own_features_count(on):
    on("jax", jax_with(platform="cpu", device_kind="cpu"))
    assert training_flags() == processor_flags()


@pytest.mark.parametrize(("capability", "flags"), [("8.6", {"bf16"}), ("7.5", set())])
def test_on_a_graphics_processor_its_features_count_and_no_others(on, capability, flags):
    on("jax", jax_with(platform="gpu", device_kind="x", compute_capability=capability))
    assert training_flags() == flags


@pytest.mark.parametrize(
    ("capability", "has"), [((8,), False), ("10.0", True), ("", False), ((), False), ("8.", False)]
)
def test_a_capability_counts_from_8_0_on(capability, has):
    assert has_bfloat16(capability) is has


def test_float32_is_not_rounded_to_fewer_digits_on_a_graphics_processor(on):
    jax = on("jax", jax_with(platform="gpu", device_kind="x"))
    keep_float32()
    assert jax.config.settings == {"jax_default_matmul_precision": "highest"}
    tensorflow = on("tensorflow", tensorflow_with("gpu:0"))
    keep_float32()
    assert tensorflow.settings == [False]


def test_nothing_is_set_where_there_is_no_graphics_processor(on):
    jax = on("jax", jax_with(platform="cpu", device_kind="cpu"))
    keep_float32()
    assert jax.config.settings == {}
