"""Work that helpers do in tests; here and there they meet by files in one folder."""

import os
import threading
import time
from functools import partial
from pathlib import Path

PATIENCE = 60  # seconds for a helper to start on a busy machine


def wait_for(path: Path, lines: int = 1) -> None:
    """Wait until a file has so many lines."""
    deadline = time.monotonic() + PATIENCE
    while not path.exists() or len(path.read_text().splitlines()) < lines:
        assert time.monotonic() < deadline, f"nobody wrote {lines} lines to {path}"
        time.sleep(0.01)


def note(path: Path) -> None:
    with path.open("a") as file:
        file.write("done\n")


def is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


class SlowHere:
    """Negates items; its first batch lasts, and before the second it waits for a helper."""

    def __init__(self, log: Path, lines: int = 1, most: int = 1000) -> None:
        self._log, self._lines, self._most = log, lines, most
        self.calls = 0

    def __call__(self, items: list[int]) -> list[tuple[int, int]]:
        self.calls += 1
        if self.calls == 1:
            time.sleep(0.2)
        else:
            wait_for(self._log, self._lines)
        return [(-item, os.getpid()) for item in items[: self._most]]


def negate(items: list[int], log: Path, most: int = 1000) -> list[tuple[int, int]]:
    print("this is for nobody")
    note(log)
    return [(-item, os.getpid()) for item in items[:most]]


def crash(items: list[int], log: Path) -> list[tuple[int, int]]:
    note(log)
    os._exit(3)


def fail(items: list[int], log: Path) -> list[tuple[int, int]]:
    note(log)
    raise ValueError("not today")


def return_a_lock(items: list[int], log: Path) -> list[object]:
    """What cannot be pickled."""
    note(log)
    return [threading.Lock() for _ in items]


def make(work: str, log: Path, **options: int) -> object:
    return partial(globals()[work], log=log, **options)


def make_nothing(log: Path) -> object:
    note(log)
    raise ValueError("no work to be had")


def where(number: int, name: str = "") -> tuple[int, str, int]:
    return number, name, os.getpid()


def die_elsewhere(home: int) -> str:
    if os.getpid() != home:
        os._exit(3)
    return "alive"


def give_a_lock() -> object:
    """What cannot be pickled."""
    return threading.Lock()


def refuse(number: int) -> None:
    raise ValueError(f"not {number}")
