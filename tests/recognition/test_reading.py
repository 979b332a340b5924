import numpy as np

from inkdigits.recognition.reading import Box, Digit, Guess, Line, Reading

IMAGE = np.zeros((28, 28), np.uint8)


def digit(value, number=0):
    return Digit(
        value, 0.9, Box(0, 0, 1, 1), (Guess(value or 0, 0.9, str(value or 0)),), None, number, IMAGE
    )


def line(*pairs):
    return Line(tuple(digit(value, number) for value, number in pairs))


def test_a_line_is_its_digits_side_by_side():
    assert line((4, 0), (2, 0), (0, 0)).text == "420"


def test_what_was_rejected_is_in_the_line_but_not_in_its_text():
    rejected = line((4, 0), (None, 0), (2, 0))
    assert (rejected.text, len(rejected.digits)) == ("42", 3)


def test_gaps_part_numbers_but_not_the_text():
    parted = line((1, 0), (2, 0), (None, 0), (3, 1), (4, 2), (5, 2))
    assert parted.numbers == ("12", "3", "45")
    assert parted.text == "12345"


def test_a_line_of_nothing_but_rejected_has_no_text():
    nothing = line((None, 0), (None, 0))
    assert (nothing.text, nothing.numbers) == ("", ())
    assert (Line(()).text, Line(()).numbers) == ("", ())


def test_a_reading_joins_lines_and_leaves_out_those_without_text():
    reading = Reading((line((1, 0)), line((None, 0)), line((2, 0), (3, 0))), 10, 20)
    assert reading.text == "1\n23"
    assert [each.digit for each in reading.digits] == [1, None, 2, 3]


def test_an_empty_reading_has_empty_text():
    empty = Reading((), 10, 20)
    assert (empty.text, empty.digits) == ("", ())
