import pytest

from inkdigits.errors import UsageError
from inkdigits.training import determinism
from inkdigits.training.determinism import fix_order_of_sums


def test_a_backend_that_promises_nothing_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(determinism.keras.backend, "backend", lambda: "torch")
    with pytest.raises(UsageError, match="needs TensorFlow, or JAX on the processor; received to"):
        fix_order_of_sums()


def test_jax_is_taken_on_the_processor_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(determinism.keras.backend, "backend", lambda: "jax")
    monkeypatch.setattr(determinism, "_jax_device", lambda: "cpu")
    fix_order_of_sums()
    monkeypatch.setattr(determinism, "_jax_device", lambda: "gpu")
    with pytest.raises(UsageError, match="received JAX on gpu"):
        fix_order_of_sums()
