import numpy as np
import pytest

from inkdigits.training.no_digits.scribbles import draw_scribbles


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
