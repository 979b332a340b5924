"""Talking to a helper: what it is told, and what comes back.

Comes in: a process of `start_helpers`, and values that can be pickled. Goes out: what it answers.
Whatever ails the process is an exception here. Its own side is in `helper_process.py`.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from typing import IO, Any

from inkdigits.python_process import PythonProcess


def teach(process: PythonProcess, make_work: Callable[[], Callable[[Any], list[Any]]]) -> None:
    """Tell a helper what its work is, and wait until it is ready.

    Args:
        process: One that was not told yet.
        make_work: Is called there, and returns what works on items.
    """
    target, source = _pipes(process)
    _send(target, make_work)
    _receive(source)


def ask(process: PythonProcess, items: Sequence[Any]) -> tuple[list[Any], float]:
    """Let a helper that knows its work do it, and wait.

    Args:
        process: One that was told.
        items: What to work on.

    Returns:
        What its work returned, and the seconds that it took.
    """
    target, source = _pipes(process)
    _send(target, items)
    results, seconds = _receive(source)
    return results, seconds


def _pipes(process: PythonProcess) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("a helper must have pipes to write to and to read from")
    return process.stdin, process.stdout


def _receive(source: IO[bytes]) -> Any:
    size = int.from_bytes(source.read(8), "big")
    return pickle.loads(source.read(size))


def _send(target: IO[bytes], value: Any) -> None:
    pickle.dump(value, target, pickle.HIGHEST_PROTOCOL)
    target.flush()
