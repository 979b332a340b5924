"""Runs whose checkpoints are damaged, whose disk is full, whose folder vanishes.

Comes in: nothing. Goes out: a Markdown table. Every checkpoint of a stopped run is cut off at
several lengths and has bits flipped; what is loaded must then be the other one. Some of these runs
are resumed to their end, which must be that of an undisturbed run. On a small file system of its
own, a run must stop with one line and exit code 2, keep its last checkpoint, and go on to the same
end once there is room. Mounting one needs root; without it that part is left out.

Example: python benchmarks/damaged_runs.py
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from run_processes import INTERVAL, STEPS, begin, differences, kept_steps

from inkdigits.runs.checkpoints import list_checkpoints
from inkdigits.runs.files import TEMPORARY_PREFIX
from inkdigits.runs.folder import RunFolder

SEED = 0
FLIPS = 200
ENOUGH = "300m"


@dataclass(frozen=True)
class Row:
    """One thing that was tried, how often it went as it must, and of how many times."""

    what: str
    good: int
    of: int


class Folders:
    """A run that nobody disturbed and one that was killed half-way, in a scratch folder."""

    def __init__(self, scratch: Path) -> None:
        """Make both."""
        self.scratch, self.log = scratch, scratch / "log.txt"
        self.whole, self.half = scratch / "whole", scratch / "half"
        if begin(self.whole, SEED, self.log).wait():
            raise RuntimeError(f"the undisturbed run failed:\n{self.log.read_text()}")
        process = begin(self.half, SEED, self.log)
        while process.code() is None and process.reached < STEPS // 2:
            time.sleep(0.001)
        process.kill()

    def copy(self) -> Path:
        """Return a new copy of the stopped run."""
        folder = Path(tempfile.mkdtemp(dir=self.scratch)) / "run"
        shutil.copytree(self.half, folder)
        return folder

    def ends_alike(self, folder: Path) -> bool:
        """Resume a run; return whether it ends as the undisturbed one."""
        return begin(folder, SEED, self.log).wait() == 0 and not differences(self.whole, folder)


def lengths(size: int) -> list[int]:
    """Return where a file of that many bytes is cut off."""
    return sorted({0, 1, 7, 8, 9, 100, 1000, size // 4, size // 2, size - 4096, size - 1})


def cut_off(folders: Folders) -> Iterator[Row]:
    """Cut each checkpoint off, and both, and resume a few of these runs."""
    older, newer = list_checkpoints(RunFolder(folders.half).checkpoints)
    steps = kept_steps(folders.half)
    expected = {older.name: steps, newer.name: steps - INTERVAL}
    for name, left in expected.items():
        sizes = lengths((older.parent / name).stat().st_size)
        good = sum(_keeps(folders, name, _cut_to(size), left) for size in sizes)
        yield Row(f"{_age(name, newer)} checkpoint cut off, the other one loaded", good, len(sizes))
    flips = [_flip(random.Random(number)) for number in range(FLIPS)]
    good = sum(_keeps(folders, newer.name, flip, steps - INTERVAL) for flip in flips)
    yield Row("newest checkpoint with one bit flipped, the other one loaded", good, FLIPS)
    resumed = [_resumes(folders, [newer.name]), _resumes(folders, [older.name, newer.name])]
    yield Row("resumed with the newest one, or both, cut off: the same end", sum(resumed), 2)


def _age(name: str, newest: Path) -> str:
    return "newest" if name == newest.name else "older"


def _cut_to(size: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:size]


def _flip(rng: random.Random) -> Callable[[bytes], bytes]:
    def flip(content: bytes) -> bytes:
        damaged = bytearray(content)
        damaged[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        return bytes(damaged)

    return flip


def _keeps(folders: Folders, name: str, damage: Callable[[bytes], bytes], steps: int) -> bool:
    path = RunFolder(folders.half).checkpoints / name
    content = path.read_bytes()
    path.write_bytes(damage(content))
    try:
        return kept_steps(folders.half) == steps
    finally:
        path.write_bytes(content)


def _resumes(folders: Folders, names: list[str]) -> bool:
    folder = folders.copy()
    for name in names:
        path = RunFolder(folder).checkpoints / name
        path.write_bytes(path.read_bytes()[:-1])
    return folders.ends_alike(folder)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """Mount a file system of that size."""
    folder.mkdir()
    _mount(folder, f"size={size}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _mount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)


def full_disk(folders: Folders, size: str, expected: str) -> Row:
    """Train on a disk too small for the run, make room, and go on."""
    disk = folders.scratch / f"disk-{size}"
    log = folders.scratch / f"disk-{size}.txt"
    with small_disk(disk, size):
        run = disk / "run"
        stopped = begin(run, SEED, log).wait() == 2 and _says(log, expected)
        whole = not list(run.rglob(f"{TEMPORARY_PREFIX}*"))
        _mount(disk, f"remount,size={ENOUGH}")
        good = stopped and whole and folders.ends_alike(run)
    return Row(f"disk of {size}: {expected}; with more room, the same end", int(good), 1)


def vanished_folder(folders: Folders) -> Row:
    """Remove the folder of a run that is being trained."""
    run, log = folders.scratch / "gone", folders.scratch / "gone.txt"
    process = begin(run, SEED, log)
    while process.code() is None and process.reached < INTERVAL:
        time.sleep(0.001)
    run.rename(folders.scratch / "elsewhere")
    good = process.wait() == 2 and _says(log, "No such file or directory")
    return Row("folder gone: one line, exit code 2", int(good), 1)


def _says(log: Path, words: str) -> bool:
    """Return whether the program's last words are one line that holds these."""
    lines = log.read_text().strip().splitlines()
    told = [line for line in lines if line.startswith("inkdigits: ")]
    return told == lines[-1:] and words in told[0]


def table(rows: list[Row]) -> str:
    """Lay the rows out as a Markdown table."""
    lines = [f"| {row.what} | {row.good} of {row.of} |" for row in rows]
    return "\n".join(["| what | as it must be |", "| --- | --- |", *lines])


def main() -> None:
    """Damage, measure and print."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None).parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folders = Folders(Path(scratch))
        rows = [*cut_off(folders), vanished_folder(folders)]
        try:
            rows += [
                full_disk(folders, "4m", "there is no checkpoint yet, so nothing is kept"),
                full_disk(folders, "24m", "the run is kept up to epoch 1, step 4"),
            ]
        except subprocess.CalledProcessError as error:
            print(f"no small disk could be mounted: {error}", file=sys.stderr)
    print(table(rows))
    sys.exit(0 if all(row.good == row.of for row in rows) else 1)


if __name__ == "__main__":
    main()
