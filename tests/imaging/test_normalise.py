import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.datasets.mnist import load_mnist_test
from inkdigits.imaging.normalise import is_mnist, to_mnist


def bounds(image):
    """First and last row and first and last column with ink."""
    rows, columns = np.nonzero(image)
    return rows.min(), rows.max(), columns.min(), columns.max()


def centre(image):
    """Centre of mass: row and column."""
    ink = image.astype(float)
    places = np.arange(len(image))
    return ink.sum(1) @ places / ink.sum(), ink.sum(0) @ places / ink.sum()


def rectangle(height, width, top, left, ink_height, ink_width, ink=255):
    picture = np.zeros((height, width), np.uint8)
    picture[top : top + ink_height, left : left + ink_width] = ink
    return picture


def test_a_block_becomes_a_block_of_twenty_in_the_middle():
    image = to_mnist(rectangle(200, 300, 10, 150, 100, 100))
    # 20 pixels around pixel 14 have a centre at 13.5 or at 14.5; MNIST's rule takes the latter.
    np.testing.assert_array_equal(image, rectangle(28, 28, 5, 5, 20, 20))


def test_the_aspect_stays_and_a_part_of_a_pixel_is_grey():
    # Ten times smaller: 20 tall and 3 wide, which lie at 8.5 to 11.5 of the 20 columns.
    image = to_mnist(rectangle(300, 300, 0, 0, 200, 30))
    ink = np.array([128, 255, 255, 128], np.uint8)
    expected = np.zeros((28, 28), np.uint8)
    expected[5:25, 13:17] = ink
    np.testing.assert_array_equal(image, expected)


def test_a_wide_picture_is_fitted_by_its_width():
    top, bottom, left, right = bounds(to_mnist(rectangle(60, 200, 20, 30, 20, 100)))
    assert (right - left + 1, bottom - top + 1) == (20, 4)


def test_each_pixel_is_the_mean_of_the_area_that_it_covers():
    # 3 pixels into 2: the middle one belongs to both halves.
    picture = np.array([[250, 100, 0], [250, 100, 0], [250, 100, 50]], np.uint8)
    # A quarter covers its corner wholly (4 ninths), two edges by half (2) and the middle by 1.
    right_top = (4 * 0 + 2 * 100 + 2 * 0 + 1 * 100) / 9
    right_bottom = (4 * 50 + 2 * 0 + 2 * 100 + 1 * 100) / 9
    mean = np.array([[200, right_top], [200, right_bottom]])
    np.testing.assert_array_equal(to_mnist(picture, 2, 2), np.rint(mean * 255 / 200))


def test_the_centre_of_mass_decides_and_not_the_box():
    # An L: a stem of 20 x 4 at the left, a foot of 4 x 16 at the bottom.
    picture = np.zeros((28, 28), np.uint8)
    picture[2:22, 2:6] = 255
    picture[18:22, 6:22] = 255
    row = (80 * 9.5 + 64 * 17.5) / 144  # 13.06 from the top of the box
    column = (80 * 1.5 + 64 * 11.5) / 144  # 5.94 from its left side
    top, bottom, left, right = bounds(to_mnist(picture))
    assert (top, left) == (round(14 - row), round(14 - column))
    assert (bottom - top, right - left) == (19, 19)


def test_ink_stays_inside_even_if_its_mass_is_far_to_one_side():
    # A heavy end on a long thin line.
    picture = rectangle(400, 400, 100, 100, 1, 200)
    picture[90:111, 100:105] = 255
    top, _, left, right = bounds(to_mnist(picture))
    assert right == 27
    assert right - left == 19
    assert top > 0


@pytest.mark.parametrize("ink", [1, 60, 254, 255])
def test_the_largest_pixel_is_full_ink_however_faint_the_pen(ink):
    image = to_mnist(rectangle(90, 90, 5, 5, 70, 7, ink))
    np.testing.assert_array_equal(image, to_mnist(rectangle(90, 90, 5, 5, 70, 7, 255)))
    assert image.max() == 255


def test_everything_above_zero_is_ink():
    picture = rectangle(100, 100, 40, 40, 20, 20)
    picture[0, 0] = 1
    top, bottom, _, _ = bounds(to_mnist(picture))
    assert bottom - top < 19


@pytest.mark.parametrize("shape", [(28, 28), (1, 1), (5, 400), (0, 0), (0, 7), (7, 0)])
def test_a_picture_without_ink_is_an_image_without_ink(shape):
    image = to_mnist(np.zeros(shape, np.uint8))
    np.testing.assert_array_equal(image, np.zeros((28, 28), np.uint8))
    assert image.dtype == np.uint8


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (20, 20), (28, 28), (301, 301)])
def test_a_picture_full_of_ink_is_a_full_box(shape):
    image = to_mnist(np.full(shape, 255, np.uint8))
    assert bounds(image) == (5, 24, 5, 24)
    assert (image[5:25, 5:25] == 255).all()


def test_a_single_pixel_of_ink_is_enlarged():
    image = to_mnist(rectangle(50, 50, 3, 47, 1, 1, ink=9))
    assert image.max() == 255
    assert bounds(image) == (5, 24, 5, 24)


def test_a_line_thinner_than_a_pixel_does_not_vanish():
    image = to_mnist(rectangle(1000, 1000, 0, 500, 1000, 1))
    assert (image.max(axis=1) == 255).sum() == 20


def test_small_pictures_get_smooth_edges():
    steps = np.tril(np.full((6, 6), 255, np.uint8))
    levels = np.unique(to_mnist(steps))
    assert len(levels) > 10  # blocks would have two or three


@pytest.mark.parametrize(("size", "box"), [(28, 28), (28, 1), (1, 1), (40, 20), (64, 50)])
def test_other_sizes(size, box):
    image = to_mnist(rectangle(100, 100, 10, 20, 60, 60), size, box)
    assert image.shape == (size, size)
    top, bottom, left, right = bounds(image)
    assert bottom - top + 1 == right - left + 1 == box


@pytest.mark.parametrize("box", [0, -1, 29])
def test_a_box_that_does_not_fit_is_refused(box):
    with pytest.raises(ValueError, match=rf"between 1 and `size`, which is 28; received {box}"):
        to_mnist(np.zeros((5, 5), np.uint8), box=box)


@pytest.mark.parametrize(
    ("array", "received"),
    [
        (np.zeros((5, 5)), r"float64 with shape \(5, 5\)"),
        (np.zeros((5, 5), bool), "bool"),
        (np.zeros((5, 5, 3), np.uint8), r"uint8 with shape \(5, 5, 3\)"),
        (np.zeros(5, np.uint8), r"uint8 with shape \(5,\)"),
    ],
)
def test_anything_but_a_grey_picture_is_refused(array, received):
    with pytest.raises(TypeError, match=f"received {received}"):
        to_mnist(array)


def test_the_picture_itself_does_not_change(digits):
    picture = digits.images[0].copy()
    to_mnist(picture)
    np.testing.assert_array_equal(picture, digits.images[0])


def test_images_of_mnist_come_back_as_they_are(mnist):
    images = mnist.test.images
    back = np.stack([to_mnist(image) for image in images])
    difference = np.abs(back.astype(int) - images).max(axis=(1, 2))
    changed = np.flatnonzero(difference > 1)
    # Three digits are cut off by the border; the mass of the fourth lies between two pixels.
    assert changed.tolist() == [4530, 8688, 9300, 9302]


def test_enlarged_images_of_mnist_come_back_nearly_as_they_are(digits):
    big = np.kron(digits.images, np.ones((1, 8, 8), np.uint8))
    back = np.stack([to_mnist(picture) for picture in big]).astype(int)
    difference = np.abs(back - digits.images).mean(axis=(1, 2))
    # Those of odd width are now in the middle of the box, half a pixel from where they were.
    assert np.median(difference) < 1
    assert difference.mean() < 2.5
    assert difference.max() < 15


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**32 - 1), st.floats(0.01, 1))
def test_every_result_has_the_form_of_mnist(height, width, seed, share):
    rng = np.random.default_rng(seed)
    picture = np.where(rng.random((height, width)) < share, rng.integers(0, 256), 0)
    image = to_mnist(picture.astype(np.uint8))
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    if not picture.any():
        assert not image.any()
        return
    top, bottom, left, right = bounds(image)
    assert max(bottom - top, right - left) <= 19
    assert image.max() == 255
    inside = min(top, left) > 0 and max(bottom, right) < 27
    if inside:
        assert all(13.5 - 1e-9 <= place <= 14.5 + 1e-9 for place in centre(image))


def test_what_has_the_form_of_mnist_already_is_not_changed(rng):
    digits = load_mnist_test().images[:2000]
    shifted = np.stack([np.roll(image, rng.integers(-3, 4, 2), (0, 1)) for image in digits])
    images = np.concatenate([digits, shifted, digits // 2, np.zeros((1, 28, 28), np.uint8)])
    unchanged = [np.array_equal(to_mnist(image), image) for image in images]
    formed = is_mnist(images)
    assert formed[:2000].mean() > 0.6  # the brightest pixel of many others is 254
    assert not formed[4000:].any()
    assert all(same for same, known in zip(unchanged, formed, strict=True) if known)
    full = images.max((1, 2)) == 255
    np.testing.assert_array_equal(formed & full, np.array(unchanged) & full)


def test_images_of_another_size_do_not_have_the_form_of_mnist():
    square = rectangle(32, 32, 6, 6, 20, 20)[np.newaxis]
    assert is_mnist(square).tolist() == [False]
    assert is_mnist(np.zeros((0, 28, 28), np.uint8)).tolist() == []
