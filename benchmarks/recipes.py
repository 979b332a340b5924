"""Train recipes over several seeds, each a process of its own, and print a table of results.

Comes in: recipes and a number of seeds. Goes out: a Markdown table with the mean, the spread over
seeds and the 95 % interval of the mean, and one JSON line per run in `--log`. Runs that the log
holds already are not repeated, so an interrupted series goes on where it was.

A recipe is a name or a file, as for `inkdigits train`.

Example: python benchmarks/recipes.py --recipes published tutorial --seeds 5
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from inkdigits.evaluation.statistics import mean_interval
from inkdigits.runs.machine import describe_machine

Run = dict[str, Any]


def train(recipe: str, seed: int) -> Run:
    """Run `inkdigits train` in a process of its own and return its JSON with the wall time."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["train", "--recipe", recipe, "--seed", str(seed), "--json"]
        command = [str(Path(sys.executable).with_name("inkdigits")), *words]
        started = time.perf_counter()
        done = subprocess.run(
            [*command, "--out", str(Path(folder) / "run")], stdout=subprocess.PIPE, check=True
        )
        document: Run = json.loads(done.stdout)
    # A recipe in a file is known by the file, not by the name in it.
    return {**document, "recipe": recipe, "wall_seconds": time.perf_counter() - started}


def train_all(recipes: Sequence[str], seeds: int, log: Path) -> list[Run]:
    """Train every recipe with every seed, recipes interleaved, and log each run."""
    runs: list[Run] = []
    if log.exists():
        runs = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    known = {(run["recipe"], run["seed"]) for run in runs}
    for seed in range(seeds):
        for recipe in recipes:
            if (recipe, seed) in known:
                continue
            runs.append(train(recipe, seed))
            with log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(runs[-1]) + "\n")
    return [run for run in runs if run["recipe"] in recipes and run["seed"] < seeds]


def table(runs: Sequence[Run]) -> str:
    """Lay the runs out as a Markdown table, one row per recipe."""
    lines = [
        "| recipe | seeds | clean test accuracy | 95 % interval of the mean | lowest to highest "
        "| augmented test images | images/s | whole process |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for recipe in dict.fromkeys(run["recipe"] for run in runs):
        lines.append(_row(recipe, [run for run in runs if run["recipe"] == recipe]))
    return "\n".join(lines)


def _row(recipe: str, runs: Sequence[Run]) -> str:
    clean = [100 * run["test"]["accuracy"] for run in runs]
    flawed = [100 * run["test_augmented"]["accuracy"] for run in runs if run["test_augmented"]]
    speed = [run["train"]["images_per_second"] for run in runs]
    wall = [run["wall_seconds"] for run in runs]
    cells = [
        f"`{recipe}`",
        str(len(runs)),
        spread(clean, "{:.3f} %"),
        "{:.3f} to {:.3f} %".format(*mean_interval(clean)) if len(clean) > 1 else "one run",
        f"{min(clean):.2f} to {max(clean):.2f} %",
        spread(flawed, "{:.3f} %") if flawed else "not used",
        spread(speed, "{:,.0f}"),
        spread(wall, "{:.0f} s"),
    ]
    return f"| {' | '.join(cells)} |"


def spread(values: Sequence[float], form: str) -> str:
    """Write a mean and, of more than one value, the standard deviation."""
    write: Callable[[float], str] = form.format
    deviation = f" ± {write(stdev(values))}" if len(values) > 1 else ""
    return f"{write(fmean(values))}{deviation}"


def main() -> None:
    """Train, log and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--recipes", nargs="+", default=["published", "tutorial"])
    parser.add_argument("--seeds", type=int, default=5, help="seeds 0 to SEEDS - 1 (default 5)")
    parser.add_argument("--log", type=Path, default=Path("recipes.jsonl"))
    options = parser.parse_args()
    runs = train_all(options.recipes, options.seeds, options.log)
    machine = describe_machine()
    print(f"{machine.processor}, {machine.cores} cores, {machine.packages}\n")
    print(table(runs))


if __name__ == "__main__":
    main()
