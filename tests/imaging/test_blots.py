import numpy as np
import pytest

from inkdigits.imaging.blots import draw_blots


@pytest.fixture(scope="module")
def drawn():
    return draw_blots(150, 28, 20, np.random.default_rng(3))


def test_blots_have_the_form_of_mnist(drawn):
    assert drawn.shape == (150, 28, 28)
    assert drawn.dtype == np.uint8
    assert (drawn.max(axis=(1, 2)) == 255).all()
    for image in drawn:
        rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)


def test_blots_are_full_of_ink_and_not_upright(drawn):
    blots = drawn[::3] > 127
    heights, widths = (blots.any(axis=axis).sum(axis=1) for axis in (2, 1))
    assert (blots.sum(axis=(1, 2)) > 0.35 * heights * widths).all()
    assert (heights <= 2 * widths).all()


def test_parts_of_frames_leave_most_of_the_paper_bare(drawn):
    frames = drawn[1::3] > 127
    assert (frames.mean(axis=(1, 2)) < 0.4).all()


def test_lines_that_cross_reach_nearly_as_far_down_as_across(drawn):
    crossings = drawn[2::3] > 127
    for axis in (1, 2):
        assert crossings.any(axis=axis).sum(axis=1).min() >= 14


@pytest.mark.parametrize(("n", "size", "box"), [(0, 28, 20), (7, 14, 10), (5, 2, 1)])
def test_any_number_in_any_size_can_be_drawn(n, size, box, rng):
    assert draw_blots(n, size, box, rng).shape == (n, size, size)


def test_the_same_randomness_draws_the_same_blots(drawn):
    np.testing.assert_array_equal(drawn, draw_blots(150, 28, 20, np.random.default_rng(3)))
