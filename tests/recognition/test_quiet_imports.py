import os
import subprocess
import sys

import pytest

from inkdigits.recognition.quiet_imports import import_onnxruntime, import_openvino
from inkdigits.recognition.shipped import shipped_network

QUIET = """
import os, sys
from inkdigits.recognition.classifier import load_classifier

before = dict(os.environ)
classifier = load_classifier(__import__("pathlib").Path(sys.argv[1]), sys.argv[2])
assert dict(os.environ) == before
print(*sorted(name for name in sys.modules if name.startswith("openvino_telemetry")))
"""


def files_written(home, program, *arguments):
    """Run a program with an empty home folder; return what it printed and wrote there."""
    variables = {name: text for name, text in os.environ.items() if not is_switch(name)}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**variables, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, [str(path.relative_to(home)) for path in home.rglob("*")]


def is_switch(name):
    return name in ("ORT_DISABLE_TELEMETRY", "CI", "XDG_CACHE_HOME")


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_loading_a_network_leaves_no_trace(tmp_path, runtime):
    printed, written = files_written(tmp_path, QUIET, str(shipped_network()), runtime)
    assert printed == "\n"
    assert written == []


@pytest.mark.parametrize("before", [None, "0"])
def test_the_environment_is_as_before(monkeypatch, before):
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    if before is not None:
        monkeypatch.setenv("ORT_DISABLE_TELEMETRY", before)
    assert import_onnxruntime().__name__ == "onnxruntime"
    assert os.environ.get("ORT_DISABLE_TELEMETRY") == before


def test_the_hidden_package_can_be_imported_afterwards():
    import_openvino()
    assert sys.modules.get("openvino_telemetry", "absent") is not None


def test_a_missing_openvino_leaves_nothing_hidden(monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(ImportError):
        import_openvino()
    assert sys.modules.get("openvino_telemetry", "absent") is not None
