"""What `inkdigits predict` prints of one result: a line of JSON, rows of CSV or a row of a table.

Comes in: a result. Goes out: its entry on a sheet (`readings.py`), which takes a hundredth of its
memory. Where other processes help to read, they make the entries, too; so this imports little.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from inkdigits.formats import confidence
from inkdigits.recognition.reading import Digit, Guess
from inkdigits.workflows.predict import Result

CSV_COLUMNS = (
    *("path", "page", "line", "number", "digit", "confidence"),
    *("x", "y", "width", "height", "error"),
)
_DECIMALS = 6  # of confidences: beyond it they depend on the order in which numbers were added


class TableRow(NamedTuple):
    """One result's row in a table.

    Attributes:
        cells: See `table_cells`.
        failed: Whether it could not be read.
    """

    cells: list[str]
    failed: bool


class Kept(NamedTuple):
    """What is kept of one result.

    Attributes:
        entry: On a sheet.
        failed: Whether it could not be read.
        result: All of it, if it is to be drawn; None otherwise.
    """

    entry: Any
    failed: bool
    result: Result | None


def keep(result: Result, entry: Callable[[Result], Any], *, draws: bool) -> Kept:
    """Keep of a result what a command takes.

    Args:
        result: Of one picture.
        entry: Makes its entry.
        draws: Whether it is to be drawn.
    """
    return Kept(entry(result), result.error is not None, result if draws else None)


def json_entry(result: Result) -> str:
    """Return a result's line in a JSON document."""
    return json.dumps(result_document(result), allow_nan=False)


def csv_entry(result: Result) -> str:
    """Return a result's rows in a CSV file, each with the end of its line."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(csv_rows(result))
    return text.getvalue()


def table_entry(result: Result) -> TableRow:
    """Return a result's row in a table."""
    return TableRow(table_cells(result), result.error is not None)


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
