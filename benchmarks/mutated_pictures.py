"""Decode many damaged picture files and count what becomes of them.

Comes in: how many, and a seed. Goes out: a table. Files of every kind are changed at random: bits
and fields flipped, parts cut off, inserted, deleted, doubled, two files spliced. Each is decoded
in another process, so that a crash or an endless loop is noticed and counted.

Example: python benchmarks/mutated_pictures.py --n 20000
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, TypeAlias

from mutations import mutate
from seed_pictures import seed_pictures

from inkdigits.errors import PictureError
from inkdigits.imaging.decode import decode
from inkdigits.workflows.readers import load_reader

HANG = 10.0  # seconds until a process is given up
SLOW = 2.0  # seconds that no file may take
Work: TypeAlias = Callable[..., None]  # of a connection, and options

_APART = ("pdf", "heic")  # each file needs a process of its own
_APART_SHARE = 0.08  # of the files


@dataclass
class Tally:
    """What became of the files."""

    outcomes: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    slowest: float = 0.0
    slowest_name: str = ""

    def add(self, name: str, outcome: str, note: str, seconds: float) -> None:
        """Count one file."""
        self.outcomes[outcome] += 1
        if outcome in ("untyped", "crash", "hang"):
            self.notes.append(f"{outcome}: {name}: {note}")
        if seconds > SLOW:
            self.outcomes["slow"] += 1
        if seconds > self.slowest:
            self.slowest, self.slowest_name = seconds, name

    def table(self) -> str:
        """Lay the counts out as a Markdown table, with a line for each that went wrong."""
        n = sum(self.outcomes.values()) - self.outcomes["slow"]
        names = ("decoded", "refused", "untyped", "crash", "hang", "slow")
        cells = [f"{n:,}", *(f"{self.outcomes[name]:,}" for name in names)]
        head = "| files | " + " | ".join(names) + " | slowest |"
        row = "| " + " | ".join(cells) + f" | {self.slowest:.2f} s ({self.slowest_name}) |"
        return "\n".join([head, "| --- " * 8 + "|", row, *self.notes])


def mutant(seed: int, number: int, seeds: dict[str, bytes]) -> tuple[str, bytes]:
    """Return the name and content of a damaged file; the same for the same numbers."""
    rng = random.Random(f"{seed}/{number}")
    apart = rng.random() < _APART_SHARE
    name = rng.choice([name for name in seeds if name.startswith(_APART) == apart])
    content = mutate(seeds[name], rng, seeds)
    if name.startswith("png") and rng.random() < 0.7:
        content = _with_checksums(content)
    return f"{name} {seed}/{number}", bytes(content)


def _with_checksums(content: bytearray) -> bytearray:
    """Make the checksums of a PNG file right again, so that more than they are put to the test."""
    at = 8
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        end = at + 8 + length
        if end + 4 > len(content):
            break
        struct.pack_into(">I", content, end, zlib.crc32(content[at + 4 : end]))
        at = end + 4
    return content


def attempt(content: bytes, read: bool) -> tuple[str, str]:
    """Decode a file, and read what it holds if wanted; return what became of it, and a note."""
    try:
        pictures = decode(content, pages="all")
        if read:
            load_reader().read_many(pictures)
    except PictureError as error:
        return "refused", str(error)
    except Exception as error:
        return "untyped", f"{type(error).__name__}: {error}"
    return "decoded", ""


def _work(connection: Connection, seed: int, read: bool) -> None:
    """Take numbers of files until there are no more, and tell what became of each."""
    seeds = seed_pictures()
    while (number := connection.recv()) is not None:
        name, content = mutant(seed, number, seeds)
        started = time.perf_counter()
        outcome, note = attempt(content, read)
        connection.send((name, outcome, note, time.perf_counter() - started))


class Worker:
    """A process that tries files out, and a new one whenever it is lost."""

    def __init__(self, work: Work, options: tuple[Any, ...], name_of: Callable[[int], str]) -> None:
        """Start the process.

        Args:
            work: What it does with its end of a connection and the options.
            options: For `work`.
            name_of: The name of a file, by its number.
        """
        self._work, self._options, self._name_of = work, options, name_of
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        arguments = (theirs, *self._options)
        self._process: SpawnProcess = context.Process(
            target=self._work, args=arguments, daemon=True
        )
        self._process.start()
        theirs.close()

    def attempt(self, number: int) -> tuple[str, str, str, float]:
        """Return name, outcome, note and seconds of a file."""
        try:
            self._connection.send(number)
            if self._connection.poll(HANG):
                told: tuple[str, str, str, float] = self._connection.recv()
                return told
            outcome = "hang"
        except (EOFError, OSError):
            outcome = "crash"
        self._process.kill()
        self._process.join()
        note = f"exit code {self._process.exitcode}"
        self._start()
        return self._name_of(number), outcome, note, HANG if outcome == "hang" else 0.0

    def close(self) -> None:
        """End the process."""
        self._connection.send(None)
        self._process.join()


def main() -> None:
    """Decode mutants and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=20_000, help="number of files")
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--read", action="store_true", help="read the digits in them, too")
    options = parser.parse_args()
    seeds, tally = seed_pictures(), Tally()
    arguments = (options.seed, options.read)
    worker = Worker(_work, arguments, lambda number: mutant(options.seed, number, seeds)[0])
    for number in range(options.first, options.first + options.n):
        tally.add(*worker.attempt(number))
    worker.close()
    print(tally.table())


if __name__ == "__main__":
    main()
