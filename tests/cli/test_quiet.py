import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from inkdigits.cli.quiet import chosen_backend, hold_back_stderr, keras_import


def test_what_is_written_below_python_is_held_back(capfd: pytest.CaptureFixture[str]):
    with hold_back_stderr():
        os.write(2, b"notice")
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_it_is_shown_when_the_work_fails(capfd: pytest.CaptureFixture[str]):
    with pytest.raises(ImportError), hold_back_stderr():
        os.write(2, b"cannot load libx")
        raise ImportError
    assert capfd.readouterr().err == "cannot load libx"


def test_keras_is_imported_quietly_and_without_looking_for_garbage(
    capfd: pytest.CaptureFixture[str],
):
    with keras_import():
        os.write(2, b"notice")
        assert not gc.isenabled()
    assert gc.isenabled()
    assert capfd.readouterr().err == ""


WHAT_IS_IMPORTED = """
import sys
from inkdigits.cli.quiet import keras_import

with keras_import():
    import keras
keras.layers.Dense(1).get_config()  # for this Keras looks for TensorFlow
names = ("tensorflow", "jax", "matplotlib")
print(keras.backend.backend(), *[name for name in names if sys.modules.get(name)], sep=": ")
"""


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_of_two_backends_one_is_imported_and_matplotlib_nowhere(backend: str):
    done = subprocess.run(
        [sys.executable, "-c", WHAT_IS_IMPORTED],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{backend}: {backend}\n"


@pytest.fixture
def keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of Keras's settings, in which there are none."""
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    return tmp_path


def test_the_backend_is_that_of_the_environment_then_of_the_file_then_tensorflow(
    keras_home: Path, monkeypatch: pytest.MonkeyPatch
):
    assert chosen_backend() == "tensorflow"
    (keras_home / "keras.json").write_text(json.dumps({"backend": "jax"}))
    assert chosen_backend() == "jax"
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert chosen_backend() == "torch"


@pytest.mark.parametrize("home_is_writable", [True, False])
def test_without_a_folder_of_its_own_the_file_lies_at_home_or_in_tmp(
    keras_home: Path, home_is_writable: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(keras_home))
    monkeypatch.setattr("os.access", lambda path, mode: home_is_writable)
    (keras_home / ".keras").mkdir()
    (keras_home / ".keras" / "keras.json").write_text(json.dumps({"backend": "jax"}))
    assert (chosen_backend() == "jax") is home_is_writable


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff\xfe"])
def test_settings_that_cannot_be_read_are_none(keras_home: Path, content: bytes):
    (keras_home / "keras.json").write_bytes(content)
    assert chosen_backend() == "tensorflow"
