import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.training.sums import Sums

counts = st.integers(0, 1000)
sums = st.builds(Sums, counts.map(float), counts, counts, counts)


def test_totals_are_added_field_by_field():
    assert Sums(1.5, 2, 4, 3) + Sums(0.25, 1, 8, 6) == Sums(1.75, 3, 12, 9)


def test_accuracy_is_the_share_of_the_images_with_a_class():
    assert Sums(loss=1.0, correct=3, images=12, classified=4).accuracy == 0.75
    assert Sums(loss=1.0, correct=4, images=4, classified=4).accuracy == 1


@pytest.mark.parametrize("images", [0, 8])
def test_where_no_image_has_a_class_the_accuracy_is_zero(images):
    assert Sums(loss=1.0, images=images).accuracy == 0


@given(sums)
def test_nothing_seen_adds_nothing(some):
    assert some + Sums() == Sums() + some == some


@given(sums, sums, sums)
def test_the_order_of_adding_does_not_matter(a, b, c):
    assert (a + b) + c == c + (b + a)
