import sys
from itertools import islice

import cv2
import numpy as np
import pytest

from inkdigits.recognition.reading import Reading


@pytest.fixture
def pages(load):
    return load("pages")


class BlindReader:
    """Finds nothing in any picture."""

    def read_many(self, pictures):
        return [Reading((), picture.width, picture.height) for picture in pictures]


@pytest.mark.parametrize(
    ("truth", "reading", "edits"),
    [
        ("", "", 0),
        ("12345", "12345", 0),
        ("12345", "12845", 1),
        ("12345", "1245", 1),
        ("12345", "123455", 1),
        ("12", "", 2),
        ("12", "21", 2),
        ("12", "1\n2", 1),
    ],
)
def test_digits_are_counted_by_edits(pages, truth, reading, edits):
    assert pages.edit_distance(truth, reading) == edits


def test_a_score_has_pages_and_digits(pages):
    score = pages.score("clean", ["12", "34"], ["12", "4"], None, 0.5)
    assert (score.n, score.right, score.share, score.digits_right) == (2, 1, 0.5, 0.75)
    low, high = score.interval95
    assert low < 0.5 < high


def test_more_cases_begin_with_the_same_ones(pages, digits):
    for suite in pages.SUITES:
        short, long = (list(islice(pages.cases(suite, digits, n, 0), 2)) for n in (2, 9))
        for (truth, pixels), (other, others) in zip(short, long, strict=True):
            assert truth == other
            np.testing.assert_array_equal(pixels, others)


def test_what_was_read_wrongly_is_kept(pages, digits, tmp_path):
    cases = pages.cases("pasted", digits.take(slice(2)), 2, 0)
    score = pages.measure(BlindReader(), "pasted", cases, 1.0, tmp_path)
    assert (score.n, score.right, score.digits_right) == (2, 0, 0)
    # MNIST begins with a 5 and a 0.
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [
        "pasted-00000-is-5-read-nothing.png",
        "pasted-00001-is-0-read-nothing.png",
    ]
    assert cv2.imread(str(tmp_path / names[0])).min() == 0


def test_nothing_is_right_where_nothing_stands(pages, tmp_path):
    (truth, pixels), *_ = pages.cases("text", None, 1, 0)
    score = pages.measure(BlindReader(), "text", iter([(truth, pixels)]), None, tmp_path)
    assert (score.right, score.share, score.digits_right) == (1, 1, None)
    assert pages.table([score]).splitlines()[2].split("|")[5:7] == ["  ", "  "]
    pages.save(tmp_path, "text-0", truth, "10", pixels)
    assert [path.name for path in tmp_path.iterdir()] == ["text-0-is-nothing-read-10.png"]


def test_the_table_has_a_row_for_each_suite(pages):
    rows = pages.table(
        [
            pages.score("pairs", ["12"] * 4, ["12"] * 3 + [""], None, 0.2),
            pages.score("pasted", ["1"], ["1"], 0.995, 0.01),
        ]
    ).splitlines()
    # Wilson's interval of 3 out of 4, as tables have it.
    assert rows[2] == "| pairs | 4 | 75.00% | 30.06% to 95.44% | 75.00% |  | 50.0 ms |"
    assert rows[3].split("|")[6].strip() == "99.50%"


def test_pages_are_read_as_predict_reads_them_or_by_the_network_that_is_named(
    pages, monkeypatch, capsys
):
    by: list[str] = []
    monkeypatch.setattr(pages, "load_reader", lambda: by.append("package") or BlindReader())
    monkeypatch.setattr(pages, "reader_for", lambda _: by.append("named") or BlindReader())
    monkeypatch.setattr(pages, "OnnxClassifier", lambda path: path)
    for words in ([], ["--model", "one.onnx"]):
        monkeypatch.setattr(sys, "argv", ["pages.py", "--suites", "text", "--n", "1", *words])
        pages.main()
    assert by == ["package", "named"]
    assert capsys.readouterr().out.count("| text | 1 | 100.00% |") == 2
