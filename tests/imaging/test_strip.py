import cv2
import numpy as np
import pytest

from inkdigits.datasets.mnist import load_mnist_test
from inkdigits.imaging.glyph import stroke_width
from inkdigits.imaging.strip import STRIP_SIDE, to_strip


def frame(height, width):
    """The outline of a rectangle, drawn with a pen of MNIST's width."""
    ink = np.zeros((height, width), np.uint8)
    pen = max(1, round(0.14 * min(height, width / 2)))
    cv2.rectangle(ink, (0, 0), (width - 1, height - 1), 255, 2 * pen - 1)
    return ink


def box(strip):
    """First row, row after the last, first column, column after the last with ink."""
    rows, columns = np.nonzero(strip)
    return rows.min(), rows.max() + 1, columns.min(), columns.max() + 1


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [
        (100, 100, (4, 24, 8, 20)),  # as high as MNIST's digits, in the middle
        (100, 200, (4, 24, 2, 25)),  # two digits wide
        (100, 400, (9, 19, 2, 25)),  # wider: as wide as it may be
        (100, 50, (4, 24, 11, 17)),
    ],
)
def test_ink_is_as_high_as_a_digit_or_as_wide_as_two_and_in_the_middle(height, width, expected):
    strip = to_strip(frame(height, width))
    assert strip.shape == (STRIP_SIDE, STRIP_SIDE)
    assert strip.dtype == np.uint8
    assert strip.max() == 255
    np.testing.assert_allclose(box(strip), expected, atol=1)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 300), (300, 1), (2, 3)])
def test_any_ink_becomes_a_strip(height, width):
    strip = to_strip(np.full((height, width), 255, np.uint8))
    assert strip.shape == (STRIP_SIDE, STRIP_SIDE)
    assert strip.max() == 255


def test_no_ink_leaves_a_strip_empty():
    assert not to_strip(np.zeros((10, 20), np.uint8)).any()


@pytest.mark.parametrize("thickness", [2, 4, 10, 30])
def test_strokes_of_any_pen_become_as_wide_as_those_of_mnist(thickness):
    picture = np.zeros((240, 440), np.uint8)
    for x in (115, 325):
        cv2.circle(picture, (x, 120), 100, 255, thickness)
    ink = picture[np.ix_(picture.any(axis=1), picture.any(axis=0))]
    # As wide again as it was before it was squeezed: 48 pixels in place of 28.
    strip = cv2.resize(to_strip(ink), (8 * 48, 8 * 28), interpolation=cv2.INTER_CUBIC)
    assert 1.6 < stroke_width(strip) / 8 < 4.4


def test_a_digit_of_mnist_stays_as_it_is_but_for_its_place():
    image = load_mnist_test().images[0]
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    ink = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    top, bottom, left, right = box(to_strip(ink))
    assert bottom - top == pytest.approx(ink.shape[0], abs=1)
    assert (right - left) * 48 / 28 == pytest.approx(ink.shape[1], abs=2)


def test_faint_ink_becomes_full():
    strip = to_strip(np.full((40, 40), 120, np.uint8))
    assert strip.max() == 255
