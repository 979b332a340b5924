import cv2
import numpy as np
import pytest

from inkdigits.datasets.mnist import load_mnist_test
from inkdigits.imaging.glyph import draw_together, stroke_width, to_glyph
from inkdigits.imaging.marks import Mark

NARROWEST, WIDEST = 1.6, 4.4  # pixels: strokes of MNIST, and a little more


def mark(x, y, values, mask=None):
    values = np.array(values, np.uint8)
    return Mark(x, y, values, values > 0 if mask is None else np.array(mask, bool), 255.0)


def ring(thickness, radius=100):
    """A 0 drawn with a pen, and just enough paper around it."""
    side = 2 * radius + thickness + 3
    picture = np.zeros((side, side), np.uint8)
    cv2.circle(picture, (side // 2, side // 2), radius, 255, thickness)
    return picture


def width_of_strokes(image):
    """The mean width in pixels of MNIST, measured on a smooth enlargement."""
    large = cv2.resize(image, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)
    return stroke_width(large) / 8


def test_marks_are_drawn_at_their_places():
    drawn = draw_together([mark(12, 5, [[200, 100]]), mark(10, 6, [[7]])])
    assert drawn.tolist() == [[0, 0, 200, 100], [7, 0, 0, 0]]
    assert drawn.dtype == np.uint8


def test_only_the_ink_of_the_mark_itself_is_drawn():
    assert draw_together([mark(0, 0, [[9, 8, 7]], [[1, 0, 1]])]).tolist() == [[9, 0, 7]]


def test_where_marks_overlap_the_darker_one_shows():
    drawn = draw_together([mark(0, 0, [[9, 1]]), mark(0, 0, [[3, 5]])])
    assert drawn.tolist() == [[9, 5]]


@pytest.mark.parametrize(("width", "height"), [(10, 200), (200, 10), (20, 400)])
def test_a_long_bar_is_as_wide_as_it_is(width, height):
    picture = np.pad(np.full((height, width), 255, np.uint8), 3)
    assert stroke_width(picture) == pytest.approx(min(width, height), rel=0.15)


@pytest.mark.parametrize("ink", [0, 100])
def test_paper_and_faint_ink_have_no_strokes(ink):
    assert stroke_width(np.full((20, 20), ink, np.uint8)) == 0


@pytest.mark.parametrize("thickness", [1, 2, 4, 10, 30, 60])
def test_strokes_of_any_pen_become_as_wide_as_those_of_mnist(thickness):
    image = to_glyph(ring(thickness))
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert image.max() == 255
    assert NARROWEST < width_of_strokes(image) < WIDEST
    assert image[14, 14] == 0  # the ring is still open


def test_a_thin_stroke_does_not_become_pale():
    line = np.zeros((400, 5), np.uint8)
    line[:, 2] = 255
    image = to_glyph(line)
    assert 18 <= (image.max(axis=1) > 200).sum() <= 20
    assert (image[14] > 127).sum() in (2, 3)


@pytest.mark.parametrize("factor", [2, 3, 7])
def test_the_size_of_the_writing_makes_little_difference(factor):
    small = ring(12, radius=50)
    large = np.kron(small, np.ones((factor, factor), np.uint8))
    difference = abs(to_glyph(small).astype(int) - to_glyph(large))
    assert difference.mean() < 4


@pytest.mark.parametrize("blur", [4, 8])
def test_a_blurred_digit_is_as_large_as_a_sharp_one(blur):
    sharp = ring(24)
    blurred = cv2.GaussianBlur(np.pad(sharp, 3 * blur), (0, 0), blur)

    def across(ink):
        columns = np.flatnonzero((to_glyph(ink) > 127).any(axis=0))
        return int(np.ptp(columns)) + 1

    assert across(blurred) == across(sharp) == 20


@pytest.mark.parametrize("factor", [4, 8])
def test_enlarged_digits_of_mnist_look_like_themselves_again(factor):
    alike = []
    for image in load_mnist_test().images[:60]:
        glyph = to_glyph(np.kron(image, np.ones((factor, factor), np.uint8)))
        alike.append(np.corrcoef(glyph.ravel(), image.ravel())[0, 1])
    # Where the faint outermost pixels do not count the others move by up to one.
    assert np.median(alike) > 0.8
    assert min(alike) > 0.5


@pytest.mark.parametrize("ink", [0, 20])
def test_nothing_but_paper_or_traces_becomes_an_empty_image(ink):
    image = to_glyph(np.full((30, 20), ink, np.uint8))
    assert image.shape == (28, 28)
    assert not image.any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (2, 2), (3, 100), (1500, 1500)])
def test_ink_of_any_shape_fits_into_the_box(shape):
    image = to_glyph(np.full(shape, 255, np.uint8))
    rows, columns = np.nonzero(image)
    assert image.max() == 255
    assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
