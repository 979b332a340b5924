"""`inkdigits doctor`: what this machine has, and whether everything is in place."""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from inkdigits import __version__
from inkdigits.arrays import blank_images
from inkdigits.cli.extras import missing_training_modules
from inkdigits.cli.output import JsonOption, print_json, stdout
from inkdigits.cli.quiet import keras_import
from inkdigits.errors import EXIT_SOME_FAILED, InkdigitsError
from inkdigits.networks.precision import resolve_precision
from inkdigits.processor import available_cores, processor_flags, processor_name
from inkdigits.runs.machine import installed_version

if TYPE_CHECKING:
    from inkdigits.training.accelerator import Accelerator

SMALL_INSTALL = (
    *("numpy", "onnxruntime", "opencv-python-headless", "pi-heif", "pillow", "pydantic"),
    *("pypdfium2", "rich", "safetensors", "typer"),
)
TRAINING_INSTALL = ("keras", "onnx", "matplotlib", "jinja2")
STYLES = {"ok": "green", "absent": "yellow", "broken": "bold red"}
BACKENDS = ("tensorflow", "tensorflow-cpu", "jax", "torch")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: What.
        status: "ok", "absent" for an optional part that is not installed, or "broken".
        detail: What was found, and what to do about it.
    """

    name: str
    status: Literal["ok", "absent", "broken"]
    detail: str


def doctor(json: JsonOption = False) -> None:
    """Check the installation and tell what training and recognition will run on.

    Exit code 1 if something does not work.

    Example: inkdigits doctor
    """
    checks = list(_examine())
    ok = all(check.status != "broken" for check in checks)
    if json:
        print_json({"ok": ok, "checks": [asdict(check) for check in checks]})
    else:
        _print(checks)
    if not ok:
        raise typer.Exit(EXIT_SOME_FAILED)


def _examine() -> Iterator[Check]:
    yield Check("inkdigits", "ok", __version__)
    yield Check("python", "ok", platform.python_version())
    yield Check("system", "ok", f"{platform.system()} {platform.release()} {platform.machine()}")
    yield Check("processor", "ok", f"{processor_name()}, {available_cores()} cores")
    yield _check_precision()
    yield Check("recognition", "ok", _versions(SMALL_INSTALL))
    yield _check_runtime()
    yield _check_training()
    yield _check_backends()
    yield _check_data()
    yield _check_temporary_folder()


def _check_precision() -> Check:
    name, flags = "the processor", processor_flags()
    if not missing_training_modules():
        try:
            found, training_flags = _look_at_accelerator()
        except Exception as error:  # whatever a backend that does not work may raise
            return Check("training precision", "broken", f"Keras does not start: {error}")
        if found:
            name, flags = found.name, training_flags
    precision = resolve_precision("auto", flags)
    reason = {
        "bfloat16": f"{name} multiplies bfloat16",
        "float32": f"{name} has no bfloat16, or does not say so",
    }[precision]
    return Check("training precision", "ok", f"{precision}: {reason}")


def _look_at_accelerator() -> tuple[Accelerator | None, frozenset[str]]:
    with keras_import():
        from inkdigits.training import accelerator
    return accelerator.find_accelerator(), accelerator.training_flags()


def _check_runtime() -> Check:
    from inkdigits.recognition import classifier

    pays = classifier.openvino_pays(processor_flags())
    first, many = "ONNX Runtime", f"from {classifier.BREAK_EVEN:,} images on"
    if not pays:
        detail = f"{first}; OpenVINO would be no faster without bfloat16"
        return Check("recognition runtime", "ok", detail)
    if not classifier.openvino_installed():
        remedy = "install with `pip install 'inkdigits[openvino]'`"
        detail = f"{first}; OpenVINO would be twice as fast {many}; {remedy}"
        return Check("recognition runtime", "absent", detail)
    try:
        faster = _try_openvino()
    except InkdigitsError as error:
        return Check("recognition runtime", "broken", f"{first}, since {error}")
    return Check("recognition runtime", "ok", f"{first}; {many} {faster}")


def _try_openvino() -> str:
    from inkdigits.recognition.classifier import load_classifier
    from inkdigits.recognition.shipped import shipped_network

    network = load_classifier(shipped_network(), "openvino")
    network.answers(blank_images(1, network.input_shape))
    return network.runtime


def _check_training() -> Check:
    missing = missing_training_modules()
    if missing:
        remedy = "install with `pip install 'inkdigits[train]'`"
        return Check("training", "absent", f"{', '.join(missing)} missing; {remedy}")
    return Check("training", "ok", _versions(TRAINING_INSTALL))


def _check_backends() -> Check:
    found = _versions(BACKENDS)
    remedy = "none of TensorFlow, JAX and PyTorch; install with `pip install 'inkdigits[train]'`"
    return Check("backends", "ok", found) if found else Check("backends", "absent", remedy)


def _check_data() -> Check:
    from inkdigits.datasets.mnist import load_mnist

    try:
        dataset = load_mnist()
    except InkdigitsError as error:
        return Check("data", "broken", str(error))
    return Check("data", "ok", f"MNIST complete, SHA-256 {dataset.checksum}")


def _check_temporary_folder() -> Check:
    try:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "probe").write_bytes(b"probe")
    except OSError as error:
        return Check("temporary files", "broken", f"cannot be written: {error.strerror}")
    return Check("temporary files", "ok", f"can be written in {tempfile.gettempdir()}")


def _versions(packages: tuple[str, ...]) -> str:
    found = ((name, installed_version(name)) for name in packages)
    return ", ".join(f"{name} {version}" for name, version in found if version)


def _print(checks: list[Check]) -> None:
    out = stdout()
    width = max(len(check.name) for check in checks)
    for check in checks:
        out.print(f"{check.status:<6}", style=STYLES[check.status], end="")
        out.print(f"  {check.name:<{width}}  ", end="")
        out.print(check.detail, markup=False)
