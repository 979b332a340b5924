import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.training.no_digits import (
    NO_CLASS,
    add_no_digits,
    draw_scribbles,
    shuffle_quarters,
    turn_digits,
)

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
    ("count", "scribbles", "turned", "shuffled", "bare"),
    [(1, 1, 0, 0, 0), (4, 4, 0, 0, 0), (5, 3, 1, 1, 0), (7, 4, 1, 1, 1), (70, 32, 14, 14, 10)],
)
def test_a_fifth_each_are_turned_and_shuffled_digits_a_seventh_bare_paper_the_rest_scribbles(
    digits, count, scribbles, turned, shuffled, bare
):
    added = add_no_digits(digits, count)
    new = added.images[256:]
    assert len(new) == count == scribbles + turned + shuffled + bare
    assert added.labels[256:].tolist() == [NO_CLASS] * count
    assert new[:scribbles].any(axis=(1, 2)).all()
    known = {tuple(sorted(q.tobytes() for q in quarters_of(each))) for each in digits.images}
    turns = (lambda x: x[:, ::-1], lambda x: np.rot90(x, 1), lambda x: np.rot90(x, -1))
    originals = {turn(each).tobytes() for each in digits.images for turn in turns}
    assert all(each.tobytes() in originals for each in new[scribbles : scribbles + turned])
    for each in new[scribbles + turned : scribbles + turned + shuffled]:
        assert tuple(sorted(q.tobytes() for q in quarters_of(each))) in known
    assert not new[scribbles + turned + shuffled :].any()


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
def test_training_images_of_one_value_do(value):
    even = LabelledImages(np.full((1, 28, 28), value, np.uint8), np.zeros(1, np.uint8))
    added = add_no_digits(even, 10)  # 5 scribbles, 2 turned, 2 shuffled, 1 bare
    np.testing.assert_array_equal(added.images[[8, 9]], np.full((2, 28, 28), value))


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


def test_every_second_scribble_fills_the_box_of_a_digit(digits):
    scribbles = add_no_digits(digits, 70).images[256 : 256 + 32]
    for image in scribbles[::2]:
        rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20


def test_new_images_have_the_size_of_the_training_images():
    small = LabelledImages(np.ones((3, 10, 14), np.uint8), np.zeros(3, np.uint8))
    assert add_no_digits(small, 5).images.shape == (8, 10, 14)


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


@pytest.fixture(scope="module")
def scribbles():
    return draw_scribbles(500, (28, 28), np.random.default_rng(5))


def test_scribbles_have_full_ink_and_bare_paper(scribbles):
    assert scribbles.shape == (500, 28, 28)
    assert scribbles.dtype == np.uint8
    assert scribbles.max(axis=(1, 2)).min() > 200
    assert (scribbles.min(axis=(1, 2)) == 0).all()
    inked = (scribbles > 127).mean(axis=(1, 2))
    assert inked.min() > 0.01
    assert inked.max() < 0.7


def test_no_two_scribbles_are_alike(scribbles):
    assert len(np.unique(scribbles.reshape(500, -1), axis=0)) == 500


def test_scribbles_have_about_as_much_ink_as_digits(scribbles, mnist):
    # A digit told from a scribble by its darkness alone would teach nothing.
    assert 1 / 2 < scribbles.mean() / mnist.train.images.mean() < 2


def test_scribbles_are_drawn_in_the_middle_and_over_all_of_it(scribbles):
    ink = scribbles.mean(axis=0)
    assert ink[0].max() < 0.1 * ink[14, 14]
    assert ink[5:23, 5:23].min() > 0.2 * ink[14, 14]


@pytest.mark.parametrize("n", [0, 1, 16, 17, 33])
def test_any_number_of_scribbles_can_be_drawn(n, rng):
    drawn = draw_scribbles(n, (28, 28), rng)
    assert drawn.shape == (n, 28, 28)
    assert drawn.any(axis=(1, 2)).all()


def test_scribbles_reach_into_both_sides_of_an_oblong_image(rng):
    ink = draw_scribbles(200, (16, 40), rng).mean(axis=0)
    assert ink.shape == (16, 40)
    assert ink[8, 8] > 0.2 * ink[8, 20]
    assert ink[8, 32] > 0.2 * ink[8, 20]


def test_the_same_randomness_draws_the_same_scribbles():
    first, again, other = (
        draw_scribbles(20, (28, 28), np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
