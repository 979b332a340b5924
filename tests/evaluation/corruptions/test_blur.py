import numpy as np
import pytest

from inkdigits.evaluation.corruptions.blur import glass_blur, motion_blur

GLASS = np.exp(-(np.arange(-3, 4) ** 2) / (2 * 0.7**2))
GLASS /= GLASS.sum()


class FixedAngle(np.random.Generator):
    """A generator whose uniform numbers are all the same."""

    def __init__(self, degrees):
        super().__init__(np.random.PCG64(0))
        self.degrees = degrees

    def uniform(self, low, high, size):
        assert low <= self.degrees <= high
        return np.full(size, self.degrees)


def picture(*pixels):
    """One black image with these pixels white."""
    image = np.zeros((1, 28, 28), np.uint8)
    for row, column in pixels:
        image[0, row, column] = 255
    return image


@pytest.mark.parametrize("corruption", [glass_blur, motion_blur])
@pytest.mark.parametrize("grey", [0, 1, 100, 255])
def test_a_flat_image_stays_as_it_is(corruption, grey, rng):
    images = np.full((3, 28, 28), grey, np.uint8)
    np.testing.assert_array_equal(corruption(images, rng), images)


def test_glass_blurs_twice_along_columns_by_0_7_pixels(rng):
    # Column 0 takes no part in the swaps, so a dot there is blurred only.
    twice = np.floor(np.convolve(np.floor(255 * GLASS), GLASS))
    blurred = glass_blur(picture((14, 0)), rng)[0]
    np.testing.assert_array_equal(blurred[8:21, 0], twice)
    assert not blurred[:, 1:].any()


def test_glass_leaves_the_first_column_out_of_its_swaps(rng):
    images = np.zeros((200, 28, 28), np.uint8)
    images[:, :, 0] = 255
    np.testing.assert_array_equal(glass_blur(images, rng), images)


def test_swaps_are_as_likely_as_published(rng):
    # The first blur leaves a white column as it is. A swap with each of three neighbours has a
    # probability of one in eight, in no case for the first row and column; swapping and blurring
    # are linear, so the expected image follows step by step.
    column = picture(*((row, 14) for row in range(28)))
    expected = column[0] / 255.0
    for _ in range(2):
        for row in range(27, 1, -1):
            for place in range(27, 1, -1):
                here = expected[row, place]
                for up, left in ((0, 1), (1, 0), (1, 1)):
                    gain = (expected[row - up, place - left] - here) / 8
                    expected[row - up, place - left] -= gain
                    expected[row, place] += gain
    padded = np.pad(expected, ((3, 3), (0, 0)), mode="edge")
    blurred = np.stack([np.convolve(line, GLASS, mode="valid") for line in padded.T], axis=1)
    mean = glass_blur(np.repeat(column, 4000, axis=0), rng).mean(axis=0) / 255
    np.testing.assert_allclose(mean, blurred, atol=0.025)


def test_swaps_carry_ink_to_the_left_further_than_to_the_right(rng):
    images = np.repeat(picture((14, 14)), 500, axis=0)
    columns = np.flatnonzero(glass_blur(images, rng).any(axis=(0, 1)))
    assert columns.max() == 16  # one pixel in each round
    assert columns.min() < 11


def trail():
    weights = np.exp(-(np.arange(21) ** 2) / 18)
    return weights / weights.sum()


@pytest.mark.parametrize("degrees, down", [(0, 0), (45, 1), (-45, -1)])
def test_motion_leaves_a_trail_with_the_published_weights(degrees, down):
    blurred = motion_blur(picture((14, 24)), FixedAngle(degrees))[0]
    expected = np.zeros((28, 28))
    # On a diagonal, 21 points of distance 1 fall onto pixels 1.41 apart.
    step = 1 if degrees == 0 else np.sqrt(0.5)
    for k, weight in enumerate(trail()):
        # A half goes down, for positive and for negative offsets alike.
        along = int(np.ceil(k * step - 0.5))
        across = int(np.ceil(k * step * down - 0.5))
        if 0 <= 14 - across < 28:
            expected[14 - across, 24 - along] += 255 * weight
    np.testing.assert_array_equal(blurred, np.floor(expected + 0.5 + 1e-9))


def test_a_border_goes_on_for_ever_under_motion():
    edge = picture(*((row, 27) for row in range(28)))
    blurred = motion_blur(edge, FixedAngle(0))[0]
    # Column 27 - j sees the border with all points from the j-th on.
    expected = 255 * trail()[::-1].cumsum()[::-1]
    np.testing.assert_array_equal(blurred[5, 27:6:-1], np.floor(expected + 0.5))


def test_angles_go_up_and_down_as_often_and_no_further_than_45_degrees(rng):
    images = np.repeat(picture((14, 24)), 2000, axis=0)
    blurred = motion_blur(images, rng).astype(float)
    row = (blurred.sum(axis=2) * np.arange(28)).sum(axis=1) / blurred.sum(axis=(1, 2))
    column = (blurred.sum(axis=1) * np.arange(28)).sum(axis=1) / blurred.sum(axis=(1, 2))
    assert abs((row < 14).mean() - 0.5) < 0.05
    slope = (row - 14) / (24 - column)
    assert np.abs(slope).max() < 1.1
    assert (np.abs(slope) > 0.9).any()


@pytest.mark.parametrize("corruption", [glass_blur, motion_blur])
def test_ink_is_moved_and_not_lost(corruption, rng):
    images = np.repeat(picture((12, 20), (13, 20), (14, 20)), 50, axis=0)
    ink = corruption(images, rng).astype(int).sum(axis=(1, 2))
    assert (np.abs(ink - 3 * 255) < 40).all()


@pytest.mark.parametrize("corruption", [glass_blur, motion_blur])
def test_no_images_stay_no_images(corruption, rng):
    assert corruption(np.zeros((0, 28, 28), np.uint8), rng).shape == (0, 28, 28)
