from dataclasses import replace

import pytest

from inkdigits.errors import UsageError
from inkdigits.imaging.pages.style import CLEAN, HARD, Camera, Ground, Style, Writing


def test_a_style_without_choices_is_the_clean_one():
    assert Style() == CLEAN
    assert HARD != CLEAN


@pytest.mark.parametrize(
    ("part", "field", "value", "message"),
    [
        (Writing, "touching", 1.5, "`touching` must be between 0 and 1; received 1.5"),
        (Writing, "touching", float("nan"), "`touching` must be between 0 and 1; received nan"),
        (Writing, "rotation", -3, "`rotation` must be between 0 and 45; received -3"),
        (Writing, "height", (0, 10), "`height` must be a lower and an upper bound between 8"),
        (Writing, "height", (90, 20), r"received \(90, 20\)"),
        (Writing, "height", (float("nan"), 20), r"received \(nan, 20\)"),
        (Writing, "lines", (0, 0), "`lines` must be a lower and an upper bound between 1"),
        (Writing, "length", (5,), r"`length` must be a lower and an upper bound .* \(5,\)"),
        (Writing, "pens", (), "`pens` must be some of black, blue"),
        (Writing, "pens", ("quill",), r"received \('quill',\)"),
        (Ground, "ruled", 2, "`ruled` must be between 0 and 1; received 2"),
        (Ground, "size", (0, 300), "`size` must be"),
        (Ground, "brightness", (100, 300), "`brightness` must be"),
        (Camera, "quality", (0, 50), "`quality` must be"),
        (Camera, "perspective", 0.5, "`perspective` must be between 0 and 0.3; received 0.5"),
        (Camera, "noise", (5, 1), "`noise` must be"),
    ],
)
def test_what_cannot_be_drawn_is_refused(part, field, value, message):
    with pytest.raises(UsageError, match=message):
        part(**{field: value})


def test_a_page_is_ruled_or_squared_or_neither():
    with pytest.raises(UsageError, match=r"at most 1 together; received 0.6 and 0.5"):
        replace(HARD.ground, ruled=0.6, squared=0.5)
