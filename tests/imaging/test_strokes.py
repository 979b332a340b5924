import numpy as np
import pytest

from inkdigits.imaging.strokes import draw_signs


def test_signs_have_the_form_of_mnist(rng):
    drawn = draw_signs(200, 28, 20, rng)
    assert drawn.shape == (200, 28, 28)
    assert drawn.dtype == np.uint8
    assert (drawn.max(axis=(1, 2)) == 255).all()
    for image in drawn:
        rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)


def test_every_fifth_is_of_joined_letters_and_so_wider_than_high(rng):
    drawn = draw_signs(100, 28, 20, rng)[4::5]
    heights, widths = (drawn.any(axis=axis).sum(axis=1).mean() for axis in (2, 1))
    assert widths > 1.2 * heights


def test_pens_are_about_as_wide_as_those_of_digits(rng, mnist):
    ink = draw_signs(300, 28, 20, rng).mean()
    assert 2 / 3 < ink / mnist.train.images[:300].mean() < 3 / 2


def test_no_two_are_alike(rng):
    drawn = draw_signs(200, 28, 20, rng).reshape(200, -1)
    assert len(np.unique(drawn, axis=0)) > 190  # dots may be


@pytest.mark.parametrize(("n", "size", "box"), [(0, 28, 20), (7, 14, 10), (5, 2, 1)])
def test_any_number_in_any_size_can_be_drawn(n, size, box, rng):
    assert draw_signs(n, size, box, rng).shape == (n, size, size)


def test_the_same_randomness_draws_the_same_signs():
    first, again, other = (
        draw_signs(10, 28, 20, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
