import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.imaging.text_lines import group_into_lines, typical_height

WIDTH, HEIGHT = 20, 30


def boxes(*places):
    """Boxes of column and row, and of width and height where a digit's do not hold."""
    return np.array(
        [(*place, WIDTH, HEIGHT)[:2] + (tuple(place[2:]) or (WIDTH, HEIGHT)) for place in places],
        np.int64,
    ).reshape(-1, 4)


def row(n, x=0, y=0, step=25, slope=0.0):
    return [(x + i * step, round(y + i * step * slope)) for i in range(n)]


def test_without_boxes_there_are_no_lines():
    assert group_into_lines(boxes()) == []
    assert typical_height(boxes()) == 1


def test_a_typical_height_is_that_of_digits_and_not_of_specks():
    specks = [(i * 10, 90, 3, 3) for i in range(30)]
    assert typical_height(boxes(*row(4), *specks)) == HEIGHT


def test_the_darker_boxes_tell_the_height():
    noise = [(i * 12, 90, 10, 12) for i in range(40)]
    places = boxes(*row(4), *noise)
    levels = np.array([200.0] * 4 + [50.0] * 40)
    assert typical_height(places) == 12
    assert typical_height(places, levels) == HEIGHT
    assert typical_height(places[::-1], levels[::-1]) == HEIGHT
    assert typical_height(places, np.full(44, 9.0)) == 12


def test_a_line_of_dark_boxes_is_one_line_amid_many_faint_ones():
    noise = [(i * 12, 300, 10, 12) for i in range(120)]
    places = boxes(*row(4), *noise)
    levels = np.array([200.0] * 4 + [50.0] * 120)
    assert [0, 1, 2, 3] in group_into_lines(places, levels)


def test_lines_have_no_say_in_the_height_where_there_is_anything_else():
    ruler, margin = (0, 50, 900, 3), (0, 0, 3, 900)
    assert typical_height(boxes(ruler, margin, *row(2))) == HEIGHT
    assert typical_height(boxes(ruler)) == 3


def test_one_box_is_one_line():
    assert group_into_lines(boxes((5, 5))) == [[0]]


def test_boxes_are_ordered_from_left_to_right():
    assert group_into_lines(boxes((50, 2), (0, 0), (25, 4))) == [[1, 2, 0]]


def test_lines_are_ordered_from_top_to_bottom():
    places = row(3, y=120) + row(3, y=0) + row(3, y=60)
    assert group_into_lines(boxes(*places)) == [[3, 4, 5], [6, 7, 8], [0, 1, 2]]


@pytest.mark.parametrize("slope", [-0.25, 0.25])
def test_a_slanted_line_is_one_line(slope):
    # It rises by more than two heights in all.
    assert group_into_lines(boxes(*row(12, y=100, slope=slope))) == [list(range(12))]


def test_slanted_lines_one_above_the_other_stay_apart():
    upper, lower = row(8, y=0, slope=0.2), row(8, y=45, slope=0.2)
    lines = group_into_lines(boxes(*upper, *lower))
    assert lines == [list(range(8)), list(range(8, 16))]


def test_digits_of_unequal_height_stand_in_one_line():
    places = [(0, 0, 20, 40), (25, 8, 20, 24), (50, 2, 20, 36)]
    assert group_into_lines(boxes(*places)) == [[0, 1, 2]]


def test_columns_far_apart_are_lines_of_their_own_from_left_to_right():
    places = row(2, x=600, y=0) + row(2, x=0, y=3)
    assert group_into_lines(boxes(*places)) == [[2, 3], [0, 1]]


def test_a_gap_of_a_few_digits_does_not_part_a_line():
    assert group_into_lines(boxes(*row(2), *row(2, x=150))) == [[0, 1, 2, 3]]


def test_the_loose_bar_of_a_5_belongs_to_its_line():
    bar, body, next_one = (4, 0, 16, 4), (0, 7, 18, 25), (30, 0)
    (line,) = group_into_lines(boxes(bar, body, next_one))
    assert sorted(line[:2]) == [0, 1]
    assert line[2] == 2


def test_the_two_rings_of_an_8_are_parts_of_one_line():
    lines = group_into_lines(boxes((0, 0, 18, 16), (1, 18, 18, 16), (30, 0, 20, 34)))
    assert [sorted(line) for line in lines] == [[0, 1, 2]]


def test_digits_close_above_one_another_are_not_joined():
    assert group_into_lines(boxes(*row(2), *row(2, y=HEIGHT + 3))) == [[0, 1], [2, 3]]


def test_a_low_mark_joins_the_line_in_which_it_stands():
    dash = (50, 14, 15, 4)
    assert group_into_lines(boxes(*row(2), dash, *row(2, x=75))) == [[0, 1, 2, 3, 4]]


def test_the_loose_bar_of_a_5_joins_the_line_though_it_stands_above_the_rest_of_the_5():
    body, bar = (50, 10, 14, 20), (62, 2, 10, 5)
    assert group_into_lines(boxes(*row(2), body, bar, *row(2, x=80))) == [[0, 1, 2, 3, 4, 5]]


def test_a_low_mark_far_from_all_lines_is_in_none():
    dash = (50, 300, 15, 6)
    assert group_into_lines(boxes(*row(3), dash)) == [[0, 1, 2]]


def test_specks_are_in_no_line():
    specks = [(22, 10, 2, 2), (47, 28, 3, 2)]
    assert group_into_lines(boxes(*row(3), *specks)) == [[0, 1, 2]]


@given(
    st.lists(
        st.tuples(*[st.integers(0, 300)] * 2, *[st.integers(1, 80)] * 2), min_size=1, max_size=25
    )
)
def test_no_box_stands_in_two_lines_and_no_line_is_empty(places):
    lines = group_into_lines(boxes(*places))
    members = [i for line in lines for i in line]
    assert all(lines)
    assert len(members) == len(set(members))
    assert set(members) <= set(range(len(places)))
