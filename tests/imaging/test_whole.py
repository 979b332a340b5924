import io

import numpy as np
import pytest
from PIL import Image

from inkdigits.datasets.mnist import load_mnist_test
from inkdigits.imaging.whole import LARGEST, whole_digit, whole_digits

ROUNDED = 2  # grey levels: traces of ink on the border, and one step of rounding


def in_colours(grey):
    return np.stack([grey] * 3, axis=2)


def stroke(side=28, paper=255, ink=0):
    picture = np.full((side, side), paper, np.uint8)
    picture[side // 4 : -side // 4, side // 2 : side // 2 + 2] = ink
    return picture


@pytest.fixture(scope="module")
def digits():
    return load_mnist_test().images[:300]


@pytest.mark.parametrize("inverted", [False, True])
def test_digits_of_mnist_come_back_as_they_are(digits, inverted):
    pictures = 255 - digits if inverted else digits
    differences = [
        abs(whole_digit(in_colours(picture)).astype(int) - image).max()
        for picture, image in zip(pictures, digits, strict=True)
    ]
    assert sum(difference > ROUNDED for difference in differences) <= 2


@pytest.mark.parametrize("margin", [1, 2])
def test_a_little_more_paper_around_changes_nothing(digits, margin):
    for image in digits[:20]:
        wider = whole_digit(in_colours(np.pad(image, margin)))
        np.testing.assert_array_equal(wider, whole_digit(in_colours(image)))


@pytest.mark.parametrize("paper", [255, 230])
def test_paper_need_not_be_quite_white(paper):
    image = whole_digit(in_colours(stroke(paper=paper)))
    assert image.max() == 255
    rows, columns = np.nonzero(image)  # 14 pixels long and 2 wide, so 20 and nearly 3
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (20, 4)


def test_what_compression_leaves_on_the_paper_is_no_ink(rng):
    noisy = stroke(paper=254) + rng.integers(-1, 2, (28, 28)) * (stroke() == 255)
    clean, image = (
        whole_digit(in_colours(picture.astype(np.uint8))) for picture in (stroke(), noisy)
    )
    np.testing.assert_allclose(image, clean, atol=2)


@pytest.mark.parametrize("quality", [95, 75])
def test_what_jpeg_leaves_around_the_ink_does_not_move_a_digit(digits, quality):
    apart = []
    for image in digits[:100]:
        file = io.BytesIO()
        Image.fromarray(image).save(file, "JPEG", quality=quality)
        again = whole_digit(np.asarray(Image.open(file).convert("RGB")))
        apart.append(abs(again.astype(int) - image).mean())
    assert np.median(apart) < 3  # of 255; moved by a pixel, a digit differs by 15 and more


def test_an_empty_picture_is_an_empty_image():
    for grey in (0, 128, 255):
        image = whole_digit(np.full((28, 28, 3), grey, np.uint8))
        assert image.shape == (28, 28)
        assert not image.any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 32), (2, 2), (32, 1)])
def test_the_smallest_pictures_are_taken_or_left_without_an_error(shape, rng):
    image = whole_digit(in_colours(rng.integers(0, 256, shape, dtype=np.uint8)))
    assert image is None or image.shape == (28, 28)


def test_a_larger_picture_is_left_to_the_search():
    assert whole_digit(in_colours(stroke(LARGEST))) is not None
    assert whole_digit(in_colours(stroke(LARGEST + 1))) is None
    assert whole_digit(np.full((20, LARGEST + 1, 3), 255, np.uint8)) is None


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_a_coloured_picture_is_left_to_the_search(channel):
    picture = in_colours(stroke())
    picture[10, 10, channel] -= 40
    assert whole_digit(picture) is None


def test_a_picture_without_an_even_border_is_left_to_the_search():
    noise = np.arange(28 * 28, dtype=np.uint8).reshape(28, 28)
    assert whole_digit(in_colours(noise)) is None


def test_pictures_taken_together_are_what_each_is_alone(digits, rng):
    shifted = [np.roll(image, rng.integers(-5, 6, 2), (0, 1)) for image in digits[:50]]
    greys = [
        *digits[:50],
        *(255 - digits[50:100]),
        *shifted,
        *(np.pad(image, 2) for image in digits[:20]),
        *(rng.integers(0, 256, shape, dtype=np.uint8) for shape in [(28, 28), (1, 9), (40, 3)]),
        np.zeros((28, 28), np.uint8),
    ]
    pictures = [in_colours(grey) for grey in greys]
    pictures.append(in_colours(stroke()) // np.array([1, 2, 1], np.uint8))  # it has a colour
    for picture, together in zip(pictures, whole_digits(pictures), strict=True):
        alone = whole_digit(picture)
        assert (together is None) == (alone is None)
        if alone is not None:
            np.testing.assert_array_equal(together, alone)


def test_no_pictures_are_no_digits():
    assert whole_digits([]) == []
