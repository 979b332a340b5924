import numpy as np
import pytest

from inkdigits.arrays import to_colours
from inkdigits.imaging.scaling import blur, halve, scale_to, to_grey, without_tinge


@pytest.mark.parametrize("shape", [(1, 1), (7, 90), (90, 7, 3), (28, 28, 3)])
def test_any_picture_becomes_a_square(shape):
    scaled = scale_to(np.full(shape, 77, np.uint8), 20)
    assert scaled.shape == (20, 20, *shape[2:])
    assert (scaled == 77).all()


def test_each_axis_keeps_its_whole_length():
    picture = np.zeros((40, 80), np.uint8)
    picture[:, 40:] = 200
    assert scale_to(picture, 20)[:, [0, 8, 11, 19]].tolist() == [[0, 0, 200, 200]] * 20


def test_a_picture_of_that_size_is_left_alone(rng):
    picture = rng.integers(0, 256, (9, 9), dtype=np.uint8)
    assert scale_to(picture, 9) is picture


def test_fine_patterns_become_even():
    checks = np.indices((100, 100)).sum(axis=0) % 2 * 200
    inner = scale_to(checks.astype(np.uint8), 10)[1:-1, 1:-1]
    assert abs(inner.astype(int) - 100).max() <= 1


@pytest.mark.parametrize(("shape", "side"), [((0, 5), 8), ((5, 0, 3), 8), ((5, 5), 0)])
def test_nothing_cannot_be_scaled(shape, side):
    with pytest.raises(ValueError, match="a picture must have pixels"):
        scale_to(np.zeros(shape, np.uint8), side)


def test_traces_of_colour_do_not_count():
    picture = np.full((4, 4, 3), 100, np.uint8)
    picture[0, 0, 1] = 108
    assert without_tinge(picture).shape == (4, 4)
    picture[0, 0, 1] = 109
    assert without_tinge(picture) is picture


def test_grey_and_back_is_the_same():
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert (to_grey(to_colours(grey)) == grey).all()


def test_blurring_spreads_each_channel_by_itself():
    images = np.zeros((2, 9, 9, 3), np.uint8)
    images[1, 4, 4, 2] = 200
    blurred = blur(images, 1.0)
    assert blurred[..., :2].max() == blurred[0].max() == 0
    assert blurred[1, ..., 2].sum() == pytest.approx(200, rel=1e-3)
    assert blurred[1, 4, 3, 2] == blurred[1, 4, 5, 2] > 0


def test_halving_takes_means():
    images = np.array([[[0, 4, 1, 1], [8, 4, 1, 1]]], np.uint8)
    assert halve(images).tolist() == [[[4.0, 1.0]]]
    assert halve(to_colours(images)).shape == (1, 1, 2, 3)
