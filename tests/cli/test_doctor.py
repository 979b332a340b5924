from collections.abc import Callable

import pytest

from inkdigits.cli import doctor
from inkdigits.errors import DataError, ModelFileError
from inkdigits.recognition import classifier
from inkdigits.training import accelerator


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
    check = named_check(inkdigits, "training precision")
    assert check["detail"].startswith(precision)


@pytest.mark.parametrize(
    ("bfloat16", "detail"),
    [
        (True, "bfloat16: a GPU multiplies bfloat16"),
        (False, "float32: a GPU has no bfloat16, or does not say so"),
    ],
)
def test_the_precision_follows_a_graphics_processor_where_there_is_one(
    inkdigits: Callable, monkeypatch: pytest.MonkeyPatch, bfloat16: bool, detail: str
):
    found = accelerator.Accelerator("a GPU", bfloat16)
    monkeypatch.setattr(accelerator, "find_accelerator", lambda: found)
    check = named_check(inkdigits, "training precision")
    assert check["detail"] == detail


def test_a_backend_that_does_not_start_is_found(
    inkdigits: Callable, monkeypatch: pytest.MonkeyPatch
):
    def fail() -> None:
        raise RuntimeError("no driver")

    monkeypatch.setattr(accelerator, "find_accelerator", fail)
    result = inkdigits("doctor")
    assert result.code == 1
    assert "Keras does not start: no driver" in result.out


def named_check(inkdigits: Callable, name: str) -> dict[str, str]:
    checks = inkdigits("doctor", "--json").document["checks"]
    (check,) = [check for check in checks if check["name"] == name]
    return check


@pytest.mark.parametrize(
    ("flags", "installed", "status", "said"),
    [
        ({"avx2"}, True, "ok", "OpenVINO would be no faster without bfloat16"),
        ({"avx512_bf16"}, False, "absent", "install with `pip install 'inkdigits[openvino]'`"),
        ({"avx512_bf16"}, True, "ok", "from 1,200 images on the other runtime"),
    ],
)
def test_what_recognition_runs_on_follows_processor_and_installation(
    inkdigits: Callable,
    monkeypatch: pytest.MonkeyPatch,
    flags: set[str],
    installed: bool,
    status: str,
    said: str,
):
    monkeypatch.setattr(doctor, "processor_flags", lambda: frozenset(flags))
    monkeypatch.setattr(classifier, "openvino_installed", lambda: installed)
    monkeypatch.setattr(doctor, "_try_openvino", lambda: "the other runtime")
    check = named_check(inkdigits, "recognition runtime")
    assert check["status"] == status
    assert check["detail"].startswith("ONNX Runtime")
    assert said in check["detail"]


def test_an_openvino_that_does_not_work_is_found(
    inkdigits: Callable, monkeypatch: pytest.MonkeyPatch
):
    def fail() -> str:
        raise ModelFileError("OpenVINO cannot compute the network: it is tired")

    monkeypatch.setattr(doctor, "processor_flags", lambda: frozenset({"avx512_bf16"}))
    monkeypatch.setattr(classifier, "openvino_installed", lambda: True)
    monkeypatch.setattr(doctor, "_try_openvino", fail)
    check = named_check(inkdigits, "recognition runtime")
    assert check["status"] == "broken"
    assert check["detail"].endswith("it is tired")


def test_openvino_is_tried_on_an_image():
    assert doctor._try_openvino().startswith("OpenVINO ")
