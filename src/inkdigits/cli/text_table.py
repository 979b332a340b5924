"""A table as text, for lists that may be long and programs that should be done at once.

Comes in: columns and rows. Goes out: lines. It looks like the tables of Rich, which the other verbs
print; but these take a tenth of a second to import and half a millisecond a row, of a picture of
one digit twice what it takes to be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeAlias

RED = "\x1b[31m"
_PLAIN = "\x1b[0m"
_LEAST = 8  # cells that a column is never narrower than

# The left end of a line of the frame, what fills it, what parts columns, its right end.
_Edge: TypeAlias = tuple[str, str, str, str]


@dataclass(frozen=True)
class _Frame:
    """What is drawn around cells: above all, beside the headings, below these, and so on."""

    top: _Edge
    head: _Edge
    rule: _Edge
    row: _Edge
    bottom: _Edge


_BOX = _Frame(
    top=("┏", "━", "┳", "┓"),
    head=("┃", " ", "┃", "┃"),
    rule=("┡", "━", "╇", "┩"),
    row=("│", " ", "│", "│"),
    bottom=("└", "─", "┴", "┘"),
)
_ASCII = _Frame(
    top=("+", "-", "+", "+"),
    head=("|", " ", "|", "|"),
    rule=("|", "-", "+", "|"),
    row=("|", " ", "|", "|"),
    bottom=("+", "-", "+", "+"),
)


@dataclass(frozen=True)
class Column:
    """What all cells below one another have in common.

    Attributes:
        name: Its heading.
        right: Whether cells end below one another, as numbers should.
        folds: Whether long cells may be folded where the table would be too wide.
    """

    name: str
    right: bool = False
    folds: bool = False


@dataclass(frozen=True)
class Row:
    """One cell for each column.

    Attributes:
        cells: Their texts, perhaps of several lines; all letters must be printable.
        colour: What turns a terminal to its colour, as `RED`; empty for none.
    """

    cells: Sequence[str]
    colour: str = ""


def table_lines(
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    width: int | None = None,
    ascii_only: bool = False,
) -> Iterator[str]:
    r"""Lay a table out.

    Args:
        columns: At least one.
        rows: Each with one cell for each column.
        width: Cells of the terminal that the table should not be wider than; None for as many as
            it takes.
        ascii_only: Whether its frame is drawn in ASCII.

    Yields:
        Its lines, the frame included.

    Example:
        >>> table = table_lines([Column("of"), Column("is", right=True)], [Row(["a", "7"])])
        >>> print(*table, sep="\n")
        ┏━━━━┳━━━━┓
        ┃ of ┃ is ┃
        ┡━━━━╇━━━━┩
        │ a  │  7 │
        └────┴────┘
    """
    frame = _ASCII if ascii_only else _BOX
    texts = [[cell.split("\n") for cell in row.cells] for row in rows]
    widths = _widths(columns, texts, width)
    yield _border(frame.top, widths)
    yield _line(frame.head, [column.name for column in columns], columns, widths)
    yield _border(frame.rule, widths)
    for row, cells in zip(rows, texts, strict=True):
        folded = [
            [part for line in cell for part in _fold(line, most)]
            for cell, most in zip(cells, widths, strict=True)
        ]
        for parts in zip_longest(*folded, fillvalue=""):
            yield _line(frame.row, parts, columns, widths, row.colour)
    yield _border(frame.bottom, widths)


def _widths(
    columns: Sequence[Column], texts: Sequence[Sequence[Sequence[str]]], width: int | None
) -> list[int]:
    """Return the cells that each column takes, in a table that is not too wide if that can be."""
    widths = [
        max([_length(column.name), *(_length(line) for row in texts for line in row[i])])
        for i, column in enumerate(columns)
    ]
    if width is None:
        return widths
    excess = sum(widths) + 3 * len(widths) + 1 - width
    least = [max(_LEAST, _length(column.name)) for column in columns]
    folding = [i for i, column in enumerate(columns) if column.folds]
    while excess > 0:
        wide = [i for i in folding if widths[i] > least[i]]
        if not wide:
            break
        widths[max(wide, key=lambda i: widths[i])] -= 1
        excess -= 1
    return widths


def _fold(text: str, width: int) -> list[str]:
    """Fold one line between its words, and words that are too long themselves where they reach."""
    if _length(text) <= width:
        return [text]
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if _length(joined) <= width:
            lines[-1] = joined
            continue
        parts = _chop(word, width)
        lines[-1:] = [*filter(None, lines[-1:]), *parts]
    return lines


def _chop(word: str, width: int) -> list[str]:
    from rich.cells import chop_cells

    return chop_cells(word, width)


def _length(text: str) -> int:
    """Return how many cells of a terminal a text takes: two for each letter of some scripts."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _border(edge: _Edge, widths: Sequence[int]) -> str:
    left, fill, part, right = edge
    return left + part.join(fill * (width + 2) for width in widths) + right


def _line(
    edge: _Edge,
    parts: Sequence[str],
    columns: Sequence[Column],
    widths: Sequence[int],
    colour: str = "",
) -> str:
    left, fill, part, right = edge
    cells = []
    for text, column, width in zip(parts, columns, widths, strict=True):
        space = fill * (width - _length(text))
        padded = f" {space}{text} " if column.right else f" {text}{space} "
        cells.append(f"{colour}{padded}{_PLAIN}" if colour else padded)
    return left + part.join(cells) + right
