"""Watching what a process does while it reads a file.

Comes in: a trap and the folder that may be read. Goes out: everything else that was opened, written
or called. Python tells what it does itself; what a library opens behind its back is told by the
system's own watch on the secret file (inotify, on Linux).
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FORBIDDEN = frozenset(
    "os.system os.exec os.posix_spawn os.fork subprocess.Popen pickle.find_class socket.connect "
    "socket.getaddrinfo os.symlink os.link os.rename os.remove os.mkdir".split()
)
UNWANTED = frozenset("keras tensorflow h5py onnx torch yaml onnxruntime openvino".split())
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_IN_ACCESS, _IN_OPEN, _IN_NONBLOCK = 0x1, 0x20, 0o4000


class Guard:
    """Notes what must not happen."""

    def __init__(self, secret: Path, canary: Path) -> None:
        """Begin to watch, once and for all: Python's hooks cannot be taken off."""
        self._canary, self._watch = canary, _watch(secret)
        self._own = [
            Path(each).resolve() for each in (*sys.path, sys.prefix, sys.base_prefix) if each
        ]
        self._folder: Path | None = None
        self._seen: list[str] = []
        sys.addaudithook(self._hook)

    @contextmanager
    def watching(self, folder: Path) -> Iterator[list[str]]:
        """Note everything but reading in a folder, into the list that is yielded."""
        self._seen, self._folder = [], folder
        try:
            yield self._seen
        finally:
            self._folder = None
            if self._was_opened():
                self._seen.append("the secret was opened")
            if self._canary.exists():
                self._seen.append("the canary was written")
                self._canary.unlink()
            self._seen += [f"{name} was imported" for name in sorted(UNWANTED & sys.modules.keys())]

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._folder is None:
            return
        if event in FORBIDDEN:
            self._seen.append(f"{event}{arguments!r:.100}")
        elif event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            self._opened(Path(os.fsdecode(arguments[0])).absolute(), arguments[2])

    def _opened(self, path: Path, flags: int) -> None:
        assert self._folder is not None
        inside = path.is_relative_to(self._folder)
        ours = any(path.is_relative_to(each) for each in self._own)
        if flags & _WRITING or not (inside or ours):
            self._seen.append(f"opened {path}")

    def _was_opened(self) -> bool:
        if self._watch is None:
            return False
        try:
            return bool(os.read(self._watch, 4096))
        except BlockingIOError:
            return False


def _watch(path: Path) -> int | None:
    """Return a file descriptor from which the system tells that a file is opened."""
    if not sys.platform.startswith("linux"):
        return None
    system = ctypes.CDLL(None)
    descriptor = int(system.inotify_init1(_IN_NONBLOCK))
    system.inotify_add_watch(descriptor, os.fsencode(path), _IN_OPEN | _IN_ACCESS)
    return descriptor
