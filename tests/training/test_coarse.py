import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.imaging.normalise import is_mnist
from inkdigits.training.coarse import CELLS, draw_coarse


def test_each_is_a_digit_in_the_form_of_mnist_under_its_label(digits):
    made = draw_coarse(digits, 100)
    assert made.images.shape == (100, 28, 28)
    assert made.images.dtype == made.labels.dtype == np.uint8
    assert is_mnist(made.images).all()
    assert set(made.labels.tolist()) == set(digits.labels.tolist())


def test_a_hole_much_smaller_than_a_cell_is_filled(digits):
    block = np.zeros((1, 28, 28), np.uint8)
    block[0, 4:24, 4:24] = 255
    block[0, 13, 13] = 0
    made = draw_coarse(LabelledImages(block, np.array([7], np.uint8)), 5)
    assert made.labels.tolist() == [7] * 5
    assert (made.images[:, 5:23, 5:23] == 255).all()


def test_a_block_stays_one(digits):
    block = np.zeros((1, 28, 28), np.uint8)
    block[0, 4:24, 9:19] = 255
    for image in draw_coarse(LabelledImages(block, np.zeros(1, np.uint8)), 20).images:
        # A cell more or less, where the edge of the block lies within one.
        assert abs(int((image > 127).sum()) - 200) <= 20 * 20 / CELLS[0]


def test_they_are_the_same_at_every_call(digits):
    once, again = (draw_coarse(digits, 10) for _ in range(2))
    np.testing.assert_array_equal(once.images, again.images)
    np.testing.assert_array_equal(once.labels, again.labels)


@pytest.mark.parametrize("n", [0, 3])
def test_without_ink_there_are_none(n):
    blank = LabelledImages(np.zeros((n, 28, 28), np.uint8), np.zeros(n, np.uint8))
    made = draw_coarse(blank, 5)
    assert (made.images.shape, made.labels.shape) == ((0, 28, 28), (0,))
