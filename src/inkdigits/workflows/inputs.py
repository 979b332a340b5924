"""The words of a command line -> the picture files that they stand for.

Comes in: names of files, patterns, folders, "-" for standard input. Goes out: sources in the order
given, each of which can be loaded; what cannot be found is a source whose loading fails, so that
one wrong name never stops the others. It does not know what a picture is.
"""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from inkdigits.errors import PictureError
from inkdigits.imaging.kinds import SUFFIXES
from inkdigits.imaging.limits import Limits

STDIN = "-"

_SUFFIXES = tuple(SUFFIXES)
_AT_ONCE = 4096  # bytes, which systems give in one piece


@dataclass(frozen=True)
class Source:
    """Something that should be a picture file.

    Attributes:
        name: As the user named it, or folder and file joined; "-" is standard input.
        problem: Why there is nothing to load; None if there is.
    """

    name: str
    problem: str | None = None

    def load(self, limits: Limits) -> bytes:
        """Return the content.

        Args:
            limits: How large it may be.

        Raises:
            PictureError: If there is none, it cannot be read, or it is too large.
        """
        if self.problem is not None:
            raise PictureError(self.problem)
        try:
            return _read(self.name, limits)
        except (OSError, ValueError) as error:  # a name with a zero byte is a `ValueError`
            raise PictureError(f"cannot be read: {_reason(error)}") from error


def find_sources(words: Sequence[str]) -> list[Source]:
    """Return the files that words stand for, in the order given.

    A folder stands for the pictures in it and in the folders below, sorted by name; links to
    folders and what is hidden are left out. A word that is no file is a pattern: `*` and `?` stand
    for letters, `**` for folders.

    Example:
        >>> [source.name for source in find_sources(["-", "nowhere.png"])]
        ['-', 'nowhere.png']
    """
    return [source for word in words for source in _find(word)]


def _find(word: str) -> Iterator[Source]:
    if word == STDIN:
        yield Source(STDIN)
    elif os.path.isdir(word):  # noqa: PTH112 - a `Path` would drop the "./" that the user wrote
        yield from _in_folder(word)
    elif os.path.lexists(word) or not glob.has_magic(word):
        yield Source(word)
    else:
        yield from _matching(word)


def _matching(pattern: str) -> list[Source]:
    found: list[Source] = []
    for name in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - for the same reason
        if not os.path.isdir(name):  # noqa: PTH112
            found.append(Source(name))
        elif "**" not in pattern:  # which has found the files in the folder, too
            found += _in_folder(name)
    return found or [Source(pattern, "no file matches this pattern")]


def _in_folder(folder: str) -> Iterator[Source]:
    problems: list[Source] = []

    def remember(error: OSError) -> None:
        problems.append(Source(str(error.filename), f"cannot be read: {_reason(error)}"))

    found: list[str] = []
    for parent, folders, files in os.walk(folder, onerror=remember):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [os.path.join(parent, name) for name in sorted(files) if _is_picture(name)]  # noqa: PTH118
    if not found and not problems:
        suffixes = " ".join(sorted(SUFFIXES))
        problems.append(Source(folder, f"the folder has no pictures in it ({suffixes})"))
    yield from map(Source, found)
    yield from problems


def _is_picture(name: str) -> bool:
    return not name.startswith(".") and name.lower().endswith(_SUFFIXES)


def _read(name: str, limits: Limits) -> bytes:
    if name == STDIN:
        with sys.stdin.buffer as stream:
            return _read_stream(stream, limits)
    descriptor = os.open(name, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_size < _AT_ONCE:
            # Of small files there are many, and a file object takes longer than its bytes.
            limits.check_bytes(status.st_size)
            return os.read(descriptor, _AT_ONCE)
        with open(descriptor, "rb", closefd=False) as file:
            return _read_stream(file, limits)
    finally:
        os.close(descriptor)


def _read_stream(stream: BinaryIO, limits: Limits) -> bytes:
    status = os.fstat(stream.fileno())
    if stat.S_ISREG(status.st_mode):
        limits.check_bytes(status.st_size)
        return stream.read()
    content = stream.read(limits.max_bytes + 1)  # a device or a pipe may have no end
    limits.check_bytes(len(content))
    return content


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
