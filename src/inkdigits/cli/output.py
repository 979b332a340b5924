"""Where the command line prints: results on stdout, everything else on stderr.

Comes in: values and sentences. Goes out: text for a person, or one JSON document for a program.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

if TYPE_CHECKING:
    from rich.console import Console

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout, and nothing else there.")
]


def stdout() -> Console:
    """Return the console for results."""
    # It takes a moment to import, and a program that asks for JSON does without it.
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


def stderr() -> Console:
    """Return the console for progress and errors."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def shows_colours(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that shows colours, and may (https://no-color.org)."""
    dumb = os.environ.get("TERM", "dumb") == "dumb" or os.environ.get("NO_COLOR")
    return os.name == "posix" and stream.isatty() and not dumb


def print_json(document: dict[str, Any]) -> None:
    """Print a document for machines."""
    json.dump(document, sys.stdout, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def percent_range(interval: tuple[float, float]) -> str:
    """Return an interval of shares as people read it.

    Example:
        >>> percent_range((0.9908, 0.9943))
        '99.08 to 99.43 %'
    """
    from inkdigits.formats import percent  # it imports NumPy, which `main` prepares first

    return f"{100 * interval[0]:.2f} to {percent(interval[1])}"
