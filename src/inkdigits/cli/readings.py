"""What `inkdigits predict` prints: a JSON document, a CSV file or a table.

Comes in: results, one after the other. Goes out: text for stdout once all have come; of each
result only what will be printed is kept.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from shutil import get_terminal_size
from typing import Any, Literal, Protocol, TypeAlias

from inkdigits.cli.output import shows_colours
from inkdigits.cli.text_table import RED, Column, Row, table_lines
from inkdigits.formats import confidence
from inkdigits.recognition.reading import Digit, Guess
from inkdigits.workflows.predict import Result

Format: TypeAlias = Literal["table", "json", "csv"]

CSV_COLUMNS = (
    *("path", "page", "line", "number", "digit", "confidence"),
    *("x", "y", "width", "height", "error"),
)
_COLUMNS = (
    *(Column("picture", folds=True), Column("read", folds=True)),
    *(Column("least sure", right=True), Column("no digit", right=True)),
)
_DECIMALS = 6  # of confidences: beyond it they depend on the order in which numbers were added


class Sheet(Protocol):
    """Collects results and prints them."""

    def add(self, result: Result) -> None:
        """Take one more result."""

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

    def __init__(self, model: str) -> None:
        self._model = model
        self._lines: list[str] = []
        self._encode = json.JSONEncoder(allow_nan=False).encode

    def add(self, result: Result) -> None:
        self._lines.append(self._encode(result_document(result)))

    def print(self) -> None:
        results = ",\n".join(self._lines)
        sys.stdout.write(f'{{"model": {json.dumps(self._model)}, "results": [\n{results}\n]}}\n')


class _Csv:
    """One row for each digit; a picture without any, or that failed, has one all the same."""

    def __init__(self) -> None:
        self._text = io.StringIO()
        self._writer = csv.writer(self._text, lineterminator="\n")
        self._writer.writerow(CSV_COLUMNS)

    def add(self, result: Result) -> None:
        self._writer.writerows(csv_rows(result))

    def print(self) -> None:
        sys.stdout.write(self._text.getvalue())


class _Table:
    """One row for each picture."""

    def __init__(self) -> None:
        self._rows: list[tuple[list[str], bool]] = []

    def add(self, result: Result) -> None:
        self._rows.append((table_cells(result), result.error is not None))

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


def result_document(result: Result) -> dict[str, Any]:
    """Return one of the `results` that `inkdigits predict --json` prints."""
    reading = result.reading
    return {
        "path": result.path,
        "page": result.picture.page if result.picture else None,
        "text": reading.text if reading else None,
        "lines": [
            {
                "text": line.text,
                "numbers": line.numbers,
                "digits": [_digit_document(digit) for digit in line.digits],
            }
            for line in (reading.lines if reading else ())
        ],
        "width": reading.width if reading else None,
        "height": reading.height if reading else None,
        "error": result.error,
    }


def _digit_document(digit: Digit) -> dict[str, Any]:
    box = digit.box
    strange = digit.outlierness
    return {
        "digit": digit.digit,
        "name": digit.name,
        "confidence": round(digit.confidence, _DECIMALS),
        "box": [box.x, box.y, box.width, box.height],
        "top": [_guess_document(guess) for guess in digit.top],
        "outlierness": None if strange is None else round(strange, _DECIMALS),
        "number": digit.number,
    }


def _guess_document(guess: Guess) -> dict[str, Any]:
    sure = round(guess.confidence, _DECIMALS)
    return {"digit": guess.digit, "name": guess.name, "confidence": sure}


def csv_rows(result: Result) -> Iterator[list[Any]]:
    """Return the rows for one result, under `CSV_COLUMNS`; what does not apply is empty."""
    path = printable(result.path, keep="\n\t")
    page = result.picture.page if result.picture else None
    if result.reading is None or not result.reading.digits:
        error = printable(result.error or "")
        yield [path, page, *[None] * (len(CSV_COLUMNS) - 3), error]
        return
    for i, line in enumerate(result.reading.lines):
        for digit in line.digits:
            box = digit.box
            sure = round(digit.confidence, _DECIMALS)
            place = [box.x, box.y, box.width, box.height]
            yield [path, page, i, digit.number, digit.name, sure, *place, None]


def table_cells(result: Result) -> list[str]:
    """Return one result's row: what it is of, what was read, how surely, what was rejected."""
    name = printable(result.path)
    if result.picture and result.picture.page > 1:
        name += f" (page {result.picture.page})"
    if result.reading is None:
        return [name, printable(result.error or ""), "", ""]
    lines = [" ".join(line.numbers) for line in result.reading.lines if line.text]
    sure = [digit.confidence for digit in result.reading.digits if digit.digit is not None]
    rejected = len(result.reading.digits) - len(sure)
    read = "\n".join(lines) if lines else "-"
    return [name, read, confidence(min(sure)) if sure else "", str(rejected) if rejected else ""]


def printable(text: str, keep: str = "") -> str:
    r"""Escape what a terminal would obey or could not show; names of files may hold anything.

    Example:
        >>> printable("7.png\x1b[2J"), printable("a\nb", keep="\n")
        ('7.png\\x1b[2J', 'a\nb')
    """
    if text.isprintable():
        return text
    return "".join(
        letter
        if letter.isprintable() or letter in keep
        else letter.encode("unicode_escape").decode()
        for letter in text
    )
