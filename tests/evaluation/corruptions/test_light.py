import numpy as np
import pytest

from inkdigits.evaluation.corruptions.light import brightness, fog, stripe


def test_brightness_adds_half_of_white(rng):
    greys = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    expected = [min(grey + 127, 255) for grey in range(256)]
    expected[127] = 254  # 127 + 127.5
    assert brightness(greys, rng).ravel().tolist() == expected


def test_stripe_inverts_all_but_the_fourteen_columns_in_the_middle(digits, rng):
    images = digits.images[:3]
    striped = stripe(images, rng)
    np.testing.assert_array_equal(striped[:, :, 7:21], images[:, :, 7:21])
    np.testing.assert_array_equal(striped[:, :, :7], 255 - images[:, :, :7])
    np.testing.assert_array_equal(striped[:, :, 21:], 255 - images[:, :, 21:])


def test_stripe_twice_is_nothing(digits, rng):
    images = digits.images[:3]
    np.testing.assert_array_equal(stripe(stripe(images, rng), rng), images)


def test_fog_leaves_a_quarter_of_the_contrast():
    # Both images have white somewhere, so their clouds, from equal seeds, are dimmed alike.
    one, other = np.zeros((2, 28, 28), np.uint8), np.zeros((2, 28, 28), np.uint8)
    one[:, 0, 0] = other[:, 0, 0] = 255
    one[:, 10] = 200
    first = fog(one, np.random.default_rng(0)).astype(int)
    second = fog(other, np.random.default_rng(0)).astype(int)
    # 200 / 4 levels, and one more or less where a fraction is dropped.
    assert np.abs(first[:, 10] - second[:, 10] - 50).max() <= 1
    np.testing.assert_array_equal(np.delete(first, 10, axis=1), np.delete(second, 10, axis=1))


def test_fog_over_white_is_a_quarter_white_and_three_quarters_cloud(rng):
    foggy = fog(np.full((64, 28, 28), 255, np.uint8), rng)
    assert foggy.min() >= 63
    assert foggy.max() > 200


def test_fog_is_dimmed_to_the_brightest_pixel(rng):
    # (x + 3 c) x / (x + 3) with a cloud c of at most 1 is at most x.
    assert fog(np.full((64, 28, 28), 51, np.uint8), rng).max() <= 51


def test_fog_over_nothing_is_nothing(rng):
    assert not fog(np.zeros((3, 28, 28), np.uint8), rng).any()


def test_clouds_are_smooth_close_by_and_differ_far_off(rng):
    clouds = fog(np.full((200, 28, 28), 255, np.uint8), rng).astype(float)

    def difference(pixels):
        return np.abs(clouds[:, :, pixels:] - clouds[:, :, : 28 - pixels]).mean()

    assert 3 * difference(1) < difference(8) < difference(16)
    # Between images there is far more: each has a cloud of its own.
    assert clouds.mean(axis=(1, 2)).std() > 4 * difference(1)


def test_clouds_prefer_no_direction(rng):
    clouds = fog(np.full((400, 28, 28), 255, np.uint8), rng).astype(float)
    along_rows = np.abs(np.diff(clouds, axis=2)).mean()
    along_columns = np.abs(np.diff(clouds, axis=1)).mean()
    assert along_rows == pytest.approx(along_columns, rel=0.05)


@pytest.mark.parametrize("corruption", [brightness, stripe])
def test_nothing_is_drawn_where_nothing_is_random(corruption):
    used, fresh = np.random.default_rng(0), np.random.default_rng(0)
    corruption(np.zeros((2, 28, 28), np.uint8), used)
    assert used.random() == fresh.random()


@pytest.mark.parametrize("corruption", [brightness, stripe, fog])
def test_no_images_stay_no_images(corruption, rng):
    assert corruption(np.zeros((0, 28, 28), np.uint8), rng).shape == (0, 28, 28)
