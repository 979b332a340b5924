"""Starting the processes that help, at once or before there is work for them.

Comes in: how many may help, and what they should import. Goes out: processes that wait for work.
What they do is in `helper_process.py`, what they are given in `helpers.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO

from inkdigits.processor import available_cores
from inkdigits.python_process import PythonProcess, end_process, start_python

PAYS = 1.0  # seconds of work: more than a helper needs to start
_QUICKEST = 0.0003  # seconds: what an item takes at least
_MOST_HELPERS = 3
_PROGRAM = "inkdigits.workflows.helper_process"
_PIPE = 2**20  # bytes: each time that one is full both processes wait for the other


@contextmanager
def helpers_ahead(
    items: int, imports: Sequence[str] = (), *, helpers: int | None = None
) -> Iterator[list[PythonProcess]]:
    """Start helpers before there is work for them, where there will be enough in any case.

    Args:
        items: How many there are to work on.
        imports: Modules that the work takes; helpers import them while this process does.
        helpers: As for `start_helpers`.

    Yields:
        Processes for `share_out`. They are gone in the end, whether they have worked or not.

    Example:
        >>> with helpers_ahead(10) as ready:
        ...     len(ready)
        0
    """
    ready = start_helpers(helpers, imports) if items * _QUICKEST > PAYS else []
    try:
        yield ready
    finally:
        for process in ready:
            end_process(process)


def start_helpers(helpers: int | None = None, imports: Sequence[str] = ()) -> list[PythonProcess]:
    """Start processes that wait for work; none where that cannot be.

    Args:
        helpers: At most; one for each other core, up to three, if not given.
        imports: Modules that they import before.

    Example:
        >>> start_helpers(0)
        []
    """
    most = min(available_cores() - 1, _MOST_HELPERS) if helpers is None else helpers
    return [process for _ in range(most) if (process := _start(imports))]


def _start(imports: Sequence[str]) -> PythonProcess | None:
    try:
        process = start_python(_PROGRAM, *imports, alone=True)  # it ends with this process
    except (OSError, ValueError):
        return None
    if process.stdout is not None:
        _widen(process.stdout)
    return process


def _widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold more, where the system can do that."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)
