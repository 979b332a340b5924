"""A table as text: its frame, its columns, and what becomes of cells that are too long."""

from __future__ import annotations

import io

from rich.cells import cell_len
from rich.console import Console
from rich.table import Column as RichColumn
from rich.table import Table

from inkdigits.cli.text_table import RED, Column, Row, table_lines

COLUMNS = (Column("picture", folds=True), Column("read", folds=True), Column("sure", right=True))


def lines_of(*rows: list[str], width: int | None = None) -> list[str]:
    return list(table_lines(COLUMNS, [Row(row) for row in rows], width=width))


class TestTableLines:
    def test_it_looks_as_the_tables_of_rich(self):
        rows = [["a.png", "12 3\n0", "75.0 %"], ["数字.png", "-", ""]]
        console = Console(file=io.StringIO(), width=100)
        table = Table("picture", "read", RichColumn("sure", justify="right"))
        for row in rows:
            table.add_row(*row)
        console.print(table)
        assert lines_of(*rows) == console.file.getvalue().splitlines()

    def test_without_rows(self):
        assert lines_of() == [
            "┏━━━━━━━━━┳━━━━━━┳━━━━━━┓",
            "┃ picture ┃ read ┃ sure ┃",
            "┡━━━━━━━━━╇━━━━━━╇━━━━━━┩",
            "└─────────┴──────┴──────┘",
        ]

    def test_long_cells_are_folded_where_the_terminal_is_narrow(self):
        row = ["a/long/way/to/the/picture.png", "cannot be read: no such file", ""]
        lines = lines_of(row, width=41)
        assert {cell_len(line) for line in lines} == {41}
        cells = [line.split("│")[1:-1] for line in lines if line.startswith("│")]
        assert "".join(each[0].strip() for each in cells) == row[0]
        assert " ".join(filter(None, (each[1].strip() for each in cells))) == row[1]

    def test_words_are_kept_whole_where_they_fit(self):
        lines = lines_of(["x", "one two three four", ""], width=29)
        assert [line.split("│")[2].strip() for line in lines[3:-1]] == ["one two", "three", "four"]

    def test_wide_letters_are_folded_too(self):
        lines = lines_of(["数字" * 20, "7", "9.9 %"], width=40)
        assert {cell_len(line) for line in lines} == {40}
        assert "".join(line.split("│")[1].strip() for line in lines[3:-1]) == "数字" * 20

    def test_no_column_is_narrower_than_its_heading(self):
        lines = lines_of(["a" * 30, "b" * 30, "c" * 30], width=10)
        assert lines[1].split("┃")[1:3] == [" picture  ", " read     "]
        assert "c" * 30 in lines[3]  # it does not fold

    def test_ascii(self):
        table = table_lines([Column("a"), Column("b")], [Row(["1", "2"])], ascii_only=True)
        assert list(table) == [
            *("+---+---+", "| a | b |", "|---+---|", "| 1 | 2 |", "+---+---+"),
        ]

    def test_a_colour_ends_with_its_cell(self):
        (line,) = list(table_lines([Column("a")], [Row(["1"], RED)]))[3:-1]
        assert line == "│\x1b[31m 1 \x1b[0m│"
