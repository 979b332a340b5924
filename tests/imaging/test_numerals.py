import numpy as np
import pytest

from inkdigits.imaging.normalise import is_mnist
from inkdigits.imaging.numerals import draw_numerals


@pytest.fixture(scope="module")
def drawn():
    images, labels = draw_numerals(800, np.random.default_rng(0))
    return {label: images[labels == label] for label in (1, 7, 0)}


def test_half_are_ones_and_a_quarter_each_sevens_and_zeros(drawn):
    assert {label: len(images) for label, images in drawn.items()} == {1: 400, 7: 200, 0: 200}


def test_they_have_the_form_of_mnist_and_no_two_are_alike(rng):
    images, labels = draw_numerals(100, rng)
    assert images.shape == (100, 28, 28)
    assert images.dtype == labels.dtype == np.uint8
    assert is_mnist(images).all()
    assert len(np.unique(images.reshape(100, -1), axis=0)) == 100


def test_there_may_be_none_and_the_same_randomness_draws_the_same():
    assert draw_numerals(0, np.random.default_rng(0))[0].shape == (0, 28, 28)
    first, again, other = (draw_numerals(5, np.random.default_rng(seed))[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def strokes_in_rows(images):
    padded = np.pad(images > 127, ((0, 0), (0, 0), (1, 1)))
    return (padded[:, :, 1:] & ~padded[:, :, :-1]).sum(axis=2)


def test_many_ones_have_two_strokes_above_and_one_below(drawn):
    strokes = strokes_in_rows(drawn[1])
    assert (strokes[:, 10:17] == 2).any(axis=1).mean() > 0.6
    assert (strokes[:, 20:24] == 2).any(axis=1).mean() < 0.1


def test_sevens_are_wider_than_ones(drawn):
    ones, sevens = (drawn[label].any(axis=1).sum(axis=1).mean() for label in (1, 7))
    assert sevens > 1.2 * ones


def test_something_lies_within_most_zeros(drawn):
    middle = drawn[0][:, 12:16, 12:16]
    assert ((middle > 127).mean(axis=(1, 2)) > 0.2).mean() > 0.9
    assert (strokes_in_rows(drawn[0]) == 3).any(axis=1).mean() > 0.6


@pytest.mark.parametrize("label", [7, 0])
def test_pens_are_about_as_wide_as_those_of_digits(label, drawn, mnist):
    own = mnist.train.images[mnist.train.labels == label][:300].mean()
    assert 2 / 3 < drawn[label].mean() / own < 3 / 2
