"""One writer to a run: a second process is refused.

Comes in: a run folder. Goes out: the lock on it, for a while. The operating system holds it, so it
ends with its process, however that ends; a lock file that a killed process left locks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from filelock import FileLock, Timeout

from inkdigits.errors import UsageError
from inkdigits.runs.files import output_errors, remove_leftovers
from inkdigits.runs.folder import RunFolder


@contextmanager
def sole_writer(run: RunFolder) -> Iterator[None]:
    """Be the only process that writes a run, and clear away what a killed one left half-written.

    Whoever holds the lock already may take it once more.

    Raises:
        UsageError: If another process is writing the run.
        OutputError: If the folder cannot be written to.
    """
    lock = FileLock(run.lock, blocking=False, is_singleton=True)
    with output_errors(run.lock):
        try:
            lock.acquire()
        except Timeout:
            raise UsageError(f"another process is writing the run in {run.path}") from None
    try:
        for folder in (run.path, run.checkpoints, run.plots):
            remove_leftovers(folder)
        yield
    finally:
        if lock.lock_counter == 1:
            with suppress(OSError):  # a folder that is gone needs no unlocking
                run.lock.unlink(missing_ok=True)
        lock.release()
