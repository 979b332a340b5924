import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import BENCHMARKS


@pytest.fixture
def scores(load):
    return load("photo_scores")


@pytest.fixture
def photo(scores):
    """A function that makes a photo of the lines of a text."""

    def make(text, hard=False):
        return scores.Photo(Path("photo.png"), scores.split_lines(text, "|"), hard)

    return make


@pytest.fixture
def read_as(scores, photo):
    """A function that makes an attempt from what is written and what was read."""

    def make(written, read, hard=False, seconds=1.0, error=None):
        lines = scores.split_lines(read, "|")
        return scores.Attempt(photo(written, hard), lines, seconds, error)

    return make


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        ("", "", 0),
        ("123", "", 3),
        ("", "12", 2),
        ("123", "123", 0),
        ("123", "13", 1),
        ("123", "1723", 1),
        ("123", "193", 1),
        ("12", "21", 2),
        ("1234567", "3456789", 4),
    ],
)
def test_the_edit_distance_counts_changes(scores, a, b, distance):
    assert scores.edit_distance(a, b) == scores.edit_distance(b, a) == distance


def test_only_digits_count_and_lines_without_any_do_not(scores):
    assert scores.split_lines("1 2-3\n\nabc\n 4\n") == ("123", "4")
    assert scores.split_lines("") == ()
    assert scores.split_lines("1\u0663\u00b2") == ("1",)  # digits of other scripts are none here


def test_each_figure_counts_its_own_pictures(scores, read_as):
    score = scores.score(
        [
            read_as("123|45", "123|45", seconds=1),
            read_as("12|34", "1234", seconds=2),
            read_as("7", "1", seconds=3),
            read_as("", "", seconds=4),
            read_as("", "99", seconds=5),
            read_as("1234", "123", hard=True, seconds=6),
            read_as("5", "5", hard=True, seconds=100),
        ]
    )
    assert score.digits == scores.Share(10 - 1 - 2, 10)
    assert score.hard_digits == scores.Share(4, 5)
    assert score.pictures == scores.Share(1, 3)
    assert score.joined == scores.Share(2, 3)
    assert score.hard_pictures == scores.Share(1, 2)
    assert score.rejected == scores.Share(1, 2)
    assert score.seconds == 4


def test_a_failure_is_no_rejection(scores, read_as):
    score = scores.score([read_as("", "", error="OSError: gone")])
    assert score.rejected == scores.Share(0, 1)


def test_shares_are_written_as_counts_and_per_cent(scores):
    assert str(scores.Share(7, 8)) == "7 of 8 (87.5 %)"
    assert str(scores.Share(0, 0)) == "0 of 0"


def test_the_truth_is_read_from_the_folder(scores, tmp_path):
    (tmp_path / "truth.csv").write_text(
        'file,kind,truth,hard,notes\na.png,photo,12|3,0,"one, two"\nb.png,scan,,1,\n'
    )
    assert scores.read_truth(tmp_path) == [
        scores.Photo(tmp_path / "a.png", ("12", "3"), False),
        scores.Photo(tmp_path / "b.png", (), True),
    ]


def test_text_beside_one_another_is_one_line(load):
    readers = load("photo_readers")
    pieces = [
        readers.Found("34", middle=12, left=50, height=20),
        readers.Found("5", middle=40, left=5, height=20),
        readers.Found("12", middle=10, left=0, height=20),
    ]
    assert readers.group(pieces) == ["1234", "5"]
    assert readers.group([]) == []


def test_whatever_a_reader_raises_is_its_failure(load, scores, photo):
    script = load("read_photos")

    def fail(path):
        raise KeyError("no such picture")

    def read(path):
        return ("12",)

    attempts = script.measure({"bad": fail, "good": read}, [photo("12"), photo("3")])
    assert [each.error for each in attempts["bad"]] == ["KeyError: 'no such picture'"] * 2
    assert [each.right for each in attempts["good"]] == [True, False]
    document = script.document(attempts)
    assert document["good"]["pictures"] == {"right": 1, "of": 2}
    assert document["good"]["readings"][1]["truth"] == "3"
    json.dumps(document)


def test_failures_list_what_was_not_read_right(load, read_as):
    script = load("read_photos")
    attempts = [read_as("12|3", "123"), read_as("4", "4"), read_as("5", "", hard=True)]
    made = script.failures("reader", attempts)
    assert [list(column.cells) for column in made.columns] == [
        ["photo.png", "photo.png"],
        ["12|3", "5"],
        ["123", ""],
        ["", "hard"],
    ]


def test_the_table_has_a_column_for_each_reader(load, scores, read_as):
    script = load("read_photos")
    score = scores.score([read_as("12", "12", seconds=0.25)])
    made = script.table({"ours": score, "theirs": score})
    assert [column.header for column in made.columns] == ["", "ours", "theirs"]
    assert next(iter(made.columns[1].cells)) == "2 of 2 (100.0 %)"
    assert list(made.columns[2].cells)[-1] == "0.250"


def test_a_folder_of_pictures_is_read_and_scored(tmp_path, digits):
    import cv2

    cv2.imwrite(str(tmp_path / "a.png"), 255 - cv2.resize(digits.images[0], (112, 112)))
    truth = str(digits.labels[0])
    (tmp_path / "truth.csv").write_text(f"file,truth,hard\na.png,{truth},0\n")
    command = [sys.executable, str(BENCHMARKS / "read_photos.py"), str(tmp_path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    (ours,) = json.loads(done.stdout).values()
    assert ours["readings"][0]["truth"] == truth
    assert ours["digits"]["of"] == 1
