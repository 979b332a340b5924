"""`inkdigits train` in processes that may be killed, and what is the same in two run folders.

Comes in: the words of a command line. Goes out: a process, how many steps it has taken, and the
differences between folders. Each process is a fork of this one, which has imported TensorFlow but
never used it: that saves the seconds of every import. It runs the program's own `run`, on a few
hundred digits of MNIST and on a slow disk: large files are written in pieces with pauses between
them, so that a kill finds them half-written. Each step is written down before a checkpoint of it
is begun.
"""

from __future__ import annotations

import csv
import json
import mmap
import os
import signal
import struct
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from inkdigits.cli.main import run as run_program
from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.mnist import load_mnist
from inkdigits.runs.checkpoints import load_newest
from inkdigits.runs.folder import RunFolder
from inkdigits.training.recipes import PUBLISHED
from inkdigits.training.state import Progress
from inkdigits.workflows import data, single_run
from inkdigits.workflows.keeper import Keeper

IMAGES, BATCH, EPOCHS = 1024, 64, 2
STEPS_PER_EPOCH = IMAGES // BATCH
STEPS = EPOCHS * STEPS_PER_EPOCH
INTERVAL = 2  # steps between two checkpoints
PIECE = 2**20  # bytes written at a time
DISK_SPEED = 100e6  # bytes a second
RECIPE = PUBLISHED.replace(
    name="few",
    epochs=EPOCHS,
    batch_size=BATCH,
    micro_batches=2,
    averaging=0.9,
    schedule="one-cycle",
    precision="auto",
    fast_layers=True,
)
METRICS = ("seed", "deterministic", "data", "validation", "test", "test_augmented", "confidence")


def few_digits() -> Dataset:
    """Return the first images of MNIST."""
    mnist = load_mnist()
    train, test = mnist.train.take(slice(IMAGES)), mnist.test.take(slice(256))
    return Dataset("few", train, test, mnist.class_names, "0" * 64, source="mnist")


class Process:
    """One `inkdigits train`, from its start to its end."""

    def __init__(self, words: Sequence[str], log: Path) -> None:
        """Start it; what it prints goes to the log."""
        self._seen = mmap.mmap(-1, 8)  # shared with the child: the first and the last step told
        self.started = time.monotonic()
        self._code: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            self._be_the_child(words, log)

    @property
    def first(self) -> int:
        """The first step that it told of, counted over the whole run; 0 for none."""
        return int(struct.unpack_from("<i", self._seen, 0)[0])

    @property
    def reached(self) -> int:
        """The last one."""
        return int(struct.unpack_from("<i", self._seen, 4)[0])

    def code(self) -> int | None:
        """Return the exit code; None while it runs."""
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code

    def wait(self) -> int:
        """Wait for its end, and return its exit code."""
        while (code := self.code()) is None:
            time.sleep(0.01)
        return code

    def kill(self) -> bool:
        """Kill it; False if it had ended before."""
        if self.code() is None:
            os.kill(self.pid, signal.SIGKILL)
        return self.wait() == -signal.SIGKILL

    def _be_the_child(self, words: Sequence[str], log: Path) -> None:
        code = 3
        try:
            output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            for stream in (1, 2):
                os.dup2(output, stream)
            for module in (single_run, data):
                module.load_mnist = few_digits  # type: ignore[attr-defined]
            Path.write_bytes = _write_slowly  # type: ignore[method-assign,assignment]
            self._write_steps_down()
            code = run_program(["train", *words])
        finally:
            os._exit(code)

    def _write_steps_down(self) -> None:
        on_progress = Keeper.on_progress

        def tell(keeper: Keeper, progress: Progress) -> None:
            taken = (progress.epoch - 1) * progress.steps + progress.step
            struct.pack_into("<ii", self._seen, 0, self.first or taken, taken)
            on_progress(keeper, progress)

        Keeper.on_progress = tell  # type: ignore[method-assign,assignment]


def _write_slowly(path: Path, content: bytes) -> int:
    """Write a file as `Path.write_bytes` does, on a disk that takes 100 MB a second."""
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(content), PIECE):
            file.write(content[start : start + PIECE])
            time.sleep(PIECE / DISK_SPEED)
    return len(content)


def begin(folder: Path, seed: int, log: Path) -> Process:
    """Start a run, or go on with it where it has begun."""
    if RunFolder(folder).recipe.exists():
        return Process(["--resume", str(folder)], log)
    recipe = folder.parent / "few.json"
    recipe.write_text(RECIPE.to_json())
    words = ["--recipe", str(recipe), "--seed", str(seed), "--out", str(folder)]
    return Process([*words, "--deterministic", "--checkpoint-steps", str(INTERVAL)], log)


def kept_steps(folder: Path) -> int:
    """Return the steps in the newest undamaged checkpoint; 0 without one."""
    state = load_newest(RunFolder(folder).checkpoints)
    return (state.epoch - 1) * STEPS_PER_EPOCH + state.step if state else 0


def differences(first: Path, second: Path) -> list[str]:
    """Return what differs between two finished runs, times left out."""
    one, two = RunFolder(first), RunFolder(second)
    found = [
        path.name
        for path in (one.weights, one.onnx, one.mistakes)
        if path.read_bytes() != (second / path.name).read_bytes()
    ]
    pairs = {
        "history": (_history(one), _history(two)),
        "metrics": (_metrics(one), _metrics(two)),
        "checkpoint": (_state(one), _state(two)),
    }
    return found + [name for name, (a, b) in pairs.items() if a != b]


def _history(run: RunFolder) -> list[dict[str, str]]:
    rows = list(csv.DictReader(run.history.read_text().splitlines()))
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


def _metrics(run: RunFolder) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(run.manifest.read_text())
    return {name: document[name] for name in METRICS}


def _state(run: RunFolder) -> dict[str, Any]:
    """Return weights, optimiser, averages, random state and position, as bytes and numbers."""
    state = load_newest(run.checkpoints)
    if state is None:
        return {}
    arrays = {name: np.asarray(array).tobytes() for name, array in state.arrays.items()}
    records = [{**asdict(record), "seconds": 0.0} for record in state.history]
    return {**arrays, "place": (state.epoch, state.step), "sums": state.sums, "history": records}
