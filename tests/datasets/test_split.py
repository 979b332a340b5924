from collections import Counter

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.datasets.split import hold_out


def numbered(labels):
    """Images of two pixels that spell their number in the set."""
    n = len(labels)
    images = np.stack([np.arange(n) // 256, np.arange(n) % 256], axis=1).astype(np.uint8)
    return LabelledImages(images[:, None, :], np.array(labels, np.uint8))


def numbers(part):
    return (part.images[:, 0, 0].astype(int) * 256 + part.images[:, 0, 1]).tolist()


labels_and_size = st.lists(st.integers(0, 4), min_size=2, max_size=400).flatmap(
    lambda labels: st.tuples(st.just(labels), st.integers(1, len(labels) - 1))
)


@given(labels_and_size)
def test_every_image_is_in_exactly_one_part_and_both_keep_their_order(case):
    labels, size = case
    rest, held_out = hold_out(numbered(labels), size)
    assert len(held_out) == size
    assert sorted(numbers(rest) + numbers(held_out)) == list(range(len(labels)))
    assert numbers(rest) == sorted(numbers(rest))
    assert numbers(held_out) == sorted(numbers(held_out))
    assert held_out.labels.tolist() == [labels[i] for i in numbers(held_out)]


@given(labels_and_size)
def test_who_holds_out_one_more_holds_out_the_same_and_another(case):
    labels, size = case
    assume(size > 1)
    more, fewer = (set(numbers(hold_out(numbered(labels), n)[1])) for n in (size, size - 1))
    assert fewer < more


@given(labels_and_size)
def test_each_class_has_nearly_its_share(case):
    labels, size = case
    held_out = Counter(hold_out(numbered(labels), size)[1].labels.tolist())
    for label, total in Counter(labels).items():
        # A cut at key t takes total * t of each class, rounded; t is off by half an image a class.
        most = 0.5 + 0.5 * len(set(labels)) * total / len(labels)
        assert abs(held_out[label] - total * size / len(labels)) <= most + 1e-9


@given(st.lists(st.integers(1, 12), min_size=1, max_size=4), st.integers(2, 4))
def test_shares_that_come_out_even_are_exact(class_sizes, parts):
    labels = [label for label, m in enumerate(class_sizes) for _ in range(m * parts)]
    size = len(labels) // parts
    assume(size < len(labels))
    held_out = hold_out(numbered(labels), size)[1]
    assert held_out.class_counts(len(class_sizes)) == class_sizes


def test_the_same_images_are_held_out_every_time(mnist):
    first = hold_out(mnist.train, 5000)[1]
    again = hold_out(mnist.train, 5000)[1]
    np.testing.assert_array_equal(first.images, again.images)


def test_the_held_out_images_of_mnist_have_each_digit_in_proportion(mnist):
    held_out = hold_out(mnist.train, 5000)[1]
    for counted, total in zip(held_out.class_counts(10), mnist.train.class_counts(10), strict=True):
        assert abs(counted - total / 12) <= 1


def test_a_smaller_part_is_contained_in_a_larger_one(digits):
    labelled = numbered(digits.labels)
    small, large = (set(numbers(hold_out(labelled, size)[1])) for size in (20, 100))
    assert small < large


@pytest.mark.parametrize("size", [-1, 0, 6, 7])
def test_a_size_that_leaves_a_part_empty_is_refused(size):
    with pytest.raises(ValueError, match=f"between 1 and 5 images; received {size}"):
        hold_out(numbered([0, 0, 0, 1, 1, 1]), size)
