"""Another Python that runs one of our modules: how it is started, and how it is ended.

Comes in: a module. Goes out: a process with pipes to write to and to read from. It does not know
what is said through them.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

PythonProcess: TypeAlias = "subprocess.Popen[bytes]"


def start_python(module: str, *arguments: str, alone: bool = False) -> PythonProcess:
    """Start a Python that runs a module; what it writes on its standard error is lost.

    Args:
        module: Its name.
        arguments: What it finds in `sys.argv`.
        alone: Whether it is in a session of its own, in which Ctrl-C does not reach it.

    Raises:
        OSError: If no process can be started.

    Example:
        >>> process = start_python("this")
        >>> process.stdout.readline().decode().strip()
        'The Zen of Python, by Tim Peters'
        >>> end_process(process)
    """
    # `-P`: a module in the folder where the user works is not taken for one of Python's.
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=alone,
    )


def end_process(process: PythonProcess, let_go: Callable[[], None] | None = None) -> None:
    """End a process, whatever it does.

    Args:
        process: One of `start_python`.
        let_go: Is called once it is killed, before its pipes are closed: waits for those who use
            them.
    """
    process.kill()
    if let_go:
        let_go()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what was not yet sent
                pipe.close()
    process.wait()
