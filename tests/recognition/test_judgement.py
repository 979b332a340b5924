import pytest

from inkdigits.recognition.judgement import judge
from tests.recognition.lines_by_hand import candidate, digits, letters


def test_an_empty_page_keeps_nothing():
    assert judge([]) == []
    assert judge([[]]) == [[]]


def test_digits_alike_are_all_kept():
    assert judge([digits(4), digits(3, y=60)]) == [[True] * 4, [True] * 3]


def test_one_digit_alone_is_kept_whatever_its_size():
    for height in (8, 400):
        assert judge([[(candidate(0, height=height), True)]]) == [[True]]


def test_what_was_no_digit_is_none_afterwards():
    assert judge([[*digits(3), *letters(1, x=80)]]) == [[True, True, True, False]]


@pytest.mark.parametrize(
    ("properties", "kept"),
    [
        ({}, True),
        ({"confidence": 0.12}, True),
        ({"confidence": 0.08}, False),  # too unlike a digit
        ({"digit": 1}, False),  # any stray stroke may be a 1
        ({"height": 20, "width": 30}, True),  # as wide as others are high
        ({"height": 20}, False),  # too small
        ({"width": 45}, False),  # too wide
        ({"x": 300}, False),  # too far from the others
    ],
    ids=str,
)
def test_what_may_be_a_digit_is_one_where_it_stands_in_a_number(properties, kept):
    doubtful = candidate(**{"x": 80, "confidence": 0.3, **properties})
    assert judge([[*digits(3), (doubtful, False)]]) == [[True, True, True, kept]]


@pytest.mark.parametrize("others", [1, 0])
def test_what_may_be_a_digit_is_none_without_two_beside_it(others):
    line = [*digits(others), (candidate(80, confidence=0.3), False)]
    assert judge([line, digits(3, y=60)])[0] == [True] * others + [False]


@pytest.mark.parametrize("height", [4, 300])
def test_a_digit_much_smaller_or_larger_than_the_others_is_dropped(height):
    odd = (candidate(200, height=height, width=height, stroke=1 + height // 10), True)
    assert judge([digits(4), [odd]]) == [[True] * 4, [False]]


@pytest.mark.parametrize("height", [24, 40])
def test_digits_a_little_smaller_or_larger_are_kept(height):
    assert judge([[*digits(4), (candidate(110, height=height), True)]]) == [[True] * 5]


def test_a_digit_much_fainter_than_the_others_is_dropped():
    faint = (candidate(110, level=30.0), True)
    paler = (candidate(110, level=140.0), True)
    assert judge([[*digits(4), faint]]) == [[True] * 4 + [False]]
    assert judge([[*digits(4), paler]]) == [[True] * 5]


@pytest.mark.parametrize("odd", [{"level": 110.0}, {"stroke": 1}], ids=("faint", "thin"))
def test_what_is_faint_or_thin_is_a_digit_only_beyond_doubt(odd):
    size = {"width": 60, "height": 90}
    bold = digits(4, **size)
    for confidence, kept in ((0.6, False), (0.89, False), (0.95, True)):
        same = (candidate(110, **size, confidence=confidence), True)
        other = (candidate(110, **size | odd, confidence=confidence), True)
        assert judge([[*bold, same]])[0][-1]
        assert judge([[*bold, other]])[0][-1] == kept


@pytest.mark.parametrize("digit", [1, 8])
def test_a_digit_alone_in_its_line_is_dropped_if_in_doubt_where_there_is_a_number(digit):
    for confidence, kept in ((0.6, False), (0.89, False), (0.95, True)):
        alone = (candidate(40, digit, y=60, confidence=confidence), True)
        assert judge([digits(4), [alone]]) == [[True] * 4, [kept]]
        letter = (candidate(0, y=60, confidence=0.05), False)
        assert judge([digits(4), [letter, alone]]) == [[True] * 4, [False, kept]]


def test_digits_in_doubt_are_kept_two_in_a_line_or_where_there_is_no_number():
    doubtful = candidate(40, y=60, confidence=0.6)
    two = [(doubtful, True), (candidate(65, y=60, confidence=0.6), True)]
    assert judge([digits(4), two]) == [[True] * 4, [True] * 2]
    assert judge([digits(1), [(doubtful, True)]]) == [[True], [True]]
    ones = [(candidate(25 * i, 1), True) for i in range(4)]  # any stray strokes may be that
    assert judge([ones, [(doubtful, True)]]) == [[True] * 4, [True]]


def test_a_blot_is_no_digit_among_thin_strokes():
    thin = digits(4, width=60, height=90, stroke=2)
    blot = (candidate(200, width=60, height=90, stroke=60), True)
    assert judge([[*thin, blot]]) == [[True] * 4 + [False]]


def test_a_stroke_must_fit_better_than_other_digits():
    # Some height must be too low for a 1 and still do for a 3.
    kept = {
        digit: [
            judge([[*digits(4), (candidate(110, digit, height=h), True)]])[0][-1]
            for h in range(6, 30)
        ]
        for digit in (1, 3)
    }
    assert sum(kept[1]) < sum(kept[3])


def test_a_line_of_letters_keeps_no_digit():
    text = [*letters(5), *digits(1, x=130)]
    assert judge([digits(4), text]) == [[True] * 4, [False] * 6]


def test_joined_letters_that_look_like_digits_count_as_one_each_however_wide():
    wide = [(candidate(60 * i, width=50, confidence=0.6), True) for i in range(3)]
    assert judge([[*letters(3, x=200), *wide]]) == [[False] * 6]
    sure = [(candidate(60 * i, width=50), True) for i in range(4)]
    assert judge([[*letters(3, x=300), *sure]]) == [[False] * 3 + [True] * 4]


def test_a_word_before_a_number_does_not_hide_it():
    assert judge([[*letters(2), *digits(5, x=60)]]) == [[False] * 2 + [True] * 5]


def test_dashes_and_dots_are_no_letters():
    dashes = [
        (candidate(200 + 40 * i, width=30, height=4, confidence=0.3), False) for i in range(6)
    ]
    assert judge([[*digits(4), *dashes]]) == [[True] * 4 + [False] * 6]


def test_what_is_much_fainter_than_digits_is_no_letter():
    sevens = digits(2, digit=7)
    assert judge([[*sevens, *letters(4, x=55, level=80.0)]]) == [[True] * 2 + [False] * 4]
    assert judge([[*sevens, *letters(4, x=55)]]) == [[False] * 6]


def test_stray_digits_on_a_page_of_text_are_dropped():
    page = [[*letters(2), *digits(1, x=60)] for _ in range(6)]
    assert not any(flag for flags in judge(page) for flag in flags)


@pytest.mark.parametrize("x", [-60, 400])
def test_a_1_alone_beside_all_numbers_is_an_edge(x):
    stroke = [(candidate(x, digit=1, width=5), True)]
    assert judge([digits(4), stroke, digits(4, y=80)]) == [[True] * 4, [False], [True] * 4]


@pytest.mark.parametrize("x", [-25, 105])
def test_a_1_close_to_the_columns_of_the_numbers_is_a_digit_if_it_is_like_theirs(x):
    unlike = [{"height": 48}, {"confidence": 0.6}, {"level": 120.0}, {"width": 2}]
    for properties, kept in (({}, True), *((each, False) for each in unlike)):
        stroke = [(candidate(x, **{"digit": 1, "width": 8, "y": 60, **properties}), True)]
        assert judge([digits(4), stroke])[1] == [kept]


def test_a_1_below_the_numbers_is_a_digit():
    stroke = [(candidate(40, digit=1, width=5, y=60), True)]
    assert judge([digits(4), stroke]) == [[True] * 4, [True]]


def test_a_column_of_single_digits_is_kept_with_its_1():
    column = [[(candidate(0, digit), True)] for digit in (5, 1, 7)]
    assert judge(column) == [[True]] * 3


def test_what_is_crossed_out_is_no_digit_in_a_number():
    for stroke, kept in ((2, True), (3, True), (9, False)):
        doubtful = (candidate(80, confidence=0.3, stroke=stroke), False)
        assert judge([[*digits(3, stroke=2), doubtful]]) == [[True, True, True, kept]]
