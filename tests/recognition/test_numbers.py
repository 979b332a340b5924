import pytest

from inkdigits.recognition.numbers import number_of_each
from inkdigits.recognition.reading import Box


def digits(*gaps, width=20, height=30):
    """Boxes with these gaps between them."""
    boxes = [Box(7, 0, width, height)]
    for gap in gaps:
        boxes.append(Box(boxes[-1].x + width + gap, 0, width, height))
    return boxes


def test_without_boxes_there_are_no_numbers():
    assert number_of_each([]) == []


def test_one_digit_is_one_number():
    assert number_of_each(digits()) == [0]


@pytest.mark.parametrize("gap", [0, 3, 12, 20])
def test_even_gaps_part_nothing_however_wide(gap):
    assert number_of_each(digits(*[gap] * 5)) == [0] * 6


def test_wide_gaps_part_numbers():
    assert number_of_each(digits(5, 5, 60, 5, 80, 5, 5)) == [0, 0, 0, 1, 1, 2, 2, 2]


@pytest.mark.parametrize("gap", [2, 20])
def test_two_digits_are_one_number_unless_far_apart(gap):
    assert number_of_each(digits(gap)) == [0, 0]
    assert number_of_each(digits(100)) == [0, 1]


def test_digits_that_overlap_have_no_gap():
    assert number_of_each(digits(-5, -3, -6)) == [0, 0, 0, 0]
    assert number_of_each(digits(-5, -3, 60, -3)) == [0, 0, 0, 1, 1]


@pytest.mark.parametrize("factor", [1, 3, 10])
def test_the_size_of_the_writing_does_not_matter(factor):
    gaps = [gap * factor for gap in (5, 6, 60, 4)]
    boxes = digits(*gaps, width=20 * factor, height=30 * factor)
    assert number_of_each(boxes) == [0, 0, 0, 1, 1]
