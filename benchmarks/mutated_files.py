"""Load many damaged model files and count what becomes of them.

Comes in: how many, and a seed. Goes out: a table. Files of every kind that inkdigits reads are
changed at random; each must load to the very same thing or be refused with an error of inkdigits.
A recipe of one's own has no digest: there another valid recipe is counted apart. Files are loaded
in another process, so that a crash or an endless loop is noticed and counted.

Example: python benchmarks/mutated_files.py --n 10000
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from model_cases import CASES, Case
from mutations import mutate

from inkdigits.errors import InkdigitsError
from inkdigits.runs.machine import mebibytes

HANG = 10  # seconds until a process is given up
OUTCOMES = ("same", "refused", "another valid", "another", "untyped", "crash", "hang")
WRONG = ("another", "untyped", "crash", "hang")


class Bench:
    """Cases in a folder, each with its file as it should be and what that loads to."""

    def __init__(self, folder: Path, cases: list[Case]) -> None:
        """Make every file."""
        self._cases = cases
        self._loaded, self._files = [], []
        for case in cases:
            own = folder / case.name.replace(" ", "-").replace("/", "-")
            own.mkdir()
            file = case.make(own)
            self._files.append(file)
            self._loaded.append(case.load(own))
        self._contents = [file.read_bytes() for file in self._files]
        self._seeds = {case.name: each for case, each in zip(cases, self._contents, strict=True)}

    def attempt(self, seed: int, number: int) -> dict[str, Any]:
        """Damage a file, load it, and put it right again; return what became of it."""
        rng = random.Random(f"{seed}/{number}")
        place = number % len(self._cases)
        case, file = self._cases[place], self._files[place]
        damaged = self._damage(self._contents[place], rng)
        file.write_bytes(damaged)
        started = time.perf_counter()
        outcome, note = self._outcome(case, file.parent, place)
        seconds = time.perf_counter() - started
        file.write_bytes(self._contents[place])
        if outcome == "another" and case.unsealed:
            outcome = "another valid"
        told = {"case": case.name, "outcome": outcome, "note": note, "seconds": seconds}
        return {**told, "number": number, "mebibytes": mebibytes(_peak())}

    def _damage(self, content: bytes, rng: random.Random) -> bytes:
        if content.startswith(b"{") and rng.random() < 0.5:
            return other_value(content, rng)
        return bytes(mutate(content, rng, self._seeds))

    def _outcome(self, case: Case, folder: Path, place: int) -> tuple[str, str]:
        try:
            loaded = case.load(folder)
        except InkdigitsError:
            return "refused", ""
        except Exception as error:
            return "untyped", f"{type(error).__name__}: {error}"
        return ("same" if loaded == self._loaded[place] else "another"), ""


def other_value(content: bytes, rng: random.Random) -> bytes:
    """Return a JSON object with one of its values changed."""
    document = json.loads(content)
    inner = document
    while True:
        key = rng.choice(list(inner))
        if not isinstance(inner[key], dict) or not inner[key]:
            break
        inner = inner[key]
    choices: tuple[object, ...] = (0, -1, 1, 1e308, True, None, "", "x", [], {}, inner[key])
    inner[key] = rng.choice(choices) if rng.random() < 0.5 else _nearby(inner[key], rng)
    return json.dumps(document, indent=2).encode()


def _nearby(value: object, rng: random.Random) -> object:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + rng.choice((1, -1, 0.5))
        case str():
            return value[1:] + rng.choice("01abc/.")
    return [value]


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def work(seed: int, first: int, end: int) -> None:
    """Load files and print a line of JSON for each; a file that takes too long ends the process."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), CASES)
        for number in range(first, end):
            signal.alarm(HANG)
            print(json.dumps(bench.attempt(seed, number)), flush=True)
            signal.alarm(0)


def results(seed: int, first: int, end: int) -> Iterator[dict[str, Any]]:
    """Yield what became of each file; after a crash go on behind it in a new process."""
    while first < end:
        command = [sys.executable, __file__, "--work", str(seed), str(first), str(end)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        for line in process.stdout:
            told = json.loads(line)
            first = told["number"] + 1
            yield told
        code = process.wait()
        if code == 0:
            return
        name = CASES[first % len(CASES)].name
        outcome = "hang" if code == -signal.SIGALRM else "crash"
        yield {
            "case": name,
            "outcome": outcome,
            "note": f"ended with {code}",
            "number": first,
            "seconds": 0.0,
            "mebibytes": 0.0,
        }
        first += 1


def table(told: list[dict[str, Any]]) -> str:
    """Lay the counts out as a Markdown table, with a line for each that went wrong."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    slowest: dict[str, float] = defaultdict(float)
    for each in told:
        counts[each["case"]][each["outcome"]] += 1
        slowest[each["case"]] = max(slowest[each["case"]], each["seconds"])
    lines = ["| file | " + " | ".join(("files", *OUTCOMES, "slowest")) + " |"]
    lines.append("| --- " * (len(OUTCOMES) + 3) + "|")
    for name, own in counts.items():
        cells = [f"{own.total():,}", *(f"{own[outcome]:,}" for outcome in OUTCOMES)]
        lines.append(f"| {name} | {' | '.join(cells)} | {1000 * slowest[name]:.0f} ms |")
    wrong = [each for each in told if each["outcome"] in WRONG]
    notes = [
        f"{each['outcome']}: {each['case']} {each['number']}: {each['note']}" for each in wrong
    ]
    return "\n".join([*lines, *notes])


def main() -> None:
    """Load mutants and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000, help="number of files")
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", nargs=3, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(*options.work)
        return
    told = list(results(options.seed, options.first, options.first + options.n))
    print(table(told))
    most = max(each["mebibytes"] for each in told)
    print(f"\n{len(told):,} files; the process held at most {most:.0f} MiB")


if __name__ == "__main__":
    main()
