import json
import subprocess
import sys

import pytest

from tests.places import BENCHMARKS


@pytest.fixture
def script(load):
    return load("whole_process")


def test_a_process_costs_the_memory_it_holds():
    # In a small process: a new one starts with the peak of the one that started it.
    program = """
import json, sys
from whole_process import run

costs = [run([sys.executable, "-c", f"x = b'1' * {size} * 2**20"]) for size in (1, 300)]
print(json.dumps([[cost.seconds, cost.memory] for cost in costs]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=BENCHMARKS, stdout=subprocess.PIPE, check=True
    )
    (seconds, small), (_, large) = json.loads(done.stdout)
    assert large - small == pytest.approx(299, abs=30)
    assert seconds > 0


def test_a_process_that_fails_is_no_figure(script):
    with pytest.raises(RuntimeError, match="ended with exit code 7"):
        script.run([sys.executable, "-c", "raise SystemExit(7)"])


def test_ratios_are_taken_within_rounds(script):
    costs = {
        "a": [script.Cost(seconds, 100.0) for seconds in (10.0, 20.0, 30.0)],
        "b": [script.Cost(seconds, 1500.4) for seconds in (30.0, 20.0, 60.0)],
    }
    a, b = script.table(costs).splitlines()[2:]
    assert a == "| a | 3 | 20.0 s | 10.0 to 30.0 s | 1.00x | 100 MiB |"
    assert b == "| b | 3 | 30.0 s | 20.0 to 60.0 s | 2.00x | 1,500 MiB |"


def test_each_round_runs_everything_once(script, monkeypatch, capsys):
    run = []
    monkeypatch.setattr(script, "run", lambda command: run.append(command) or script.Cost(1.0, 1.0))
    costs = script.measure(["fast", "tutorial"], literal=True, rounds=2)
    assert [len(each) for each in costs.values()] == [2, 2, 2]
    assert [command[3] if "train" in command else "literal" for command in run] == [
        *("fast", "tutorial", "literal"),
        *("fast", "tutorial", "literal"),
    ]


def test_the_tutorials_own_program_still_runs():
    command = [sys.executable, str(BENCHMARKS / "literal_tutorial.py"), "--epochs", "1"]
    done = subprocess.run([*command, "--images", "256"], capture_output=True, text=True, check=True)
    assert "val_accuracy" in done.stdout
