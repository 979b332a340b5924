import math

import pytest
import typer

from inkdigits.cli.numbers import a_number


@pytest.mark.parametrize("value", [0.0, -1.5, math.inf])
def test_a_number_stays(value: float):
    assert a_number(value) == value


def test_what_is_none_is_refused():
    with pytest.raises(typer.BadParameter, match="nan is not a number"):
        a_number(math.nan)
