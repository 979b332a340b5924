import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import interpolate, stats

from inkdigits.training.augmentation.elastic import POINTS, Elastic, draw_points, spline_weights


def displaced(size, right, down):
    """The displacements that two grids of points give to one image."""
    points = np.concatenate([np.ravel(right), np.ravel(down)]).astype(np.float32)[None]
    flows = Elastic(size).displacements(points)
    return [keras.ops.convert_to_numpy(flow)[0] for flow in flows]


NOTHING = np.zeros((POINTS, POINTS))


def test_a_pixel_on_a_point_takes_two_thirds_of_it_and_a_sixth_of_its_neighbours():
    weights = spline_weights(4, points=6)
    np.testing.assert_allclose(weights[0], [1 / 6, 2 / 3, 1 / 6, 0, 0, 0], atol=1e-7)
    np.testing.assert_allclose(weights[3], [0, 0, 0, 1 / 6, 2 / 3, 1 / 6], atol=1e-7)


def test_a_pixel_half_way_between_two_points_takes_as_much_of_both():
    weights = spline_weights(3, points=4)
    np.testing.assert_allclose(weights[1], np.array([1, 23, 23, 1]) / 48, atol=1e-7)


@given(st.integers(1, 60), st.integers(4, 12))
def test_weights_sum_to_one_and_none_is_negative(pixels, points):
    weights = spline_weights(pixels, points)
    assert weights.shape == (pixels, points)
    assert weights.dtype == np.float32
    assert weights.min() >= 0
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-6)


@given(st.integers(2, 60), st.integers(4, 12))
def test_points_on_a_line_give_pixels_on_the_line(pixels, points):
    line = spline_weights(pixels, points) @ np.arange(points)
    np.testing.assert_allclose(line, np.linspace(1, points - 2, pixels), atol=1e-4)


def test_the_weights_are_those_of_scipys_uniform_cubic_spline():
    knots = np.arange(-2, POINTS + 2)  # the spline about point i begins at i - 2
    spline = interpolate.BSpline(knots, np.eye(POINTS), 3)
    expected = spline(np.linspace(1, POINTS - 2, 28))
    np.testing.assert_allclose(spline_weights(28), expected, atol=1e-6)


def test_points_at_rest_move_nothing():
    for flow in displaced((28, 28), NOTHING, NOTHING):
        np.testing.assert_array_equal(flow, np.zeros((28, 28)))


def test_points_that_all_move_alike_move_every_pixel_so():
    right, down = displaced((20, 28), NOTHING + 3, NOTHING - 2)
    np.testing.assert_allclose(right, np.full((20, 28), 3.0), rtol=1e-5)
    np.testing.assert_allclose(down, np.full((20, 28), -2.0), rtol=1e-5)


def test_points_are_laid_out_row_by_row_first_for_the_way_right_then_for_the_way_down():
    rows, columns = np.mgrid[:POINTS, :POINTS]
    right, down = displaced((9, 13), columns, rows)
    np.testing.assert_allclose(right, np.tile(np.linspace(1, 4, 13), (9, 1)), rtol=1e-5)
    np.testing.assert_allclose(down, np.tile(np.linspace(1, 4, 9)[:, None], 13), rtol=1e-5)


def test_one_point_moves_the_pixels_around_it_and_none_two_points_off():
    grid = NOTHING.copy()
    grid[1, 1] = 1.0
    right, down = displaced((4, 4), grid, NOTHING)  # a pixel on each of the inner points
    one = np.array([2 / 3, 1 / 6, 0, 0])
    np.testing.assert_allclose(right, np.outer(one, one), atol=1e-6)
    np.testing.assert_array_equal(down, np.zeros((4, 4)))


def test_each_image_has_its_own_points(rng):
    points = draw_points(2.0, 3, rng)
    together = [np.asarray(flow) for flow in Elastic((8, 6)).displacements(points)]
    for i in range(3):
        alone = Elastic((8, 6)).displacements(points[i : i + 1])
        for flow, expected in zip(together, alone, strict=True):
            assert flow.shape == (3, 8, 6)
            np.testing.assert_allclose(flow[i], np.asarray(expected)[0], atol=1e-6)


def test_no_images_have_no_displacements(rng):
    points = draw_points(2.0, 0, rng)
    assert points.shape == (0, 2 * POINTS * POINTS)
    right, down = Elastic((28, 28)).displacements(points)
    assert tuple(right.shape) == tuple(down.shape) == (0, 28, 28)


def test_each_image_has_a_spread_of_its_own_uniform_up_to_the_strength():
    drawn = draw_points(1.5, 4000, np.random.default_rng(3))
    assert drawn.shape == (4000, 2 * POINTS * POINTS)
    assert drawn.dtype == np.float32
    assert abs(drawn.mean()) < 0.01
    spreads = drawn.std(axis=1)
    # A spread measured from 72 points is off by a twelfth of itself.
    assert spreads.mean() == pytest.approx(0.75, rel=0.03)
    assert np.mean(drawn**2) == pytest.approx(1.5**2 / 3, rel=0.03)
    assert spreads.max() < 1.5 * 1.4
    assert spreads.min() < 0.01
    widest = drawn[spreads.argmax()] / spreads.max()
    assert stats.kstest(widest, "norm").pvalue > 0.001


@pytest.mark.parametrize("strength", [0.0, 5e-324])
def test_without_strength_every_point_rests(strength, rng):
    assert not draw_points(strength, 5, rng).any()
