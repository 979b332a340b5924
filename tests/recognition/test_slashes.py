import numpy as np
import pytest

from inkdigits.imaging.marks import Mark
from inkdigits.recognition.slashes import are_slashes
from tests.recognition.lines_by_hand import candidate


def stroke(x, *, height=40, lean=0.4, y=-5, digit=1):
    """A straight stroke three pixels wide, which leans to the right by columns per row."""
    rows = np.arange(height)
    columns = np.round(abs(lean) * (rows if lean < 0 else rows[::-1])).astype(int)
    mask = np.zeros((height, columns.max() + 3), bool)
    for shift in range(3):
        mask[rows, columns + shift] = True
    one = candidate(x, digit)
    one.marks = (Mark(x, y, np.where(mask, 255, 0).astype(np.uint8), mask, 200.0),)
    return one


def test_few_digits_have_no_slash_between_them():
    assert are_slashes([]) == []
    assert are_slashes([stroke(0)]) == [False]
    assert are_slashes([candidate(0), stroke(30)]) == [False] * 2


def test_slashes_part_the_numbers_of_a_date():
    row = [candidate(0), stroke(25), candidate(50), candidate(75), stroke(100), candidate(125)]
    assert are_slashes(row) == [False, True, False, False, True, False]


@pytest.mark.parametrize(
    "properties",
    [
        {"lean": 0.2},
        {"lean": -0.4},
        {"height": 30, "y": 0},
        {"height": 35, "y": 0},  # longer below alone
        {"height": 35, "y": -5},  # longer above alone
        {"digit": 7},
    ],
    ids=str,
)
def test_a_1_or_7_between_digits_is_none(properties):
    assert are_slashes([candidate(0), stroke(25, **properties), candidate(50)]) == [False] * 3


def test_it_is_held_against_the_digits_beside_it():
    large = candidate(50, height=44, y=-7)
    assert are_slashes([candidate(0), stroke(25), large]) == [False] * 3
    far = [large, candidate(100), stroke(125), candidate(150), large]
    assert are_slashes(far) == [False, False, True, False, False]


def test_a_slash_in_pieces_is_one():
    one = stroke(25)
    (mark,) = one.marks
    upper = Mark(mark.x, mark.y, mark.values[:15], mark.mask[:15], mark.level)
    lower = Mark(mark.x, mark.y + 20, mark.values[20:], mark.mask[20:], mark.level)
    one.marks = (upper, lower)
    assert are_slashes([candidate(0), one, candidate(50)]) == [False, True, False]
