import csv
import io
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from inkdigits.cli import predict as command
from inkdigits.cli.entries import CSV_COLUMNS, csv_rows, keep, result_document, table_cells
from inkdigits.cli.readings import new_sheet
from inkdigits.imaging.picture import picture_of
from inkdigits.recognition.reading import Box, Digit, Guess, Line, Reading
from inkdigits.workflows import predict as workflow
from inkdigits.workflows.predict import Result
from tests.cli.conftest import PROGRAM
from tests.hand_made_networks import write_network


def a_digit(digit: int | None, confidence: float, number: int = 0) -> Digit:
    top = (
        Guess(digit or 0, confidence, str(digit or 0)),
        Guess(4, 0.25, "4"),
        Guess(5, 0.0, "5"),
    )
    image = np.zeros((28, 28), np.uint8)
    return Digit(digit, confidence, Box(1, 2, 3, 4), top, 0.5, number, image)


TWO_LINES = Result(
    "a.png",
    picture_of(np.zeros((80, 100), np.uint8)),
    Reading(
        (
            Line((a_digit(1, 0.75), a_digit(2, 0.9999), a_digit(None, 0.25, 1), a_digit(3, 1, 2))),
            Line((a_digit(None, 0.125),)),
            Line((a_digit(0, 0.875),)),
        ),
        100,
        80,
    ),
)
BLANK = Result("blank.png", TWO_LINES.picture, Reading((), 100, 80))
FAILED = Result("b\n.png", error="cannot be read: No such file or directory")


@pytest.fixture
def pictures(tmp_path: Path, mnist: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a 7 and a 2, large on white paper, and a file that is no picture."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for i, name in enumerate(("seven.png", "two.png")):
        ink = np.kron(mnist.test.images[i], np.ones((4, 4), np.uint8))
        Pillow.fromarray(255 - np.pad(ink, 40)).save(Path("in", name))
    Path("in/broken.png").write_bytes(b"text")
    return Path("in")


class TestDocuments:
    def test_json_has_everything(self):
        document = result_document(TWO_LINES)
        assert json.loads(json.dumps(document))["lines"][0]["digits"][0] == {
            "digit": 1,
            "name": "1",
            "confidence": 0.75,
            "box": [1, 2, 3, 4],
            "top": [
                {"digit": 1, "name": "1", "confidence": 0.75},
                {"digit": 4, "name": "4", "confidence": 0.25},
                {"digit": 5, "name": "5", "confidence": 0.0},
            ],
            "outlierness": 0.5,
            "number": 0,
        }
        assert document["text"] == "123\n0"
        assert [line["text"] for line in document["lines"]] == ["123", "", "0"]
        assert document["lines"][0]["numbers"] == ("12", "3")
        assert [digit["digit"] for digit in document["lines"][0]["digits"]] == [1, 2, None, 3]
        assert (document["width"], document["height"], document["page"]) == (100, 80, 1)
        assert document["error"] is None

    def test_a_failure_has_the_same_keys(self):
        document = result_document(FAILED)
        assert document.keys() == result_document(TWO_LINES).keys()
        assert document.pop("path") == FAILED.path
        assert document.pop("error") == FAILED.error
        assert document.pop("lines") == []
        assert set(document.values()) == {None}

    def test_csv_has_a_row_for_each_digit(self):
        rows = list(csv_rows(TWO_LINES))
        assert rows[0] == ["a.png", 1, 0, 0, "1", 0.75, 1, 2, 3, 4, None]
        assert rows[2] == ["a.png", 1, 0, 1, None, 0.25, 1, 2, 3, 4, None]
        assert [row[2] for row in rows] == [0, 0, 0, 0, 1, 2]

    def test_csv_has_a_row_for_what_has_no_digits(self):
        assert list(csv_rows(BLANK)) == [["blank.png", 1, *[None] * 8, ""]]
        assert list(csv_rows(FAILED)) == [["b\n.png", None, *[None] * 8, FAILED.error]]

    def test_the_table_has_a_row_for_each_picture(self):
        assert table_cells(TWO_LINES) == ["a.png", "12 3\n0", "75.0 %", "2"]
        assert table_cells(BLANK) == ["blank.png", "-", "", ""]
        assert table_cells(FAILED) == ["b\\n.png", FAILED.error, "", ""]


class TestKept:
    @pytest.mark.parametrize("form", ["table", "json", "csv"])
    def test_entries_are_made_as_well_in_another_process(self, form: Any):
        sheet = new_sheet(form, "shipped")
        sheet.add(sheet.entry(BLANK))
        there = pickle.loads(pickle.dumps(partial(keep, entry=sheet.entry, draws=False)))
        assert there(TWO_LINES) == (sheet.entry(TWO_LINES), False, None)
        assert there(FAILED) == (sheet.entry(FAILED), True, None)

    def test_a_result_is_kept_to_be_drawn_alone(self):
        assert keep(BLANK, entry=str, draws=True).result is BLANK
        small = keep(BLANK, entry=new_sheet("json", "shipped").entry, draws=False)
        assert len(pickle.dumps(small)) < 1000


class Terminal(io.StringIO):
    """What a person looks at."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class TestTable:
    def printed_on(self, out: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
        sheet = new_sheet("table", "shipped")
        for result in (TWO_LINES, Result("é数.png", error="is missing")):
            sheet.add(sheet.entry(result))
        monkeypatch.setattr(sys, "stdout", out)
        sheet.print()
        return out

    def test_what_failed_is_red_in_a_terminal(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.delenv("NO_COLOR", raising=False)
        *_, read, failed, _ = self.printed_on(Terminal(), monkeypatch).getvalue().splitlines()
        assert "\x1b" not in read
        assert failed.startswith("│\x1b[31m é数.png \x1b[0m│")

    @pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
    def test_no_colours_for_those_who_want_none(
        self, name: str, value: str, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv(name, value)
        assert "\x1b" not in self.printed_on(Terminal(), monkeypatch).getvalue()

    def test_it_is_as_wide_as_the_terminal(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("COLUMNS", "47")
        monkeypatch.setenv("NO_COLOR", "1")
        top, *_ = self.printed_on(Terminal(), monkeypatch).getvalue().splitlines()
        assert len(top) == 47

    def test_letters_that_cannot_be_written_are_escaped(self, monkeypatch: pytest.MonkeyPatch):
        out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        self.printed_on(out, monkeypatch).flush()
        lines = out.buffer.getvalue().decode("ascii").splitlines()
        assert len({len(line) for line in lines}) == 1
        assert lines[-2].startswith("| \\xe9\\u6570.png | is missing |")


class TestPredict:
    def test_json(self, inkdigits: Callable, pictures: Path):
        result = inkdigits("predict", "in/seven.png", "in/two.png", "--json")
        assert (result.code, result.err) == (0, "")
        assert result.document["model"] == "shipped"
        assert [each["path"] for each in result.document["results"]] == [
            *("in/seven.png", "in/two.png")
        ]
        assert [each["text"] for each in result.document["results"]] == ["7", "2"]

    def test_a_folder_with_a_file_that_is_no_picture(self, inkdigits: Callable, pictures: Path):
        result = inkdigits("predict", "in", "--format", "json")
        assert result.code == 1
        assert result.err == "1 of 3 could not be read\n"
        broken, seven, two = result.document["results"]
        assert broken["error"] and not (seven["error"] or two["error"])
        assert (seven["text"], two["text"]) == ("7", "2")

    def test_csv(self, inkdigits: Callable, pictures: Path):
        Path("in/seven.png").rename('in/a "7",\nor so.png')
        result = inkdigits("predict", "in", "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(result.out, newline="")))
        assert set(rows[0]) == set(CSV_COLUMNS)
        assert [row["path"] for row in rows] == [
            *('in/a "7",\nor so.png', "in/broken.png", "in/two.png")
        ]
        assert [row["digit"] for row in rows] == ["7", "", "2"]
        assert [bool(row["error"]) for row in rows] == [False, True, False]

    def test_the_table_names_every_input(self, inkdigits: Callable, pictures: Path):
        Path("in/two.png").rename("in/\x1b[31m[bold]two\udcff.png")
        result = inkdigits("predict", "in", "nowhere.png")
        assert result.code == 1
        assert "in/seven.png" in result.out
        assert "in/\\x1b[31m[bold]two\\udcff.png" in result.out
        assert "cannot be read: No such file or directory" in result.out

    def test_standard_input(self, pictures: Path):
        done = subprocess.run(
            [PROGRAM, "predict", "-", "--json"],
            input=Path("in/seven.png").read_bytes(),
            capture_output=True,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        (result,) = json.loads(done.stdout)["results"]
        assert (result["path"], result["text"]) == ("-", "7")

    def test_a_network_of_ones_own(self, inkdigits: Callable, pictures: Path):
        network = str(write_network(Path("three.onnx"), answer=3))
        result = inkdigits("predict", "in/seven.png", "--model", network, "--json")
        assert result.document["model"] == network
        (line,) = result.document["results"][0]["lines"]
        assert line["digits"][0]["top"][0]["digit"] == 3

    def test_many_pictures_are_read_in_order(self, pictures: Path, mnist: Any):
        names = []
        for i in range(50):
            names.append(f"in/{i}.png")
            Pillow.fromarray(mnist.test.images[i]).save(names[-1])
        words = [PROGRAM, "predict", *names * 100, "in/broken.png", "--json"]
        done = subprocess.run(words, capture_output=True)
        assert (done.returncode, done.stderr) == (1, b"1 of 5001 could not be read\n")
        *results, broken = json.loads(done.stdout)["results"]
        assert [each["path"] for each in results] == names * 100
        read = [each["text"] for each in results[:50]]
        assert read == [str(label) for label in mnist.test.labels[:50]]
        assert [each["text"] for each in results] == read * 100
        assert broken["error"]

    def test_drawings(self, inkdigits: Callable, pictures: Path):
        words = ("--annotate", "out", "--show-inputs", "out", "--json")
        assert inkdigits("predict", "in", *words).code == 1
        assert sorted(path.name for path in Path("out").iterdir()) == [
            *("seven.annotated.png", "seven.inputs.png", "two.annotated.png", "two.inputs.png")
        ]

    def test_options_reach_the_reader(
        self, inkdigits: Callable, pictures: Path, monkeypatch: pytest.MonkeyPatch
    ):
        asked: list[Any] = []

        def remember(sources: Any, reader: Any, keep: Any, **options: Any) -> Any:
            asked.append(options)
            return iter(())

        monkeypatch.setattr(workflow, "predict", remember)
        words = ("--expect", "number", "--pages", "all")
        limits = ("--max-megabytes", "1.5", "--max-megapixels", "2")
        assert inkdigits("predict", "in", *words, *limits).code == 0
        assert (asked[0]["expect"], asked[0]["pages"]) == ("number", "all")
        assert asked[0]["limits"].max_bytes == 1_500_000
        assert asked[0]["limits"].max_pixels == 2_000_000

    def test_limits_hold(self, inkdigits: Callable, pictures: Path):
        result = inkdigits("predict", "in/seven.png", "--max-megapixels", "0.01", "--json")
        assert result.code == 1
        assert "at most 10,000 in all are allowed" in result.document["results"][0]["error"]


class TestMistakes:
    def failure(self, result: Any) -> str:
        assert (result.code, result.out) == (2, "")
        (line,) = result.err.splitlines()
        return line

    def test_no_input(self, inkdigits: Callable):
        assert "Missing argument 'INPUT...'" in self.failure(inkdigits("predict"))

    @pytest.mark.parametrize(
        "words",
        [
            ("--expect", "word"),
            ("--pages", "2"),
            ("--format", "xml"),
            ("--max-megabytes", "-1"),
            ("--max-megapixels", "nan"),
            ("--json", "--format", "csv"),
            ("--model", "nothing"),
        ],
        ids=" ".join,
    )
    def test_options_that_are_of_no_use(
        self, inkdigits: Callable, pictures: Path, words: tuple[str, ...]
    ):
        assert words[0] in self.failure(inkdigits("predict", "in", *words)).replace(
            "ONNX", "--model"
        )

    def test_a_file_in_the_place_of_a_folder(self, inkdigits: Callable, pictures: Path):
        words = ("--annotate", "in/two.png")
        line = self.failure(inkdigits("predict", "in/seven.png", *words))
        assert line == "inkdigits: cannot write into in/two.png: it is no folder"

    def test_a_terminal_in_the_place_of_a_picture(
        self, inkdigits: Callable, monkeypatch: pytest.MonkeyPatch
    ):
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        monkeypatch.setattr(sys, "stdin", Terminal())
        assert "received a terminal" in self.failure(inkdigits("predict", "-"))

    def test_nothing_in_the_pipe(self):
        done = subprocess.run(
            [PROGRAM, "predict", "-", "--json"], stdin=subprocess.DEVNULL, capture_output=True
        )
        assert done.returncode == 1
        assert "received an empty file" in json.loads(done.stdout)["results"][0]["error"]

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
    def test_an_output_that_takes_no_more(self, pictures: Path):
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [PROGRAM, "predict", "in/seven.png"], stdout=full, stderr=subprocess.PIPE, text=True
            )
        assert done.returncode == 2
        message = "cannot write to standard output: No space left on device"
        assert done.stderr == f"inkdigits: {message}\n"

    def test_a_reader_that_has_had_enough(self, pictures: Path):
        words = [PROGRAM, "predict", *["in/seven.png"] * 300, "--json"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.close()
            _, errors = process.communicate()
        assert errors == b""

    def test_ctrl_c(self, inkdigits: Callable, pictures: Path, monkeypatch: pytest.MonkeyPatch):
        def stopped(*_: Any) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(command, "_collect", stopped)
        result = inkdigits("predict", "in", "--json")
        assert (result.code, result.out) == (130, "")
        assert result.err.strip() == "inkdigits: stopped"
