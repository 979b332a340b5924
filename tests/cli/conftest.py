import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkdigits.cli import main

PROGRAM = str(Path(sys.executable).with_name("inkdigits"))


class Result:
    """What a call of the program did."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def inkdigits(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Call the program inside this process."""

    def call(*words: str) -> Result:
        code = main.run(list(words))
        return Result(code, *capsys.readouterr())

    return call


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture(scope="session")
def program() -> Callable[..., subprocess.Popen[str]]:
    """Start the program as a process of its own."""

    def start(*words: str, **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PROGRAM, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "COLUMNS": "200"},
            **options,
        )

    return start


@pytest.fixture(scope="session")
def trained(
    program: Callable[..., subprocess.Popen[str]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Any, str]:
    """A small network's epoch on all of MNIST, measured as `published` is: folder, JSON, stderr."""
    from inkdigits.training.recipes import PUBLISHED

    folder = tmp_path_factory.mktemp("trained")
    recipe = folder / "brisk.json"
    recipe.write_text(
        PUBLISHED.replace(name="brisk", network="fast", epochs=3, batch_size=250).to_json()
    )
    out = folder / "run"
    words = ("train", "--recipe", str(recipe), "--epochs", "1", "--seed", "5", "--out", str(out))
    process = program(*words, "--json")
    stdout, stderr = process.communicate()
    assert process.returncode == 0, stderr
    return out, json.loads(stdout), stderr
