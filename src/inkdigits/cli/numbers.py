"""Numbers in the words of a command line.

Comes in: a number that Typer has read. Goes out: the number, or an error that names the option.
"""

from __future__ import annotations

from math import isnan

import typer


def a_number(value: float) -> float:
    """Refuse "nan", which compares as inside every range.

    Raises:
        typer.BadParameter: If it is that.

    Example:
        >>> a_number(2.5)
        2.5
    """
    if isnan(value):
        raise typer.BadParameter("nan is not a number")
    return value
