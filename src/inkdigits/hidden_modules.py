"""Importing a package as if another, which it would import too, were not installed.

Comes in: names, and a piece of work. Goes out: the same work, with those names hidden meanwhile.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hidden(*names: str) -> Iterator[None]:
    """Let the import system find none of these modules, but for those that it has found before.

    Args:
        names: Names of modules; those within a hidden package cannot be found either.

    Example:
        >>> with hidden("turtle"):
        ...     import turtle
        Traceback (most recent call last):
            ...
        ModuleNotFoundError: import of turtle halted; None in sys.modules
    """
    missing = hide(*names)
    try:
        yield
    finally:
        for name in missing:
            del sys.modules[name]


def hide(*names: str) -> list[str]:
    """Let the import system find none of these modules from now on, but for those found before.

    Args:
        names: As for `hidden`.

    Returns:
        Those that were not found before.

    Example:
        >>> hide("sys")
        []
    """
    missing = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type]  # None: not there
    return missing
