import numpy as np
import pytest

from inkdigits.imaging.finding import Found
from inkdigits.imaging.marks import Mark
from inkdigits.imaging.picture import Picture
from inkdigits.recognition.page import Page, best_reading

DIGITS = {str(digit): digit for digit in range(10)}
BLANK = np.full((200, 400, 3), 255, np.uint8)


def block(x, y=0, width=20, height=30):
    mask = np.ones((height, width), bool)
    return Mark(x, y, np.full(mask.shape, 255, np.uint8), mask, 255.0)


def page(*lines, expect=None, picture=None, factor=1.0, together=False):
    found = Found(lines, factor, together)
    return Page(picture or Picture(BLANK, 400, 200), found, expect, DIGITS)


def answer(hypotheses, digit, confidence):
    for one in hypotheses:
        one.probabilities = np.full(10, (1 - confidence) / 9, np.float32)
        one.probabilities[digit] = confidence


def answered(of, digit=5, confidence=0.99):
    """Let the network call every ink a page's digit."""
    answer([one for line in of.lines for one in line.hypotheses], digit, confidence)
    of.settle_height()
    answer(of.doubt(), digit, 0.1)
    return of


def read(of):
    """Let a page be read whose every ink is a 5."""
    return answered(of).reading()


def test_lines_are_read_from_top_to_bottom():
    reading = read(page([block(0), block(30)], [block(0, 60)]))
    assert reading.text == "55\n5"
    assert (reading.width, reading.height) == (400, 200)


def test_boxes_are_in_the_pictures_own_pixels():
    # Marks were found in half the size of pixels which are half the size of the picture.
    reading = read(page([block(10, 5)], picture=Picture(BLANK, 800, 400), factor=2.0))
    (digit,) = reading.digits
    assert (digit.box.x, digit.box.y, digit.box.width, digit.box.height) == (40, 20, 80, 120)


def test_expected_to_be_single_all_lines_are_one():
    assert read(page([block(0)], [block(0, 40)], expect="single")).text == "5"


def test_expected_to_be_a_number_the_best_line_is_one():
    reading = read(page([block(0)], [block(0, 60), block(200, 60)], expect="number"))
    assert [line.numbers for line in reading.lines] == [("55",)]


def test_without_marks_there_are_no_lines():
    assert page().reading().lines == ()
    assert page(expect="number").reading().lines == ()


def test_lines_are_counted_until_there_are_too_many_doubtful_marks(monkeypatch):
    monkeypatch.setattr("inkdigits.recognition.page._MOST_COUNTS", 3)
    of = page([block(0), block(50)], [block(0, 60)], [block(0, 120)])
    answer([one for line in of.lines for one in line.hypotheses], 5, 0.5)
    of.settle_height()
    assert of.to_count() == of.lines[:2]


def test_second_thoughts_end_where_there_are_too_many(monkeypatch):
    monkeypatch.setattr("inkdigits.recognition.page._MOST_DOUBTS", 0)
    halves = [[block(x, y, width=9) for x in (0, 11)] for y in (0, 60)]
    of = page(*halves)
    answer([one for line in of.lines for one in line.hypotheses], 5, 0.5)
    of.settle_height()
    assert len(of.doubt()) == 1
    assert [len(line.hypotheses) for line in of.lines] == [3, 2]


def test_of_several_ways_the_one_in_which_more_is_read_counts():
    less, more = answered(page([block(0)]), 3), answered(page([block(0), block(30)]), 5)
    assert best_reading([less, more]).text == best_reading([more, less]).text == "55"
    assert best_reading([less]).text == "3"


HALVES = [block(0), block(0, 31)]


@pytest.mark.parametrize(("confidence", "text"), [(0.91, "8"), (0.89, "0\n0")])
def test_what_may_be_one_torn_digit_is_one_where_that_is_sure(confidence, text):
    as_two = answered(page(*([half] for half in HALVES)), 0)
    as_one = answered(page(HALVES, together=True), 8, confidence)
    assert best_reading([as_two, as_one]).text == text
