from hypothesis import given
from hypothesis import strategies as st

from inkdigits.training.sums import Sums

sums = st.builds(Sums, st.integers(0, 1000).map(float), st.integers(0, 1000), st.integers(0, 1000))


def test_totals_are_added_field_by_field():
    assert Sums(1.5, 2, 4) + Sums(0.25, 1, 8) == Sums(1.75, 3, 12)


@given(sums)
def test_nothing_seen_adds_nothing(some):
    assert some + Sums() == Sums() + some == some


@given(sums, sums, sums)
def test_the_order_of_adding_does_not_matter(a, b, c):
    assert (a + b) + c == c + (b + a)
