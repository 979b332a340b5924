"""How long training takes to 99 %: the recipe `fast` over many seeds, others beside it.

Comes in: numbers of seeds. Goes out: a Markdown table. `fast` is trained to its end, each seed in
a process of its own, and must reach 99 % on the mean: its time is its whole training time. The
other recipes learn until they first read 99 % of the clean test images, looked at every few
steps: a figure in their favour, since it picks the best moment by the test images. Times count
training alone, with the images in memory and everything compiled; building and compiling are
listed beside them. The others take their turn in between, so that all see the same machine.

With `--one-process` all seeds of `fast` are trained in this process, for machines on which a
process takes long to begin.

Example: python benchmarks/time_to_99.py --seeds 30 --others published --other-seeds 5
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from recipes import spread, train

from inkdigits.arrays import Inputs, Labels, scale
from inkdigits.datasets.dataset import Dataset, LabelledImages
from inkdigits.datasets.mnist import load_mnist
from inkdigits.evaluation.statistics import mean_interval
from inkdigits.runs.machine import describe_machine
from inkdigits.tensorflow_switches import set_switches
from inkdigits.training.observer import QuietObserver
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import find_recipe
from inkdigits.training.state import Progress
from inkdigits.training.threads import share_cores
from inkdigits.training.trainer import Trainer
from inkdigits.workflows.data import split_for

GOAL = 0.99
FAST = "fast"


@dataclass(frozen=True)
class Time:
    """How long one training took to its goal.

    Attributes:
        seconds: Training time; None if the goal was never reached.
        images: Images learnt from in that time.
        accuracy: Clean test accuracy then.
        before: Seconds of building and compiling before the first step.
    """

    seconds: float | None
    images: int
    accuracy: float
    before: float


def first_pass(recipe: Recipe, dataset: Dataset, seed: int, goal: float = GOAL) -> Time:
    """Train until the clean test accuracy is at least `goal`, or the recipe ends.

    Args:
        recipe: What to train.
        dataset: What to learn from and to read.
        seed: The run's seed.
        goal: Accuracy to reach, 0 to 1.
    """
    trainer, before = _prepared(recipe, dataset, seed)
    looker = _Looker(trainer, dataset.test, goal)
    done = trainer.fit(looker)
    seconds = None if done else trainer.seconds
    return Time(seconds, trainer.images_seen, looker.accuracy, before)


class _Looker(QuietObserver):
    """Stops a trainer at the first look that finds the goal reached."""

    def __init__(self, trainer: Trainer, test: LabelledImages, goal: float) -> None:
        self._trainer, self._test, self._goal = trainer, test, goal
        self._inputs = scale(test.images)
        self.accuracy = 0.0

    def on_progress(self, progress: Progress) -> None:
        self.accuracy = _accuracy(self._trainer, self._inputs, self._test.labels)

    def should_stop(self) -> bool:
        return self.accuracy >= self._goal


def whole_training(recipe: Recipe, dataset: Dataset, seed: int) -> Time:
    """Train a recipe to its end in this process.

    Args:
        recipe: What to train.
        dataset: What to learn from and to read.
        seed: The run's seed.
    """
    trainer, before = _prepared(recipe, dataset, seed)
    trainer.fit()
    accuracy = _accuracy(trainer, scale(dataset.test.images), dataset.test.labels)
    return Time(trainer.seconds, trainer.images_seen, accuracy, before)


def _prepared(recipe: Recipe, dataset: Dataset, seed: int) -> tuple[Trainer, float]:
    """Return a trainer with everything compiled, and the seconds that this took."""
    share_cores(recipe.micro_batches)
    parts = split_for(dataset, recipe)
    started = time.perf_counter()
    trainer = Trainer(recipe, parts.train, parts.validation, seed=seed)
    trainer.prepare()
    return trainer, time.perf_counter() - started


def _accuracy(trainer: Trainer, inputs: Inputs, labels: Labels) -> float:
    return float((trainer.predict(inputs).argmax(axis=1) == labels).mean())


def whole_run(recipe: str, seed: int) -> Time:
    """Train a recipe to its end with `inkdigits train` in a process of its own."""
    done = train(recipe, seed)
    timing, figures = done["timing"], done["train"]
    before = timing["build"] + timing["compile"]
    return Time(figures["seconds"], figures["images"], done["test"]["accuracy"], before)


def table(times: Mapping[str, Sequence[Time]]) -> str:
    """Lay the times out as a Markdown table, one row per recipe, `fast` first."""
    lines = [
        "| recipe | seeds | clean test accuracy | 95 % interval of the mean | lowest to highest "
        "| training time, median | lowest to highest | to `fast` | images learnt from, median "
        "| build and compile, median |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    base = median(each.seconds for each in times[FAST] if each.seconds is not None)
    return "\n".join([*lines, *(_row(name, each, base) for name, each in times.items())])


def _row(name: str, times: Sequence[Time], base: float) -> str:
    accuracies = [100 * each.accuracy for each in times]
    seconds = [each.seconds for each in times if each.seconds is not None]
    interval = "{:.3f} to {:.3f} %".format(*mean_interval(accuracies)) if len(times) > 1 else ""
    cells = [
        f"`{name}`, whole" if name == FAST else f"`{name}`, until 99 %",
        str(len(times)),
        spread(accuracies, "{:.3f} %"),
        interval,
        f"{min(accuracies):.2f} to {max(accuracies):.2f} %",
        f"{median(seconds):.2f} s" if seconds else "never",
        f"{min(seconds):.2f} to {max(seconds):.2f} s" if seconds else "",
        f"{median(seconds) / base:.1f}x" if seconds else "",
        f"{median(each.images for each in times):,.0f}",
        f"{median(each.before for each in times):.1f} s",
    ]
    return f"| {' | '.join(cells)} |"


def measure(
    seeds: int, others: Sequence[str], other_seeds: int, log: Path, *, one_process: bool = False
) -> dict[str, list[Time]]:
    """Train everything that the log does not hold yet, the others spread among `fast`."""

    def whole(seed: int) -> Time:
        if one_process:
            return whole_training(find_recipe(FAST), load_mnist(), seed)
        return whole_run(FAST, seed)

    times: dict[tuple[str, int], Time] = {}
    if log.exists():
        for line in log.read_text(encoding="utf-8").splitlines():
            document = json.loads(line)
            times[document["recipe"], document["seed"]] = Time(**document["time"])
    for name, seed in _order(seeds, others, other_seeds):
        if (name, seed) not in times:
            times[name, seed] = whole(seed) if name == FAST else _in_a_process(name, seed)
            entry = {"recipe": name, "seed": seed, "time": asdict(times[name, seed])}
            with log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
    wanted = {FAST: seeds, **dict.fromkeys(others, other_seeds)}
    return {name: [times[name, seed] for seed in range(n)] for name, n in wanted.items()}


def _order(seeds: int, others: Sequence[str], other_seeds: int) -> list[tuple[str, int]]:
    turns = [((seed + 0.5) / seeds, FAST, seed) for seed in range(seeds)]
    for name in others:
        turns += [((seed + 0.5) / other_seeds, name, seed) for seed in range(other_seeds)]
    return [(name, seed) for _, name, seed in sorted(turns)]


def _in_a_process(recipe: str, seed: int) -> Time:
    command = [sys.executable, __file__, "--one", recipe, str(seed)]
    return Time(**json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=30, help="seeds of `fast` (default 30)")
    parser.add_argument("--others", nargs="*", default=["published"], help="recipes beside it")
    parser.add_argument("--other-seeds", type=int, default=5, help="their seeds (default 5)")
    parser.add_argument("--one-process", action="store_true", help="all seeds of `fast` here")
    parser.add_argument("--log", type=Path, default=Path("time_to_99.jsonl"))
    parser.add_argument("--one", nargs=2, metavar=("RECIPE", "SEED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        name, seed = options.one
        print(json.dumps(asdict(first_pass(find_recipe(name), load_mnist(), int(seed)))))
        return
    set_switches(os.environ)  # for the processes
    times = measure(
        options.seeds,
        options.others,
        options.other_seeds,
        options.log,
        one_process=options.one_process,
    )
    machine = describe_machine()
    print(f"{machine.processor}, {machine.cores} cores, {machine.packages}\n")
    print(table(times))


if __name__ == "__main__":
    main()
