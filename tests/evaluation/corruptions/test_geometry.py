from math import cos, degrees, sin

import numpy as np
import pytest
from skimage.transform import rotate as skimage_rotate
from skimage.transform import warp

from inkdigits.evaluation.corruptions.geometry import rotate, scale, shear, translate

EITHER_WAY = [shear, rotate, translate]
ALL = [*EITHER_WAY, scale]


@pytest.fixture
def digit(digits):
    return digits.images[0]


def results(corruption, image, rng, n=40):
    """The different results of n copies of one image."""
    return np.unique(corruption(np.repeat(image[np.newaxis], n, axis=0), rng), axis=0)


def close_to_one_of(result, candidates):
    """A last bit may move a grey by one level."""
    return any(
        np.abs(result.astype(int) - np.floor(255 * candidate)).max() <= 1
        for candidate in candidates
    )


def test_rotation_is_by_0_4_radians_to_either_side(digit, rng):
    turned = results(rotate, digit, rng)
    expected = [skimage_rotate(digit / 255, sign * degrees(0.4)) for sign in (-1, 1)]
    assert len(turned) == 2
    assert all(close_to_one_of(one, expected) for one in turned)


def test_shear_is_by_0_4_radians_to_either_side(digit, rng):
    expected = []
    for angle in (-0.4, 0.4):
        # x' = x - y sin s, y' = y cos s, around the centre at 13.5.
        to_x = [1, -sin(angle), 13.5 * sin(angle)]
        to_y = [0, cos(angle), 13.5 * (1 - cos(angle))]
        expected.append(warp(digit / 255, np.array([to_x, to_y, [0, 0, 1]])))
    leaning = results(shear, digit, rng)
    assert len(leaning) == 2
    assert all(close_to_one_of(one, expected) for one in leaning)


def test_scale_shrinks_to_seven_tenths_around_the_centre(rng):
    white = np.full((1, 28, 28), 255, np.uint8)
    # Column 4 looks at 13.5 - 9.5 / 0.7 = -0.071: the border weighs 0.929, black the rest.
    edge = 1 - (9.5 / 0.7 - 13.5)
    profile = np.array([0] * 4 + [edge] + [1] * 18 + [edge] + [0] * 4)
    expected = np.floor(255 * np.outer(profile, profile))
    np.testing.assert_array_equal(scale(white, rng)[0], expected)


def test_scale_is_the_same_for_all_and_draws_nothing(digit):
    assert len(results(scale, digit, np.random.default_rng(0))) == 1
    used, fresh = np.random.default_rng(0), np.random.default_rng(0)
    scale(digit[np.newaxis], used)
    assert used.random() == fresh.random()


def test_translation_moves_by_three_pixels_to_all_four_sides(rng):
    image = np.zeros((28, 28), np.uint8)
    image[14, 10] = 200
    found = {tuple(np.argwhere(moved)[0].tolist()) for moved in results(translate, image, rng)}
    assert found == {(11, 7), (11, 13), (17, 7), (17, 13)}


def test_what_leaves_the_image_is_lost_and_black_moves_in(rng):
    for moved in results(translate, np.full((28, 28), 255, np.uint8), rng):
        assert (moved == 255).sum() == 25 * 25
        assert (moved == 0).sum() == 28 * 28 - 25 * 25


@pytest.mark.parametrize("corruption", EITHER_WAY)
def test_directions_are_equally_frequent(corruption, digit, rng):
    moved = corruption(np.repeat(digit[np.newaxis], 600, axis=0), rng)
    _, counts = np.unique(moved, axis=0, return_counts=True)
    assert counts / 600 == pytest.approx(1 / len(counts), abs=0.1)


@pytest.mark.parametrize("corruption", [shear, rotate, scale])
def test_a_dot_in_the_middle_stays_there(corruption, rng):
    image = np.zeros((28, 28), np.uint8)
    image[13:15, 13:15] = 255
    for moved in results(corruption, image, rng):
        rows, columns = np.nonzero(moved > 100)
        assert rows.mean() == columns.mean() == 13.5


@pytest.mark.parametrize("corruption", ALL)
def test_black_stays_black(corruption, rng):
    assert not corruption(np.zeros((3, 28, 28), np.uint8), rng).any()


@pytest.mark.parametrize("corruption", ALL)
def test_no_images_stay_no_images(corruption, rng):
    assert corruption(np.zeros((0, 28, 28), np.uint8), rng).shape == (0, 28, 28)
