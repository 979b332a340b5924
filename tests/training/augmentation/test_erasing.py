import keras
import numpy as np
import pytest
from scipy import stats

from inkdigits.training.augmentation.erasing import AREAS, SHAPES, draw_rectangles, erase

SIZE = (28, 28)


def drawn(share, size=SIZE, n=20_000):
    return draw_rectangles(share, n, size, np.random.default_rng(3))


def sides(rectangles):
    top, bottom, left, right, _ = rectangles.T
    return bottom - top, right - left


def erased(images, rectangles):
    return keras.ops.convert_to_numpy(erase(images, np.array(rectangles, np.float32)))


@pytest.mark.parametrize("size", [SIZE, (8, 40), (1, 1)])
def test_rectangles_are_whole_pixels_inside_the_image(size):
    rectangles = drawn(1.0, size)
    assert rectangles.dtype == np.float32
    np.testing.assert_array_equal(rectangles[:, :4], np.round(rectangles[:, :4]))
    top, bottom, left, right, _ = rectangles.T
    for first, end, side in ((top, bottom, size[0]), (left, right, size[1])):
        assert (first >= 0).all()
        assert (end > first).all()
        assert (end <= side).all()


def test_the_share_that_loses_a_rectangle_is_the_one_asked_for():
    height, width = sides(drawn(0.3))
    np.testing.assert_array_equal(height > 0, width > 0)
    assert (height > 0).mean() == pytest.approx(0.3, abs=0.015)
    assert (sides(drawn(1.0))[0] > 0).all()
    assert not np.any(sides(drawn(0.0)))


def test_areas_and_shapes_are_those_of_the_source():
    # On an image so large that neither whole pixels nor its border tell.
    height, width = sides(drawn(1.0, (10_000, 10_000)))
    whole = np.maximum(height, width) < 10_000  # 0.4 of the area at a shape of 1/3 is cut off
    area, shape = (height * width)[whole] / 1e8, (height / width)[whole]
    assert whole.mean() > 0.9
    assert AREAS[0] < area.min() < 0.025
    assert 0.38 < area.max() < AREAS[1] + 0.001
    assert SHAPES[0] - 0.001 < shape.min() < 0.31
    assert 3.2 < shape.max() < SHAPES[1] + 0.01
    assert np.median(shape) == pytest.approx(1.0, abs=0.03)  # as often upright as lying


def test_places_and_greys_are_uniform():
    top, bottom, _, _, grey = drawn(1.0, (1000, 1000)).T
    free = 1000 - (bottom - top)
    place = ((top + 0.5) / (free + 1))[free > 100]
    assert stats.kstest(place, "uniform").pvalue > 0.001
    assert stats.kstest(grey, "uniform").pvalue > 0.001


def test_all_places_are_reached():
    top, bottom, left, right, _ = drawn(1.0, (8, 8)).T
    assert set(top) >= set(range(7))
    assert left.min() == 0
    assert bottom.max() == right.max() == 8


def test_the_rectangle_alone_is_painted_in_its_grey():
    images = np.arange(12, dtype=np.float32).reshape(1, 3, 4, 1) / 100
    painted = erased(images, [[1, 3, 0, 2, 0.5]])[0, :, :, 0]
    expected = [[0.00, 0.01, 0.02, 0.03], [0.5, 0.5, 0.06, 0.07], [0.5, 0.5, 0.10, 0.11]]
    np.testing.assert_allclose(painted, expected)


def test_each_image_has_its_own_rectangle_and_one_without_rows_keeps_its_pixels():
    images = np.zeros((3, 2, 2, 1), np.float32)
    painted = erased(images, [[0, 0, 0, 0, 1], [0, 2, 0, 2, 0.25], [1, 2, 1, 2, 1]])
    expected = [[[0, 0], [0, 0]], [[0.25, 0.25], [0.25, 0.25]], [[0, 0], [0, 1]]]
    np.testing.assert_array_equal(painted[..., 0], expected)


def test_all_channels_lose_the_same_rectangle():
    painted = erased(np.ones((1, 2, 2, 3), np.float32), [[0, 1, 1, 2, 0.5]])
    np.testing.assert_array_equal(painted[0, :, :, 0], [[1, 0.5], [1, 1]])
    assert (painted == painted[..., :1]).all()
