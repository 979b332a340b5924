"""No hostile file gets through any door; and the guard that says so would notice if one did."""

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.places import BENCHMARKS

SPRING = """
import json, pickle, sys
from pathlib import Path
from hostile.guard import Guard

folder = Path(sys.argv[1])
guard = Guard(folder / "secret", folder / "canary")
inside = folder / "inside"

def springs(name, action):
    with guard.watching(inside) as seen:
        action()
    print(json.dumps([name, seen]))

springs("nothing", lambda: (inside / "a").read_bytes())
springs("pickle", lambda: pickle.loads((inside / "pickle").read_bytes()))
springs("outside", lambda: (folder / "secret").read_bytes())
springs("written", lambda: (inside / "b").write_bytes(b""))
springs("linked", lambda: (inside / "link").read_bytes())
import onnx
springs("imported", lambda: None)
"""


@pytest.fixture
def script(load):
    return load("hostile_models")


def test_every_hostile_file_is_refused_with_a_typed_error_and_touches_nothing(
    script: ModuleType, tmp_path: Path
):
    told = script.attack(tmp_path)
    assert script.failures(told) == []
    assert len({each["name"].split(" as ")[0] for each in told}) == len(script.CORPUS) >= 70
    assert {each["door"] for each in told} == {
        *("evaluate", "predict", "summary", "resume", "recipe", "member", "weights", "checkpoint"),
    }
    for each in told:  # each message is one line that does nothing to a terminal
        assert each["error"].isprintable(), each


def test_meta_what_gets_through_is_told(script: ModuleType):
    fine = {
        "name": "a",
        "door": "b",
        "error": "ModelFileError: no",
        "typed": True,
        "trespasses": [],
    }
    taken = {**fine, "error": "", "typed": False}
    untyped = {**fine, "error": "ValueError: x", "typed": False}
    trespassed = {**fine, "trespasses": ["opened c"]}
    assert script.failures([fine, taken, untyped, trespassed]) == [
        "a at b: taken []",
        "a at b: ValueError: x []",
        "a at b: ModelFileError: no ['opened c']",
    ]


def test_meta_the_guard_notices_what_hostile_files_are_after(script: ModuleType, tmp_path: Path):
    from hostile.pickles import payload
    from hostile.trap import set_trap

    trap = set_trap(tmp_path)
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a").touch()
    (inside / "link").symlink_to(trap.secret)
    (inside / "pickle").write_bytes(payload(trap))
    command = [sys.executable, "-c", SPRING, str(tmp_path)]
    done = subprocess.run(command, cwd=BENCHMARKS, capture_output=True, text=True, check=True)
    seen = dict(json.loads(line) for line in done.stdout.splitlines())
    assert seen["nothing"] == []
    assert any(each.startswith("os.system") for each in seen["pickle"])
    assert "the canary was written" in seen["pickle"]
    assert f"opened {trap.secret}" in seen["outside"]
    assert seen["written"] == [f"opened {inside / 'b'}"]
    assert seen["imported"] == ["onnx was imported"]
    if sys.platform.startswith("linux"):
        assert "the secret was opened" in seen["pickle"]  # by another program
        assert seen["linked"] == ["the secret was opened"]


def test_a_file_that_is_not_hostile_is_taken(script: ModuleType, tmp_path: Path):
    from hostile.folders import make_run

    from inkdigits.runs.start import read_start
    from inkdigits.workflows.evaluate import load_network

    run = make_run(tmp_path / "run")
    assert load_network(run.path).class_names[0] == "0"
    assert load_network(run.onnx).class_names[9] == "9"
    assert read_start(run)[0].name == "tutorial"


def test_the_table_has_a_row_for_each_file(script: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(script, "CORPUS", script.CORPUS[:1])
    name = script.CORPUS[0].name
    one = {"name": name, "door": "a", "error": "x", "typed": True, "trespasses": []}
    told = [
        {**one, "seconds": 0.25, "mebibytes": 2.0},
        {**one, "name": f"{name} as model.onnx", "typed": False, "seconds": 0.5, "mebibytes": 1.0},
    ]
    row = script.table(told).splitlines()[2]
    assert row == f"| {name} | {script.CORPUS[0].after} | 2 | 1 | 500 ms | 2 MiB |"
