import pytest

from inkdigits.errors import DataError
from inkdigits.sources.names import check_class_names, natural, shown


def test_numbers_sort_by_their_value():
    names = ["b", "a10", "a9", "a09", "2", "10", "B", "a"]
    assert sorted(names, key=natural) == ["2", "10", "B", "a", "a9", "a09", "a10", "b"]


def test_any_two_names_can_be_compared():
    assert sorted(["1a", "a1", "", "1", "²", "9" * 5000, "٣"], key=natural)[0] == ""


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("plain é 字", "plain é 字"),
        ("a\tb", "a\\tb"),
        ("\udcff", "\\udcff"),
        ("\x1b[31m", "\\x1b[31m"),
    ],
)
def test_names_are_shown_on_one_line(name, line):
    assert shown(name) == line


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\x1b[31m", "x" * 201, "\udcff"])
def test_names_that_cannot_be_printed_are_refused(name):
    with pytest.raises(DataError, match="mine: a class name must be one line") as caught:
        check_class_names(["fine", name], "mine")
    assert str(caught.value).isprintable()
