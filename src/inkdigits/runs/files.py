"""Writing files whole: a reader finds the old content or the new one, never a part.

Comes in: a path and bytes. Goes out: the file, on the disk. The bytes go to a temporary file in
the same folder, are flushed to the disk, and take the name in one rename; then the folder itself
is flushed, so that a power cut loses neither name nor content.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from inkdigits.errors import OutputError

TEMPORARY_PREFIX = ".writing-"


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file so that it is there completely or not at all.

    Args:
        path: Where; its folder must exist.
        content: What; text is encoded as UTF-8.

    Raises:
        OutputError: If it cannot be written; an older file of that name is then unharmed.
    """
    data = content.encode() if isinstance(content, str) else content

    def fill(temporary: Path) -> None:
        temporary.write_bytes(data)

    fill_whole(path, fill)


def fill_whole(path: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write a file, and give it its name only once it is complete.

    Args:
        path: Where; its folder must exist. The temporary file has the same suffix.
        fill: Writes the content to the path it is given.

    Raises:
        OutputError: If it cannot be written; an older file of that name is then unharmed.
    """
    with output_errors(path):
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=TEMPORARY_PREFIX, suffix=path.suffix
        )
        os.close(handle)
        temporary = Path(name)
        try:
            fill(temporary)
            temporary.chmod(0o666 & ~_umask())
            _flush(temporary)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _flush(path.parent)


def remove_leftovers(folder: Path) -> None:
    """Remove what a process that was killed while writing has left in a folder.

    The caller must know that no other process is writing there.

    Raises:
        OutputError: If something cannot be removed.
    """
    with output_errors(folder):
        for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
            path.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder and its parents; one that exists already is fine.

    Raises:
        OutputError: If it cannot be made.
    """
    with output_errors(path):
        path.mkdir(parents=True, exist_ok=True)


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn the system's refusal to write into one line that names the path.

    Raises:
        OutputError: In place of any `OSError`.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"cannot write {path}: {reason}") from error


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
