"""Reading a file from outside: a regular one alone, and no more of it than was agreed.

Comes in: a path. Goes out: the content. A device or a pipe, which may have no end, is refused
without waiting for it. It does not know what is in the file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from inkdigits.errors import ModelFileError

MAX_JSON_BYTES = 100_000

# What some systems lack is 0: opening a pipe must not wait for its writer.
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)


def read_limited(path: Path, limit: int) -> bytes:
    """Return the content of a file.

    Args:
        path: Where.
        limit: Bytes that it may have.

    Raises:
        ModelFileError: If it cannot be read, is no regular file, or is larger.
    """
    with open_regular(path, limit) as file:
        return file.read(limit)


@contextmanager
def open_regular(path: Path, limit: int) -> Iterator[BinaryIO]:
    """Open a file for reading; arguments and errors are those of `read_limited`."""
    if "\0" in str(path):
        raise ModelFileError(f"cannot read {str(path)!r}: a name has no zero bytes")
    try:
        with open(path, "rb", opener=_open) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ModelFileError(f"{path} must be a file; it is a device or a pipe")
            if status.st_size > limit:
                raise ModelFileError(
                    f"{path} must be at most {limit:,} bytes; received {status.st_size:,}"
                )
            yield file
    except OSError as error:
        raise ModelFileError(f"cannot read {path}: {error.strerror}") from error


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | _AT_ONCE)
