import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.training.no_digits.mixture import NO_CLASS, SHARES, add_no_digits, make_no_digits


def span(image):
    """How many pixels the longer side of what is drawn has."""
    return max(int(np.ptp(np.flatnonzero(image.any(axis=axis)))) + 1 for axis in (0, 1))


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (100, [18, 8, 8, 4, 20, 13, 15, 14]),
        (50, [9, 4, 4, 2, 10, 6, 8, 7]),
        (10, [1, 1, 1, 0, 2, 2, 1, 2]),
        (1, [0, 0, 0, 0, 0, 0, 0, 1]),
    ],
)
def test_each_kind_has_its_share_of_any_number(digits, count, expected):
    made = make_no_digits(digits, count)
    assert list(made) == list(SHARES)
    assert [len(images) for images in made.values()] == expected


def test_the_shares_are_all_of_a_hundred():
    assert sum(SHARES.values()) == 100


def test_only_bare_paper_is_bare(digits):
    made = make_no_digits(digits, 300)
    assert not made.pop("bare").any()
    for images in made.values():
        assert images.any(axis=(1, 2)).all()


def test_what_is_brought_to_size_fills_the_box_of_a_digit(digits):
    made = make_no_digits(digits, 200)
    made["scribbles"] = made["scribbles"][::2]
    for kind in ("scribbles", "neighbours", "pieces", "signs", "blots"):
        assert {span(image) for image in made[kind]} <= {19, 20}, kind
        assert (made[kind].max(axis=(1, 2)) == 255).all()


def test_all_kinds_are_added_with_a_label_that_is_no_class(digits):
    added = add_no_digits(digits, 60)
    made = np.concatenate(list(make_no_digits(digits, 60).values()))
    np.testing.assert_array_equal(added.images[256:], made)
    assert added.labels[256:].tolist() == [NO_CLASS] * 60


def test_the_training_images_stay_in_front_with_their_labels(digits):
    added = add_no_digits(digits, 10)
    assert len(added) == 266
    assert added.images.dtype == added.labels.dtype == np.uint8
    np.testing.assert_array_equal(added.images[:256], digits.images)
    np.testing.assert_array_equal(added.labels[:256], digits.labels)
    assert NO_CLASS not in digits.labels


def test_the_images_are_the_same_at_every_call_and_the_training_images_are_left_alone(digits):
    before = digits.images.copy()
    first, again = add_no_digits(digits, 21), add_no_digits(digits, 21)
    np.testing.assert_array_equal(first.images, again.images)
    np.testing.assert_array_equal(digits.images, before)


def test_none_are_added_where_none_are_wanted_or_there_is_nothing_to_learn_from(digits):
    assert add_no_digits(digits, 0) is digits
    nothing = digits.take(slice(0))
    assert len(add_no_digits(nothing, 40)) == 0


@pytest.mark.parametrize("value", [0, 255])
@pytest.mark.parametrize("label", [0, 1, 9])
def test_training_images_of_one_value_do(value, label):
    even = LabelledImages(np.full((1, 28, 28), value, np.uint8), np.full(1, label, np.uint8))
    assert len(add_no_digits(even, 50)) == 51


def test_oblong_images_have_scribbles_in_place_of_what_is_brought_to_size():
    oblong = LabelledImages(np.ones((3, 10, 14), np.uint8), np.zeros(3, np.uint8))
    made = make_no_digits(oblong, 50)
    assert {kind: len(images) for kind, images in made.items()} == {
        "scribbles": 40,
        "turned": 4,
        "shuffled": 4,
        "bare": 2,
    }
    assert add_no_digits(oblong, 50).images.shape == (53, 10, 14)


@pytest.mark.parametrize("side", [2, 4, 40])
def test_new_images_have_the_size_of_the_training_images(side):
    small = LabelledImages(np.ones((3, side, side), np.uint8), np.full(3, 4, np.uint8))
    assert add_no_digits(small, 50).images.shape == (53, side, side)
