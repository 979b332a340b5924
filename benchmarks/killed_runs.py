"""Trainings that are killed again and again: does each end as if nothing had happened?

Comes in: numbers of runs and kills. Goes out: a Markdown table. Every run is trained by
`inkdigits train --deterministic --checkpoint-steps 2`, killed with SIGKILL at random moments, most
of them while a checkpoint is being written, resumed each time, and compared with a run that nobody
disturbed: weights, ONNX file, mistakes, metrics, history and the last checkpoint (weights,
optimiser, averaged weights, random state, position) must be the same, bit for bit, times left out.
After every kill the next process must go on from the newest complete checkpoint, and no more than
one interval may be lost. Stopped, the script itself goes on where its log ends.

Example: python benchmarks/killed_runs.py --runs 50 --kills 200
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from run_processes import INTERVAL, STEPS, Process, begin, differences, kept_steps

from inkdigits.runs.files import TEMPORARY_PREFIX
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.machine import describe_machine

KILLS_PER_RUN = 4

Moment = Literal["anywhere", "in a save", "at the end"]


@dataclass(frozen=True)
class Kill:
    """One SIGKILL.

    Attributes:
        moment: Where it was meant to fall.
        in_save: Whether it left a half-written checkpoint behind.
        reached: Steps that the process had taken.
        kept: Those in the newest complete checkpoint.
        resumed: Those that the next process went on from; None if it took no step.
    """

    moment: Moment
    in_save: bool
    reached: int
    kept: int
    resumed: int | None


@dataclass(frozen=True)
class Outcome:
    """What became of one run."""

    kills: list[Kill] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Usual:
    """Seconds that an undisturbed run takes for its training, and after it."""

    training: float
    finishing: float


def undisturbed(folder: Path, seed: int, log: Path) -> Usual:
    """Train a run to its end."""
    process = begin(folder, seed, log)
    while process.code() is None and process.reached < STEPS:
        time.sleep(0.01)
    trained = time.monotonic()
    if process.wait():
        raise RuntimeError(f"the undisturbed run failed; see {log}")
    return Usual(trained - process.started, time.monotonic() - trained)


def disturbed(
    folder: Path, seed: int, log: Path, usual: Usual, rng: random.Random, times: int
) -> list[Kill]:
    """Train a run to its end, killing it so many times on the way."""
    kills: list[Kill] = []
    furthest = STEPS // (times + 1)  # steps from one kill to the next, so that all find work
    for left in reversed(range(times + 1)):
        before = kept_steps(folder)
        process = begin(folder, seed, log)
        if left:
            moment = _choose(left == 1, rng)
            _wait_for(moment, process, folder, before, furthest, usual, rng)
        killed = left > 0 and process.kill()
        if not killed and process.wait():
            raise RuntimeError(f"a run failed; see {log}")
        if kills and process.first:
            kills[-1] = replace(kills[-1], resumed=process.first - INTERVAL)
        if not killed:
            break
        reached, in_save = max(before, process.reached), _is_half_written(folder)
        kills.append(Kill(moment, in_save, reached, kept_steps(folder), None))
    return kills


def _choose(last: bool, rng: random.Random) -> Moment:
    if last and rng.random() < 0.3:
        return "at the end"
    return "in a save" if rng.random() < 0.8 else "anywhere"


def _wait_for(
    moment: Moment,
    process: Process,
    folder: Path,
    before: int,
    furthest: int,
    usual: Usual,
    rng: random.Random,
) -> None:
    """Wait for a random moment of a kind."""
    if moment == "at the end":
        _wait(process, lambda: process.reached >= STEPS or before >= STEPS)
        time.sleep(rng.uniform(0, 0.8 * usual.finishing))
    elif moment == "in a save":
        after = before + INTERVAL * rng.randint(1, furthest // INTERVAL)
        _wait(process, lambda: process.reached >= after)
        _wait(process, lambda: _is_half_written(folder))
        time.sleep(rng.uniform(0, 0.1))
    else:
        until = time.monotonic() + rng.uniform(0, usual.training)
        _wait(
            process,
            lambda: time.monotonic() >= until or process.reached >= before + furthest,
        )


def _wait(process: Process, until: Callable[[], bool]) -> None:
    while process.code() is None and not until():
        time.sleep(0.0005)


def _is_half_written(folder: Path) -> bool:
    """Return whether there is a checkpoint without a name."""
    return any(RunFolder(folder).checkpoints.glob(f"{TEMPORARY_PREFIX}*"))


def measure(runs: int, kills: int, seeds: int, log: Path, times: int) -> list[Outcome]:
    """Train and kill until there are so many runs and kills, those in the log counted.

    No run is killed more than so many times. Runs take the seeds in turn; each seed has its own
    undisturbed run.
    """
    outcomes = _read(log)
    with tempfile.TemporaryDirectory() as scratch:
        folder, output = Path(scratch), log.with_suffix(".txt")
        usual = [undisturbed(folder / f"whole-{seed}", seed, output) for seed in range(seeds)]
        while len(outcomes) < runs or sum(len(each.kills) for each in outcomes) < kills:
            number = len(outcomes)
            seed, run = number % seeds, folder / "run"
            killed = disturbed(run, seed, output, usual[seed], random.Random(number), times)
            outcome = Outcome(killed, differences(folder / f"whole-{seed}", run))
            shutil.rmtree(run)
            outcomes.append(outcome)
            with log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(outcome)) + "\n")
            print(f"run {number + 1}: {_summary(outcome)}", file=sys.stderr)
    return outcomes


def _read(log: Path) -> list[Outcome]:
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    documents = [json.loads(line) for line in lines]
    return [Outcome([Kill(**kill) for kill in d["kills"]], d["differing"]) for d in documents]


def _summary(outcome: Outcome) -> str:
    places = ", ".join(f"{each.reached}{'*' if each.in_save else ''}" for each in outcome.kills)
    return f"killed at {places}; {'; '.join(outcome.differing) or 'the same'}"


def table(outcomes: Sequence[Outcome]) -> str:
    """Lay the outcomes out as a Markdown table."""
    kills = [kill for each in outcomes for kill in each.kills]
    lost = [kill.reached - kill.kept for kill in kills]
    seen = [kill for kill in kills if kill.resumed is not None]
    rows = {
        "runs": len(outcomes),
        "the same as an undisturbed run, bit for bit": sum(not each.differing for each in outcomes),
        "SIGKILLs": len(kills),
        "of these while a checkpoint was half-written": sum(kill.in_save for kill in kills),
        "after the last step": sum(kill.moment == "at the end" for kill in kills),
        "after which a process took a step": len(seen),
        "of these from the newest complete checkpoint": sum(k.resumed == k.kept for k in seen),
        f"steps lost, most (the interval is {INTERVAL})": max(lost, default=0),
        "steps lost, mean": round(sum(lost) / max(len(lost), 1), 2),
    }
    lines = [f"| {name} | {value} |" for name, value in rows.items()]
    return "\n".join(["| what | figure |", "| --- | --- |", *lines])


def succeeded(outcomes: Sequence[Outcome]) -> bool:
    """Return whether nothing was lost and nothing differs."""
    kills = [kill for each in outcomes for kill in each.kills]
    return not any(each.differing for each in outcomes) and all(
        kill.resumed in (None, kill.kept) and kill.reached - kill.kept <= INTERVAL for kill in kills
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=50, help="at least so many (default 50)")
    parser.add_argument("--kills", type=int, default=200, help="in all (default 200)")
    parser.add_argument("--seeds", type=int, default=2, help="undisturbed runs (default 2)")
    parser.add_argument(
        "--times",
        type=int,
        default=KILLS_PER_RUN,
        help=f"that a run is killed, at most (default {KILLS_PER_RUN})",
    )
    parser.add_argument("--log", type=Path, default=Path("killed_runs.jsonl"))
    options = parser.parse_args()
    outcomes = measure(options.runs, options.kills, options.seeds, options.log, options.times)
    machine = describe_machine()
    print(f"{machine.processor}, {machine.cores} cores, {machine.packages}\n")
    print(table(outcomes))
    sys.exit(0 if succeeded(outcomes) else 1)


if __name__ == "__main__":
    main()
