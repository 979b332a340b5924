import pytest

from inkdigits.formats import confidence, duration, percent, shorten


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (1.0, "100.0 %"),
        (0.99951, "> 99.9 %"),
        (0.9994, "99.9 %"),
        (0.0005, "0.1 %"),
        (0.00049, "< 0.1 %"),
        (0.0, "0.0 %"),
    ],
)
def test_only_certainty_is_written_as_certainty(probability, text):
    assert confidence(probability) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.00 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h 0 min"),
        (360_000, "100 h 0 min"),
    ],
)
def test_durations_carry_into_the_next_unit(seconds, text):
    assert duration(seconds) == text


def test_a_share_of_nothing_is_no_number():
    assert percent(float("nan")) == "n/a"


def test_names_are_put_on_one_line():
    assert shorten("a\n b\tc", 10) == "a b c"
