from collections.abc import Callable

import pytest

from inkdigits.cli import doctor
from inkdigits.errors import DataError


def test_a_complete_installation_is_ok(inkdigits: Callable):
    result = inkdigits("doctor", "--json")
    assert result.code == 0
    assert result.document["ok"] is True
    names = {check["name"] for check in result.document["checks"]}
    assert {"python", "processor", "training precision", "training", "data"} <= names


def test_people_see_a_line_per_check(inkdigits: Callable):
    result = inkdigits("doctor")
    assert all(line.startswith("ok") for line in result.out.splitlines())
    assert "MNIST complete" in result.out


def test_an_optional_part_that_is_absent_is_named_with_its_remedy(
    inkdigits: Callable, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(doctor, "missing_training_modules", lambda: ["keras"])
    result = inkdigits("doctor", "--json")
    assert result.code == 0
    (absent,) = [check for check in result.document["checks"] if check["status"] != "ok"]
    assert absent == {
        "name": "training",
        "status": "absent",
        "detail": "keras missing; install with `pip install 'inkdigits[train]'`",
    }


def test_damaged_data_is_found(inkdigits: Callable, monkeypatch: pytest.MonkeyPatch):
    from inkdigits.datasets import mnist

    def damaged() -> None:
        raise DataError("the MNIST file is damaged")

    monkeypatch.setattr(mnist, "load_mnist", damaged)
    result = inkdigits("doctor")
    assert result.code == 1
    assert "broken" in result.out
    assert "the MNIST file is damaged" in result.out


@pytest.mark.parametrize(
    ("flags", "precision"), [({"avx512_bf16"}, "bfloat16"), ({"avx2"}, "float32")]
)
def test_the_precision_follows_the_processor(
    inkdigits: Callable, monkeypatch: pytest.MonkeyPatch, flags: set[str], precision: str
):
    monkeypatch.setattr(doctor, "processor_flags", lambda: frozenset(flags))
    checks = inkdigits("doctor", "--json").document["checks"]
    (check,) = [check for check in checks if check["name"] == "training precision"]
    assert check["detail"].startswith(precision)
