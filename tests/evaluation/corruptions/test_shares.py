import numpy as np
import pytest

from inkdigits.evaluation.corruptions.shares import to_bytes, to_shares


def test_every_grey_comes_back_from_its_share():
    greys = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    np.testing.assert_array_equal(to_bytes(to_shares(greys)), greys)


@pytest.mark.parametrize(
    "share, grey",
    [(0.0, 0), (0.999 / 255, 0), (1 / 255, 1), (0.5, 127), (1.0, 255), (1.001, 255), (-0.001, 0)],
)
def test_fractions_of_a_level_are_dropped_and_what_lies_outside_is_cut_off(share, grey):
    assert to_bytes(np.full((1, 1, 1), share)).item() == grey


def test_a_rounding_error_does_not_cost_a_level():
    almost = np.nextafter(np.arange(1, 256) / 255, 0).reshape(1, 1, 255)
    assert to_bytes(almost).ravel().tolist() == list(range(1, 256))


def test_no_images_are_no_shares():
    assert to_bytes(to_shares(np.zeros((0, 28, 28), np.uint8))).shape == (0, 28, 28)
