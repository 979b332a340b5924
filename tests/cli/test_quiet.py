import gc
import os

import pytest

from inkdigits.cli.quiet import hold_back_stderr, keras_import


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
