"""What `inkdigits predict` prints: a JSON document, a CSV file or a table.

Comes in: entries of results (`entries.py`), one after the other. Goes out: text for stdout once all
have come.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from shutil import get_terminal_size
from typing import Any, Literal, Protocol, TypeAlias

from inkdigits.cli.entries import CSV_COLUMNS, TableRow, csv_entry, json_entry, table_entry
from inkdigits.cli.output import shows_colours
from inkdigits.cli.text_table import RED, Column, Row, table_lines
from inkdigits.workflows.predict import Result

Format: TypeAlias = Literal["table", "json", "csv"]

_COLUMNS = (
    *(Column("picture", folds=True), Column("read", folds=True)),
    *(Column("least sure", right=True), Column("no digit", right=True)),
)


class Sheet(Protocol):
    """Collects entries of results and prints them."""

    @property
    def entry(self) -> Callable[[Result], Any]:
        """What makes the entry of a result, in any process."""

    def add(self, entry: Any) -> None:
        """Take one more entry."""

    def print(self) -> None:
        """Print all of them on stdout."""


def new_sheet(form: Format, model: str) -> Sheet:
    """Return an empty sheet.

    Args:
        form: How to print.
        model: The network, as the user named it.
    """
    if form == "json":
        return _Json(model)
    return _Csv() if form == "csv" else _Table()


class _Json:
    """One document, one result a line: the lines keep a long list legible and quick to write."""

    entry = staticmethod(json_entry)

    def __init__(self, model: str) -> None:
        self._model = model
        self._lines: list[str] = []

    def add(self, entry: str) -> None:
        self._lines.append(entry)

    def print(self) -> None:
        results = ",\n".join(self._lines)
        sys.stdout.write(f'{{"model": {json.dumps(self._model)}, "results": [\n{results}\n]}}\n')


class _Csv:
    """One row for each digit; a picture without any, or that failed, has one all the same."""

    entry = staticmethod(csv_entry)

    def __init__(self) -> None:
        self._rows: list[str] = []

    def add(self, entry: str) -> None:
        self._rows.append(entry)

    def print(self) -> None:
        csv.writer(sys.stdout, lineterminator="\n").writerow(CSV_COLUMNS)
        sys.stdout.writelines(self._rows)


class _Table:
    """One row for each picture."""

    entry = staticmethod(table_entry)

    def __init__(self) -> None:
        self._rows: list[TableRow] = []

    def add(self, entry: TableRow) -> None:
        self._rows.append(entry)

    def print(self) -> None:
        out, encoding = sys.stdout, sys.stdout.encoding or "ascii"
        red = RED if shows_colours(out) else ""
        lines = table_lines(
            _COLUMNS,
            [Row(_writable(row, encoding), red if failed else "") for row, failed in self._rows],
            width=get_terminal_size().columns if out.isatty() else None,
            ascii_only=not encoding.lower().startswith("utf"),
        )
        out.writelines(f"{line}\n" for line in lines)


def _writable(cells: list[str], encoding: str) -> list[str]:
    """Escape what an encoding cannot tell."""
    return [cell.encode(encoding, "backslashreplace").decode(encoding) for cell in cells]
