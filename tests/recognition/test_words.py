from dataclasses import replace

import numpy as np
import pytest

from inkdigits.recognition.usual import Usual
from inkdigits.recognition.words import in_numbers
from tests.recognition.lines_by_hand import candidate, digits, letters

LIKE_LETTERS = (0, 1, 5, 7)


def numbers_in(*lines):
    usual = Usual([one for line in lines for one, digit in line if digit] or [candidate(0)])
    ones = [[one for one, _ in line] for line in lines]
    return in_numbers(ones, [[digit for _, digit in line] for line in lines], usual)


def test_a_number_is_one_whatever_digits_it_has():
    for digit in range(10):
        assert numbers_in(digits(5, digit=digit)) == [[True] * 5]
        assert numbers_in(digits(1, digit=digit)) == [[True]]


@pytest.mark.parametrize("digit", LIKE_LETTERS)
def test_what_looks_like_a_digit_in_a_word_is_a_letter(digit):
    word = [*letters(2), *digits(1, x=50, digit=digit), *letters(1, x=75)]
    assert numbers_in(word) == [[False] * 4]
    assert numbers_in(word, digits(4, y=60)) == [[False] * 4, [True] * 4]


@pytest.mark.parametrize("x", [115, 200])
def test_a_number_after_a_word_begins_at_the_gap(x):
    word = [*letters(2), *digits(1, x=50, digit=0)]
    number = [*digits(1, x=x, digit=0), *digits(2, x=x + 25)]
    assert numbers_in([*word, *number]) == [[False] * 3 + [True] * 3]


def test_a_unit_after_a_number_is_a_word():
    assert numbers_in([*digits(3), *letters(2, x=110)]) == [[True] * 3 + [False] * 2]
    unit = [*letters(1, x=110), *digits(1, x=135, digit=0)]
    assert numbers_in([*digits(3), *unit]) == [[True] * 3 + [False] * 2]


def test_without_a_gap_more_must_speak_for_a_word():
    word = [*letters(1), *digits(1, x=25, digit=0)]
    assert numbers_in([*word, *digits(4, x=50)]) == [[True] * 6]
    assert numbers_in([*word, *digits(4, x=100)]) == [[False] * 2 + [True] * 4]


def test_one_mark_that_is_no_digit_hides_no_number():
    for place in range(5):
        line = digits(5, digit=7)
        line[place] = letters(1, x=25 * place)[0]
        assert numbers_in(line)[0].count(True) >= 4


def test_signs_that_stand_apart_are_no_letters():
    sign = {"width": 20, "height": 20}
    line = [*digits(1, digit=7), *letters(1, x=60, **sign), *digits(1, x=120, digit=1)]
    line += [*letters(1, x=180, **sign), *digits(1, x=240, digit=0)]
    assert numbers_in(line)[0][::2] == [True] * 3


@pytest.mark.parametrize("digit", LIKE_LETTERS)
def test_a_sign_within_the_height_of_the_digits_beside_it_is_no_letter(digit):
    def line(**sign):
        row = digits(7, digit=digit)
        for place in (1, 3, 5):
            row[place] = letters(1, x=25 * place, **sign)[0]
        return numbers_in(row)[0][::2]

    assert line(height=20, y=5) == [True] * 4
    assert line(height=20, y=10) == [False] * 4  # on the line, as a small letter


def test_a_frame_around_digits_is_no_letter():
    number, letter = digits(2, x=20, digit=1), letters(1, x=-30)
    frame = (candidate(0, width=90, height=50, y=-10, confidence=0.05), False)
    assert numbers_in([*letter, frame, *number])[0][2:] == [True, True]
    beside = (candidate(75, width=90, height=50, y=-10, confidence=0.05), False)
    assert numbers_in([*letter, *number, beside])[0][1:3] == [False, False]


def test_doubtful_digits_speak_for_a_word_but_parts_of_touching_ones_hardly():
    line = [*letters(1), *((candidate(25 * i, 8, confidence=0.6), True) for i in (1, 2, 3))]
    line += letters(1, x=100)
    assert numbers_in(line) == [[False] * 5]
    cut = [(replace(one, cut=looks), looks) for one, looks in line]
    sevens = digits(2, x=170, digit=2)
    assert numbers_in([*line, *sevens])[0] == [False] * 5 + [True] * 2
    assert numbers_in([*cut, *sevens])[0][-2:] == [True] * 2


def test_on_a_page_of_text_a_word_without_letters_is_one_too():
    words = [
        [*letters(3), *digits(2, x=75, digit=1, y=60 * i), *letters(1, x=125)] for i in range(4)
    ]
    odd = digits(4, digit=1, y=400)
    assert numbers_in(odd) == [[True] * 4]
    assert numbers_in(*words, odd)[-1] == [False] * 4
    assert numbers_in(*words, digits(4, digit=8, y=400))[-1] == [True] * 4


def test_a_page_of_one_letter_is_no_text():
    assert numbers_in([*digits(1, digit=1), *letters(1, x=25)])[0][0]


def test_dirt_and_lines_are_no_letters():
    for properties in ({"level": 80.0}, {"height": 8, "width": 8}, {"width": 200, "height": 12}):
        stray = [(candidate(130 + 210 * i, confidence=0.05, **properties), False) for i in range(8)]
        assert numbers_in([*digits(2, digit=1), *stray])[0][:2] == [True, True]


def test_networks_of_other_classes_are_judged_by_what_is_no_digit_alone():
    one = candidate(0)
    row = np.full(40, 0.001, np.float32)
    row[30] = 0.99
    strange = replace(one, probabilities=row)
    assert numbers_in([(strange, True)]) == [[True]]
