import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.training.no_digits.rearranged import shuffle_quarters, turn_digits

# Where each quarter of a shuffled image comes from: 0 and 1 are above, 2 and 3 below.
ORDERS = {(1, 0, 3, 2), (2, 3, 0, 1), (3, 2, 1, 0), (1, 2, 3, 0), (3, 0, 1, 2)}


def quarters_of(image):
    height, width = (side // 2 for side in image.shape)
    return [image[y : y + height, x : x + width] for y in (0, height) for x in (0, width)]


def order_of(shuffled, original):
    """Which quarter of the original, all four being different, stands in each place."""
    candidates = quarters_of(original)
    return tuple(
        next(i for i, each in enumerate(candidates) if np.array_equal(each, quarter))
        for quarter in quarters_of(shuffled)
    )


@pytest.mark.parametrize(
    ("n", "mirrored", "left", "right"), [(1, 1, 0, 0), (2, 1, 0, 1), (8, 4, 2, 2), (0, 0, 0, 0)]
)
def test_half_are_mirrored_a_quarter_lie_on_either_side(n, mirrored, left, right, rng):
    corner = np.zeros((1, 4, 4), np.uint8)
    corner[0, 0, :3] = corner[0, 1, 0] = 9  # a 7 of a kind, no symmetry of the square leaves it
    turned = turn_digits(LabelledImages(corner, np.array([3], np.uint8)), n, rng)
    ways = [corner[0, :, ::-1]] * mirrored + [np.rot90(corner[0])] * left
    ways += [np.rot90(corner[0], -1)] * right
    np.testing.assert_array_equal(turned, np.array(ways, np.uint8).reshape(n, 4, 4))


def test_digits_that_look_like_another_when_turned_are_not_taken(rng):
    images = np.full((10, 4, 4), np.arange(10)[:, None, None], np.uint8)
    turned = turn_digits(LabelledImages(images, np.arange(10, dtype=np.uint8)), 400, rng)
    seen = turned[:, 0, 0]
    assert set(seen[:200]) == {3, 4, 7, 9}
    assert set(seen[200:300]) == {1, 2, 3, 8}
    assert set(seen[300:]) == {1, 2, 3, 4, 7, 8}


def test_where_no_digit_will_do_the_paper_is_bare(rng):
    zeros = LabelledImages(np.full((2, 4, 4), 7, np.uint8), np.zeros(2, np.uint8))
    assert not turn_digits(zeros, 5, rng).any()


def test_no_quarter_stays_in_its_place_and_every_order_occurs(rng):
    image = np.arange(24, dtype=np.uint8).reshape(4, 6)
    shuffled = shuffle_quarters(np.repeat(image[None], 200, axis=0), rng)
    assert shuffled.shape == (200, 4, 6)
    assert shuffled.dtype == np.uint8
    orders = [order_of(each, image) for each in shuffled]
    assert set(orders) == ORDERS
    assert all(order[i] != i for order in orders for i in range(4))
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)


def test_each_image_is_shuffled_from_its_own_quarters(rng):
    images = rng.integers(0, 256, (30, 28, 28), np.uint8)
    shuffled = shuffle_quarters(images, rng)
    assert all(order_of(a, b) in ORDERS for a, b in zip(shuffled, images, strict=True))


def test_no_images_shuffle_to_none(rng):
    assert shuffle_quarters(np.zeros((0, 28, 28), np.uint8), rng).shape == (0, 28, 28)


@pytest.mark.parametrize("size", [(3, 4), (4, 3), (1, 1)])
def test_sides_that_have_no_halves_are_refused(size, rng):
    message = rf"`images` must have even sides; received {size[0]}x{size[1]} pixels"
    with pytest.raises(ValueError, match=message):
        shuffle_quarters(np.zeros((2, *size), np.uint8), rng)
