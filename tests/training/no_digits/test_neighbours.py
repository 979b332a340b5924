import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.training.no_digits.neighbours import join_digits, side_by_side

BOX = np.zeros((28, 28), np.uint8)
BOX[4:24, 9:19] = 255


def labelled(image, label):
    return LabelledImages(image[np.newaxis], np.array([label], np.uint8))


@pytest.mark.parametrize(
    ("gap", "rise", "expected"),
    [
        (0, 0, [[5, 5, 7], [5, 5, 7]]),
        (1, 0, [[5, 5, 0, 7], [5, 5, 0, 7]]),
        (-1, 0, [[5, 7], [5, 7]]),
        (0, 1, [[5, 5, 0], [5, 5, 7], [0, 0, 7]]),
        (0, -1, [[0, 0, 7], [5, 5, 7], [5, 5, 0]]),
        (-9, 0, [[5, 7], [5, 7]]),
    ],
)
def test_pictures_stand_side_by_side_at_their_ink(gap, rise, expected):
    left = np.array([[0, 5, 5, 0], [0, 5, 5, 0]], np.uint8)
    right = np.array([[0, 0, 7], [0, 0, 7]], np.uint8)
    assert side_by_side(left, right, gap=gap, rise=rise).tolist() == expected


def test_where_ink_overlaps_the_darker_counts():
    both = side_by_side(np.array([[9, 3]], np.uint8), np.array([[1, 2]], np.uint8), gap=-1, rise=0)
    assert both.tolist() == [[9, 3, 2]]


def test_two_digits_together_are_wider_and_so_come_out_lower_than_one(rng):
    joined = join_digits(labelled(BOX, 3), 10, 20, rng)
    assert joined.shape == (10, 28, 28)
    heights = [np.ptp(np.flatnonzero(image.any(axis=1))) + 1 for image in joined]
    pair, three, line = heights[0], heights[3], heights[7]
    # 10 to 23 columns beside 20 to 23 rows; 24 to 36 for three; a line of 28 at the least.
    assert 17 <= pair <= 20
    assert 10 <= three < 20
    assert line < 13


@pytest.mark.parametrize("label", [0, 1, 4, 7])
def test_digits_of_one_kind_alone_can_be_joined(label, rng):
    joined = join_digits(labelled(BOX, label), 20, 20, rng)
    assert joined.any(axis=(1, 2)).all()


def test_a_one_never_touches_its_neighbour(rng):
    pairs = join_digits(labelled(BOX, 1), 200, 20, rng)[::10]
    for pair in pairs:
        inked = np.flatnonzero(pair.any(axis=0))
        between = pair[:, inked[0] : inked[-1] + 1].max(axis=0)
        assert between.min() < 128


def test_images_without_ink_are_passed_over(rng):
    images = np.stack([BOX * 0, BOX])
    some = LabelledImages(images, np.array([3, 3], np.uint8))
    assert join_digits(some, 30, 20, rng).any(axis=(1, 2)).all()
    assert not join_digits(some.take(slice(1)), 30, 20, rng).any()


def test_the_same_randomness_joins_the_same_digits(digits):
    first, again, other = (
        join_digits(digits, 10, 20, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
