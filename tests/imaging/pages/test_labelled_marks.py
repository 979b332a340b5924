from dataclasses import replace

import numpy as np
import pytest

from inkdigits.imaging.pages.labelled_marks import labelled_marks
from inkdigits.imaging.pages.truth import InkBox, Page, TrueDigit, TrueLine


def page_of(*digits, ink):
    """A white page with black boxes, and digits at the places named."""
    pixels = np.full((80, 300, 3), 255, np.uint8)
    for x, y, width, height in ink:
        pixels[y : y + height, x : x + width] = 0
    true = tuple(TrueDigit(digit, InkBox(*box), 0) for digit, box in digits)
    return Page(pixels, (TrueLine(true),))


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
    large = Page(page.pixels.repeat(10, axis=0).repeat(10, axis=1), (TrueLine(grown),))
    assert texts(large) == ["7", "3"]


def test_an_empty_page_has_no_marks():
    assert texts(page_of(ink=[])) == []
