import cv2
import numpy as np
import pytest

from inkdigits.imaging.rules import remove_rules as remove_rules_of

LINE = 80  # of 255: how much ink a line has


def remove_rules(mask):
    """What is left of ink that is the same everywhere."""
    return remove_rules_of(mask, [mask * np.uint8(LINE)]).mask


def blank(shape=(400, 400)):
    return np.zeros(shape, bool)


def ruled(shape=(400, 400), apart=40, thickness=2):
    page = blank(shape)
    for row in range(apart, shape[0] - thickness, apart):
        page[row : row + thickness] = True
    return page


def drawn(polyline, thickness, shape=(400, 400)):
    """A stroke with round ends through points of column and row."""
    picture = np.zeros(shape, np.uint8)
    cv2.polylines(
        picture, [np.array(polyline, np.int32)], isClosed=False, color=1, thickness=thickness
    )
    return picture.astype(bool)


NEAR = np.ones((5, 5), np.uint8)
SEVEN = drawn([(150, 100), (230, 100), (180, 220)], 6)
TWO = drawn([(140, 110), (170, 85), (200, 110), (140, 215), (205, 215)], 6)


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (23, 500), (24, 500), (300, 300)])
@pytest.mark.parametrize("value", [False, True])
def test_an_even_picture_of_any_shape_passes(shape, value):
    left = remove_rules(np.full(shape, value))
    assert left.shape == shape
    assert left.dtype == bool
    assert not (left & (not value)).any()


def test_the_picture_that_comes_in_stays_as_it_is():
    page = ruled()
    before = page.copy()
    remove_rules(page)
    np.testing.assert_array_equal(page, before)


def test_ruled_paper_vanishes():
    assert remove_rules(ruled()).sum() < 0.02 * ruled().sum()


def test_squared_paper_vanishes():
    page = ruled() | ruled().T
    assert remove_rules(page).sum() < 0.02 * page.sum()


@pytest.mark.parametrize("digit", [SEVEN, TWO])
@pytest.mark.parametrize("paper", [ruled(), ruled() | ruled().T], ids=["ruled", "squared"])
def test_digits_on_ruled_and_squared_paper_stay(digit, paper):
    left = remove_rules(paper | digit)
    assert (left & digit).sum() > 0.9 * digit.sum()
    beside = left & ~cv2.dilate(digit.astype(np.uint8), NEAR).astype(bool)
    assert beside.sum() < 0.02 * paper.sum()


def test_where_a_stroke_crosses_a_line_nothing_of_it_is_missing():
    page = ruled()
    page[60:340, 200:206] = True
    left = remove_rules(page)
    assert left[62:338, 201:205].all()
    assert not left[:, :190].any()
    assert not left[:, 216:].any()


def test_a_line_that_slopes_vanishes_too():
    page = drawn([(0, 150), (399, 162)], 2)
    assert remove_rules(page).sum() < 0.05 * page.sum()


def test_a_line_with_holes_vanishes_too():
    page = blank()
    page[200:202] = True
    page[:, 100:105] = page[:, 290:293] = False
    assert remove_rules(page).sum() < 0.02 * page.sum()


def test_a_lone_1_stays():
    page = blank()
    page[60:340, 195:207] = True
    np.testing.assert_array_equal(remove_rules(page), page)


def test_a_thin_1_that_spans_half_of_the_picture_stays():
    page = blank()
    page[100:300, 200:202] = True
    np.testing.assert_array_equal(remove_rules(page), page)


@pytest.mark.parametrize("digit", [SEVEN, TWO])
def test_the_bar_of_a_digit_stays(digit):
    np.testing.assert_array_equal(remove_rules(digit), digit)


def test_a_level_stroke_of_a_third_of_the_width_stays():
    page = blank()
    page[200:203, 130:270] = True
    np.testing.assert_array_equal(remove_rules(page), page)


def test_strokes_in_a_row_or_in_a_column_are_no_line():
    row, column = blank(), blank()
    for start in range(40, 340, 25):
        row[180:220, start : start + 5] = True
        column[start : start + 18, 200:205] = True
    np.testing.assert_array_equal(remove_rules(row), row)
    np.testing.assert_array_equal(remove_rules(column), column)


def test_a_line_that_shows_from_border_to_border_may_be_thicker():
    page = blank((200, 200))
    page[60:64] = True  # thicker than other lines of such a picture may be
    assert not remove_rules(page).any()
    page[60:64, 170:] = False  # not to the border
    np.testing.assert_array_equal(remove_rules(page), page)


def test_where_one_line_is_thick_the_others_may_be_although_digits_stand_on_them():
    page = blank((200, 200))
    page[150:154] = True
    page[150:154, 180:] = False  # not to the border
    digits = blank((200, 200))
    for x in (20, 70, 120):
        digits[110:153, x : x + 24] = True
    np.testing.assert_array_equal(remove_rules(page | digits), page | digits)
    page[60:64] = True
    left = remove_rules(page | digits)
    assert (left & ~digits).sum() < 0.1 * (page & ~digits).sum()
    assert (left & digits).sum() > 0.9 * digits.sum()


def test_a_broad_bar_across_the_picture_is_no_line():
    page = blank()
    page[180:220] = True
    np.testing.assert_array_equal(remove_rules(page), page)


def test_in_a_small_picture_lines_are_strokes():
    page = ruled((90, 90), apart=20)
    np.testing.assert_array_equal(remove_rules(page), page)


def test_strokes_that_a_line_runs_into_do_not_lead_it_astray(rng):
    columns = np.arange(1200)
    line = np.rint(280 - 0.031 * columns).astype(int)
    page = blank((500, 1200))
    for thickness in (0, 1, 2):
        page[line + thickness, columns] = rng.random(1200) < 0.8
    only = page.copy()
    for start in (300, 480, 660):
        for column in range(start, start + 60):  # the foot of a digit, slanted against the line
            top = line[column] - 14 + (column - start) // 5
            page[top : top + 12, column] = True
    left = remove_rules(page)
    clear = np.r_[0:280, 760:1200]
    assert (left & only)[:, clear].sum() < 0.1 * only[:, clear].sum()


def test_a_thick_line_may_be_crossed_often_if_it_shows_all_the_way():
    page = blank((200, 200))
    page[60:64] = True
    page[:, 5:190:12] = page[:, 6:190:12] = page[:, 7:190:12] = True  # squared paper
    assert remove_rules(page).sum() < 0.05 * page.sum()


def test_what_lies_along_the_border_is_no_line():
    page = blank()
    page[:4] = page[-4:] = True
    found = remove_rules_of(page, [page * np.uint8(LINE)])
    np.testing.assert_array_equal(found.mask, page)
    assert (found.level, found.upright, found.squared) == (0, 0, False)


def test_lines_are_counted_both_ways():
    level, both = ruled(apart=80), ruled(apart=80) | ruled(apart=90).T
    one_way, two_ways = (remove_rules_of(each, [each * np.uint8(LINE)]) for each in (level, both))
    assert (one_way.level, one_way.upright, one_way.squared) == (4, 0, False)
    assert (two_ways.level, two_ways.upright, two_ways.squared) == (4, 4, True)


@pytest.mark.parametrize("transposed", [False, True])
def test_the_bar_of_a_digit_along_a_line_stays_if_it_is_darker(transposed):
    page = ruled() | ruled().T
    ink = page * np.uint8(LINE)
    bar = np.s_[200:202, 130:180]  # on a line, and no thicker
    ink[bar] = 2 * LINE
    mask, ink = (each.T.copy() if transposed else each for each in (page, ink))
    left = remove_rules_of(mask, [ink]).mask
    left = left.T if transposed else left
    assert left[bar].mean() >= 0.9
    assert left.sum() < left[bar].sum() + 0.02 * page.sum()


def test_or_if_it_is_darker_in_another_colour():
    page = ruled()
    blue = page * np.uint8(LINE)  # a blue line shows in red light, and hardly in blue
    all_colours = page * np.uint8(10)
    bar = np.s_[200:202, 130:180]
    all_colours[bar] = LINE  # grey pencil shows in each
    left = remove_rules_of(page, [blue, all_colours]).mask
    assert left[bar].all()
    assert left.sum() == left[bar].sum()


def test_a_line_is_told_by_its_ink_nearby_where_light_changes_that():
    page = ruled()
    ink = np.where(page, np.linspace(40, 120, 400), 0).astype(np.uint8)
    assert remove_rules_of(page, [ink]).mask.sum() < 0.02 * page.sum()


def test_where_lines_cross_is_no_stroke_although_it_is_darker():
    level, upright = ruled(), ruled().T
    ink = (level * 80 + upright * 80).astype(np.uint8)
    assert remove_rules_of(level | upright, [ink]).mask.sum() < 0.02 * (level | upright).sum()
