"""Measuring several programs in turn, so that a noisy machine treats them alike.

Comes in: commands. Goes out: each one's figures. Every contestant is a process of its own that
sets itself up, says so, and then measures once whenever it is asked; in between it waits without
using the processor. The conversation is one JSON document a line:

    contestant -> {"ready": true}                or {"missing": "why it cannot take part"}
    us         -> go
    contestant -> {"value": 3200.0}              as often as it is asked

"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from inkdigits.errors import UsageError

MAX_REPEATS = 1000


@dataclass(frozen=True)
class Contestant:
    """A program that can measure itself.

    Attributes:
        name: What the table calls it.
        command: The program and its arguments.
    """

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What a contest measured.

    Attributes:
        values: One figure per round, by contestant, in the order of the contestants.
        missing: Why the others did not take part, by name.
    """

    values: dict[str, list[float]]
    missing: dict[str, str]


def hold_contest(
    contestants: Sequence[Contestant],
    repeats: int,
    on_value: Callable[[str, float], None] | None = None,
) -> Outcome:
    """Let all contestants measure in turn, round after round.

    Args:
        contestants: Who takes part.
        repeats: Rounds, 1 to 1000.
        on_value: Is told each figure as it comes.

    Returns:
        `repeats` figures for each that could take part.

    Raises:
        UsageError: If `repeats` is out of range.
    """
    if not 1 <= repeats <= MAX_REPEATS:
        raise UsageError(f"`--repeats` must be between 1 and {MAX_REPEATS:,}; received {repeats}")
    with ExitStack() as stack:
        values: dict[str, list[float]] = {}
        missing: dict[str, str] = {}
        taking_part: dict[str, subprocess.Popen[str]] = {}
        begun = []
        for contestant in contestants:  # all set themselves up at the same time
            process = stack.enter_context(_start(contestant))
            stack.callback(process.kill)
            begun.append((contestant, process))
        for contestant, process in begun:
            reason = _listen(process).get("missing")
            if reason is None:
                taking_part[contestant.name] = process
                values[contestant.name] = []
            else:
                missing[contestant.name] = str(reason)
        for _ in range(repeats):
            for name, process in taking_part.items():
                value = _ask(process)
                values[name].append(value)
                if on_value:
                    on_value(name, value)
        return Outcome(values, missing)


def take_part(measure: Callable[[], float]) -> None:
    """Be a contestant: say that all is set up, then measure whenever asked.

    Args:
        measure: Returns one figure.
    """
    print(json.dumps({"ready": True}), flush=True)
    for _ in sys.stdin:
        print(json.dumps({"value": measure()}), flush=True)


def stay_away(reason: str) -> None:
    """Be a contestant that cannot take part, and say why."""
    print(json.dumps({"missing": reason}), flush=True)


def _start(contestant: Contestant) -> subprocess.Popen[str]:
    return subprocess.Popen(
        contestant.command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _ask(process: subprocess.Popen[str]) -> float:
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()
    answer = _listen(process)
    if "value" not in answer:
        raise RuntimeError(f"a contestant gave up: {answer}")
    return float(answer["value"])


def _listen(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return the next document that the process says; what is no JSON is not for us."""
    assert process.stdout
    for line in process.stdout:
        if line.startswith("{"):
            answer: dict[str, Any] = json.loads(line)
            return answer
    return {"missing": f"it ended with exit code {process.wait()}"}
