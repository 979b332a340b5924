import numpy as np
import pytest

from inkdigits.imaging.broken import as_one_digit
from inkdigits.imaging.marks import Mark


def mark(x, y, width=20, height=30):
    mask = np.ones((height, width), bool)
    return Mark(x, y, np.full(mask.shape, 255, np.uint8), mask, 255.0)


def test_a_digit_in_three_parts_is_put_together_from_left_to_right():
    bar, shoulder, back, foot = mark(20, 0), mark(0, 5), mark(15, 36), mark(5, 60)
    assert as_one_digit([[shoulder, bar], [back], [foot]]) == (shoulder, foot, back, bar)


def test_the_order_of_the_lines_makes_no_difference():
    upper, lower = mark(0, 0), mark(2, 30)
    assert as_one_digit([[lower], [upper]]) == as_one_digit([[upper], [lower]])


@pytest.mark.parametrize(("gap", "one"), [(-8, True), (0, True), (3, True), (5, False)])
def test_a_gap_of_a_twentieth_of_the_height_parts_lines(gap, one):
    assert (as_one_digit([[mark(0, 0)], [mark(0, 30 + gap)]]) is not None) == one


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [[mark(0, 0), mark(30, 0)]],
        [[mark(0, 0)], [mark(11, 30)]],  # one beside the other
        [[mark(0, 0, width=80)], [mark(0, 30, width=80)]],  # wider than any digit
        [[mark(0, 12 * i, height=12)] for i in range(9)],  # too many
    ],
    ids=["nothing", "one line", "beside", "wide", "many"],
)
def test_what_cannot_be_one_digit_is_left_as_it_is(lines):
    assert as_one_digit(lines) is None
