from dataclasses import replace

import numpy as np
import pytest

from inkdigits.imaging.pages import labelled_marks as labelled_marks_module
from inkdigits.imaging.pages.labelled_marks import labelled_marks, labelled_parts
from inkdigits.imaging.pages.truth import InkBox, Page, TrueDigit, TrueLine


def page_of(*digits, ink):
    """A white page with black boxes, and digits at the places named."""
    pixels = np.full((80, 300, 3), 255, np.uint8)
    for x, y, width, height in ink:
        pixels[y : y + height, x : x + width] = 0
    owners = np.zeros(pixels.shape[:2], np.uint16)
    for i, (_, (x, y, width, height)) in enumerate(digits, start=1):
        owners[y : y + height, x : x + width] = i
    true = tuple(TrueDigit(digit, InkBox(*box), 0) for digit, box in digits)
    return Page(pixels, (TrueLine(true),), owners)


def texts(page):
    return [text for _, text in labelled_marks(page)]


LEFT, MIDDLE, RIGHT = (20, 20, 12, 40), (32, 20, 12, 40), (120, 20, 12, 40)


def test_a_mark_shows_the_digit_whose_box_it_fills():
    page = page_of((7, LEFT), (3, RIGHT), ink=[LEFT, RIGHT])
    found = list(labelled_marks(page))
    assert [text for _, text in found] == ["7", "3"]
    assert [(mark.x, mark.y) for mark, _ in found] == [LEFT[:2], RIGHT[:2]]


def test_digits_that_touch_are_one_mark_with_both_from_left_to_right():
    page = page_of((7, LEFT), (3, MIDDLE), (5, RIGHT), ink=[LEFT, MIDDLE, RIGHT])
    assert texts(page) == ["73", "5"]


def test_what_is_no_digit_has_no_text():
    assert texts(page_of((7, LEFT), ink=[LEFT, RIGHT])) == ["7", ""]


@pytest.mark.parametrize(
    ("covered", "expected"), [(1.0, ["7"]), (0.8, ["7"]), (0.6, []), (0.4, []), (0.25, [""])]
)
def test_most_of_a_digit_is_neither_the_digit_nor_none(covered, expected):
    x, y, width, height = LEFT
    page = page_of((7, LEFT), ink=[(x, y, width, round(covered * height))])
    assert texts(page) == expected


def test_places_are_those_of_the_page_however_large_it_is():
    page = page_of((7, LEFT), (3, RIGHT), ink=[LEFT, RIGHT])
    grown = tuple(
        replace(each, box=InkBox(*(10 * length for length in each.box))) for each in page.digits
    )
    pixels, owners = (
        array.repeat(10, axis=0).repeat(10, axis=1) for array in (page.pixels, page.owners)
    )
    large = Page(pixels, (TrueLine(grown),), owners)
    assert texts(large) == ["7", "3"]


def test_an_empty_page_has_no_marks():
    assert texts(page_of(ink=[])) == []


# A 7 and a 3 that hang together by a thin joint, and a 5 that stands apart.
SEVEN, THREE, JOINT, FIVE = (20, 20, 12, 40), (52, 20, 12, 40), (32, 38, 20, 4), (120, 20, 12, 40)


def parts_of(page):
    return [(ink[0].x, ink[-1].right, text) for ink, text in labelled_parts(page)]


def test_parts_show_the_digits_whose_ink_they_have():
    page = page_of((7, SEVEN), (3, THREE), (5, FIVE), ink=[SEVEN, JOINT, THREE, FIVE])
    found = parts_of(page)
    assert {text for left, right, text in found if left == 20 and right < 52} == {"7"}
    assert {text for left, right, text in found if left > 32 and right == 64} == {"3"}
    assert all(right <= 64 for _, right, _ in found)  # none of the 5, which is a mark by itself


def test_a_part_with_a_piece_of_a_digit_shows_none():
    wide = (20, 20, 44, 40)  # what seems to be two strokes and a joint is one digit
    page = page_of((0, wide), (3, (64, 38, 30, 4)), ink=[SEVEN, JOINT, THREE, (64, 38, 30, 4)])
    texts_of_halves = {text for left, right, text in parts_of(page) if right < 52}
    assert texts_of_halves == {""}


@pytest.mark.parametrize(("own", "expected"), [(0.5, ""), (0.7, None), (0.8, "7"), (1.0, "7")])
def test_how_much_of_a_digit_a_part_must_have(own, expected):
    ink = np.array([round(own * 100), 0])
    assert labelled_marks_module._text_of(ink, np.array([100, 100]), [7, 3]) == expected


def test_marks_with_one_digit_have_no_parts():
    assert parts_of(page_of((7, LEFT), (3, RIGHT), ink=[LEFT, RIGHT])) == []
