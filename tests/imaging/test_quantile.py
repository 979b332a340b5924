import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inkdigits.imaging.quantile import quantile, quantiles


def test_the_least_the_largest_and_what_lies_between():
    values = np.array([[40, 10], [20, 30]], np.uint8)
    assert [quantile(values, share) for share in (0, 0.5, 1)] == [10, 25, 40]


def test_one_value_is_every_quantile():
    assert quantile(np.array([7.5]), 0.7) == 7.5


@given(arrays(np.uint8, st.integers(1, 50)), st.floats(0, 1))
def test_it_is_numpys(values, share):
    assert quantile(values, share) == pytest.approx(float(np.quantile(values, share)), abs=1e-9)


@given(arrays(np.uint8, st.integers(1, 50)), st.lists(st.floats(0, 1), max_size=4))
def test_several_at_once_are_each_of_them(values, shares):
    assert quantiles(values, shares) == [quantile(values, share) for share in shares]
