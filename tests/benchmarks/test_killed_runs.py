import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.places import BENCHMARKS


@pytest.fixture
def script(load):
    return load("killed_runs")


@pytest.fixture
def damages(load):
    return load("damaged_runs")


def test_a_run_that_is_killed_again_and_again_ends_as_if_nothing_had_happened(tmp_path: Path):
    log = tmp_path / "log.jsonl"
    words = ("--runs", "1", "--kills", "1", "--seeds", "1", "--times", "2", "--log", str(log))
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "killed_runs.py"), *words], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr + log.with_suffix(".txt").read_text()
    assert "| the same as an undisturbed run, bit for bit | 1 |" in done.stdout
    (outcome,) = [json.loads(line) for line in log.read_text().splitlines()]
    assert outcome["differing"] == []
    assert len(outcome["kills"]) >= 1  # one may come too late, after the run's end


def kill(script: ModuleType, **fields: object) -> object:
    usual = {"moment": "anywhere", "in_save": False, "reached": 8, "kept": 8, "resumed": 8}
    return script.Kill(**{**usual, **fields})


def test_the_table_counts_kills(script: ModuleType):
    outcomes = [
        script.Outcome([kill(script, in_save=True, reached=10), kill(script, resumed=None)], []),
        script.Outcome([kill(script, moment="at the end", kept=7)], ["weights.safetensors"]),
    ]
    rows = dict(line.strip("| ").split(" | ") for line in script.table(outcomes).splitlines()[2:])
    assert list(rows.values()) == ["2", "1", "3", "1", "1", "2", "1", "2", "1.0"]
    assert rows["of these from the newest complete checkpoint"] == "1"


@pytest.mark.parametrize(
    ("fields", "differing", "expected"),
    [
        ({}, [], True),
        ({"reached": 10, "resumed": None}, [], True),
        ({"reached": 11}, [], False),  # more than the interval of two steps is lost
        ({"resumed": 6}, [], False),  # not from the newest
        ({}, ["history"], False),
    ],
)
def test_what_counts_as_success(
    script: ModuleType, fields: dict[str, object], differing: list[str], expected: bool
):
    assert script.succeeded([script.Outcome([kill(script, **fields)], differing)]) is expected


def test_a_log_is_read_back(script: ModuleType, tmp_path: Path):
    log = tmp_path / "log.jsonl"
    assert script._read(log) == []
    log.write_text(
        '{"kills": [{"moment": "anywhere", "in_save": true, "reached": 3, "kept": 2, '
        '"resumed": null}], "differing": ["metrics"]}\n'
    )
    expected = kill(script, in_save=True, reached=3, kept=2, resumed=None)
    assert script._read(log) == [script.Outcome([expected], ["metrics"])]


def test_files_are_cut_off_within_their_header_and_their_numbers(damages: ModuleType):
    places = damages.lengths(9_000_000)
    assert {0, 8, 8_999_999} <= set(places)
    assert all(0 <= place < 9_000_000 for place in places)


def test_a_flip_changes_one_bit(damages: ModuleType):
    import random

    damaged = damages._flip(random.Random(0))(bytes(100))
    assert sum(byte.bit_count() for byte in damaged) == 1


def test_only_a_single_last_line_counts_as_a_clear_one(damages: ModuleType, tmp_path: Path):
    log = tmp_path / "log.txt"
    log.write_text("epoch 1/2\ninkdigits: cannot write x: disk full\n")
    assert damages._says(log, "disk full")
    assert not damages._says(log, "no such word")
    log.write_text("inkdigits: disk full\nTraceback\n")
    assert not damages._says(log, "disk full")


def test_two_runs_are_the_same_but_for_their_times(
    load: Callable[[str], ModuleType], tmp_path: Path
):
    from inkdigits.runs.checkpoints import save_checkpoint
    from inkdigits.training.state import EpochRecord, TrainerState
    from inkdigits.training.sums import Sums

    processes = load("run_processes")
    for name, seconds, loss in (("a", 1.0, 0.5), ("b", 2.0, 0.5), ("c", 1.0, 0.25)):
        run = tmp_path / name
        run.mkdir()
        for file in ("weights.safetensors", "model.onnx", "mistakes.csv"):
            (run / file).write_bytes(b"the same")
        (run / "history.csv").write_text(f"epoch,loss,seconds\n1,{loss},{seconds}\n")
        metrics = {**dict.fromkeys(processes.METRICS, 0), "test": loss, "timing": seconds}
        (run / "manifest.json").write_text(json.dumps(metrics))
        record = EpochRecord(1, loss, 0.9, 0.1, 0.9, 0.001, seconds)
        state = TrainerState({}, 2, 0, Sums(), seconds, (record,))
        save_checkpoint(run / "checkpoints", state)
    assert processes.differences(tmp_path / "a", tmp_path / "b") == []
    expected = ["history", "metrics", "checkpoint"]
    assert processes.differences(tmp_path / "a", tmp_path / "c") == expected
    (tmp_path / "b" / "model.onnx").write_bytes(b"other")
    assert processes.differences(tmp_path / "a", tmp_path / "b") == ["model.onnx"]
