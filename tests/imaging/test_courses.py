import numpy as np
import pytest

from inkdigits.imaging.courses import STEPS, Hand, bent, draw_by_hand, straight

STILL = Hand(rotation=0.0, shear=(0.0, 0.0), stretch=1.0, bend=0.0)
ARCH = np.array([[0.0, 0.0], [3.0, 3.0], [6.0, 0.0]])


@pytest.mark.parametrize("through", [bent, straight])
def test_a_course_goes_through_its_points(through):
    course = through(ARCH)
    assert course.shape == (2 * STEPS + 1, 2)
    np.testing.assert_allclose(course[::STEPS], ARCH, atol=1e-12)


def test_a_straight_course_has_corners_and_a_bent_one_none():
    def sharpest(course):
        steps = np.diff(course, axis=0)
        angles = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
        return np.rad2deg(np.abs(np.diff(angles)).max())

    assert sharpest(straight(ARCH)) == pytest.approx(90.0)
    assert sharpest(bent(ARCH)) < 40.0


def test_points_in_a_row_stay_in_a_row_when_bent():
    row = np.array([[0.0, 0.0], [2.0, 4.0], [4.0, 8.0]])
    course = bent(row)
    np.testing.assert_allclose(course[:, 1], 2 * course[:, 0], atol=1e-12)


def test_a_hand_leans_to_the_right_below_zero():
    line = [straight(np.array([[0.0, 0.0], [0.0, 10.0]]))]
    leaning = Hand(rotation=0.0, shear=(-0.5, -0.5), stretch=1.0, bend=0.0)
    for seed in range(10):
        drawn = draw_by_hand(line, leaning, np.random.default_rng(seed))
        middle = len(drawn) // 2
        columns = [np.nonzero(half)[1].mean() for half in (drawn[:middle], drawn[middle:])]
        assert columns[0] > columns[1]


def test_a_picture_is_just_large_enough(rng):
    for _ in range(20):
        drawn = draw_by_hand([bent(ARCH)], STILL, rng)
        rows, columns = (np.flatnonzero(drawn.any(axis=axis)) for axis in (1, 0))
        assert 0 < rows[0] < 6
        assert 0 < columns[0] < 6
        assert len(drawn) - rows[-1] < 8


def test_the_same_randomness_draws_the_same():
    first, again = (draw_by_hand([bent(ARCH)], STILL, np.random.default_rng(1)) for _ in "12")
    np.testing.assert_array_equal(first, again)
