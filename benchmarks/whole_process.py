"""Whole trainings, from the shell's prompt to the end of the process, in turn.

Comes in: recipes and a number of rounds. Goes out: a Markdown table of wall times and peak
memory. In each round every recipe is trained once by `inkdigits train`, plots, report and all, and
with `--literal` the tutorial's own program once.

Example: python benchmarks/whole_process.py --recipes fast --rounds 7
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from inkdigits.runs.machine import describe_machine, mebibytes

LITERAL = "the tutorial's own program"


@dataclass(frozen=True)
class Cost:
    """What one process took: wall time in seconds and the most memory it held, in MiB."""

    seconds: float
    memory: float


def run(command: Sequence[str]) -> Cost:
    """Run a command to its end and return what it took.

    Raises:
        RuntimeError: If the command fails.
    """
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with exit code {process.returncode}")
    return Cost(time.perf_counter() - started, mebibytes(usage.ru_maxrss))


def measure(recipes: Sequence[str], literal: bool, rounds: int) -> dict[str, list[Cost]]:
    """Run everything once in each round."""
    names = [*recipes, *([LITERAL] if literal else [])]
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            with tempfile.TemporaryDirectory() as folder:
                costs[name].append(run(command_for(name, Path(folder))))
            print(f"{name}: {costs[name][-1].seconds:.1f} s", file=sys.stderr)
    return costs


def command_for(name: str, folder: Path) -> list[str]:
    """Return the command that trains a recipe into a folder, or the tutorial's own program."""
    if name == LITERAL:
        return [sys.executable, str(Path(__file__).with_name("literal_tutorial.py"))]
    program = str(Path(sys.executable).with_name("inkdigits"))
    return [program, "train", "--recipe", name, "--out", str(folder / "run")]


def table(costs: Mapping[str, Sequence[Cost]]) -> str:
    """Lay the costs out as a Markdown table, ratios to the first row taken within rounds."""
    base = next(iter(costs.values()))
    lines = [
        "| process | rounds | wall time, median | lowest to highest | to the first | peak memory |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, each in costs.items():
        seconds = [cost.seconds for cost in each]
        ratio = median(a.seconds / b.seconds for a, b in zip(each, base, strict=True))
        lines.append(
            f"| {name} | {len(each)} | {median(seconds):.1f} s "
            f"| {min(seconds):.1f} to {max(seconds):.1f} s | {ratio:.2f}x "
            f"| {max(cost.memory for cost in each):,.0f} MiB |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--recipes", nargs="+", default=["tutorial", "published"])
    parser.add_argument("--literal", action="store_true", help=f"run {LITERAL} too")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    costs = measure(options.recipes, options.literal, options.rounds)
    machine = describe_machine()
    print(f"{machine.processor}, {machine.cores} cores, {machine.packages}\n")
    print(table(costs))


if __name__ == "__main__":
    main()
