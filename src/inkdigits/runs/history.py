"""The history of a run as a CSV file: one row per epoch.

Comes in: epoch records. Goes out: text with a header row, and the records read back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, fields

from inkdigits.errors import ModelFileError
from inkdigits.training.state import EpochRecord

_COLUMNS = [field.name for field in fields(EpochRecord)]


def history_to_csv(history: Sequence[EpochRecord]) -> str:
    """Return the records as CSV, numbers with all their digits.

    Example:
        >>> history_to_csv([]).split(",")[:3]
        ['epoch', 'loss', 'accuracy']
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(record) for record in history)
    return text.getvalue()


def history_from_csv(text: str) -> list[EpochRecord]:
    """Read records back.

    Raises:
        ModelFileError: If a column is missing or a value is no number.
    """
    try:
        return [
            EpochRecord(
                epoch=int(row["epoch"]),
                **{name: float(row[name]) for name in _COLUMNS if name != "epoch"},
            )
            for row in csv.DictReader(io.StringIO(text))
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"history.csv is damaged: {error}") from error
