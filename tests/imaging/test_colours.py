import numpy as np
import pytest
from PIL import Image as Pillow

from inkdigits.imaging.colours import reduction, to_rgb

MODES = ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "RGBa", "CMYK", "YCbCr", "HSV", "LAB"]
DEEP_MODES = ["I", "F", "I;16", "I;16B"]


def grey(image):
    """The single colour channel of a picture without colour."""
    pixels = np.asarray(image)
    assert (pixels == pixels[..., :1]).all()
    return pixels[..., 0].tolist()


def clear(colours, alpha):
    return Pillow.merge("LA", [Pillow.fromarray(np.array(x, np.uint8)) for x in (colours, alpha)])


@pytest.mark.parametrize("factor", [1, 2, 8])
@pytest.mark.parametrize("mode", MODES + DEEP_MODES)
def test_pictures_in_every_mode_become_red_green_and_blue(mode, factor):
    done = to_rgb(Pillow.new(mode, (5, 9)), factor)
    assert done.mode == "RGB"
    assert done.size == (-(-5 // factor), -(-9 // factor))


def test_colours_stay_what_they_are():
    red = Pillow.new("RGB", (1, 1), (255, 0, 0))
    assert to_rgb(red).getpixel((0, 0)) == (255, 0, 0)
    assert to_rgb(red.quantize(2)).getpixel((0, 0)) == (255, 0, 0)
    assert to_rgb(Pillow.new("CMYK", (1, 1), (0, 255, 255, 0))).getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([[0, 128, 255]], np.uint16, [[0, 128, 255]]),  # 8 bits in 16
        ([[0, 4095]], np.uint16, [[0, 255]]),  # 12 bits
        ([[0, 2048, 4000]], np.uint16, [[0, 128, 249]]),
        ([[0, 32768, 65535]], np.uint16, [[0, 128, 255]]),
        ([[0, 32768, 65535]], np.dtype(">u2"), [[0, 128, 255]]),
        ([[0, 1 << 20]], np.int32, [[0, 255]]),
        ([[-100, 0, 100]], np.int32, [[0, 128, 255]]),
        ([[0.0, 0.5, 1.0]], np.float32, [[0, 128, 255]]),
        ([[0.0, 100.0, 255.0]], np.float32, [[0, 100, 255]]),
        ([[np.nan, 0.5, 1.0, np.inf, -np.inf]], np.float32, [[0, 128, 255, 255, 0]]),
        ([[0, 0]], np.uint16, [[0, 0]]),
        ([[np.nan]], np.float32, [[0]]),
    ],
)
def test_full_white_is_that_of_the_smallest_depth_that_holds_all_values(values, dtype, expected):
    assert grey(to_rgb(Pillow.fromarray(np.array(values, dtype)))) == expected


def test_each_pixel_is_the_mean_of_a_square():
    image = Pillow.fromarray(np.array([[0, 40, 10], [0, 40, 10], [7, 9, 200]], np.uint8))
    assert grey(to_rgb(image, 2)) == [[20, 10], [8, 200]]


def test_strips_fit_together():
    # 600 rows are more than two strips of 256 reduced rows.
    rows = np.repeat(np.arange(1200) // 5, 3).reshape(1200, 3).astype(np.uint8)
    small = np.asarray(to_rgb(Pillow.fromarray(rows), 2))[..., 0]
    assert small.shape == (600, 2)
    means = rows[:, 0].reshape(600, 2).mean(axis=1)
    assert abs(small[:, 0] - means).max() <= 0.5


def test_transparent_pixels_do_not_colour_their_neighbours():
    image = clear([[200, 0], [200, 0]], [[255, 0], [255, 0]])
    # Half covered by 200, on black; what is under the transparent pixels plays no part.
    assert grey(to_rgb(image, 2)) == [[100]]


@pytest.mark.parametrize(
    ("colours", "alpha", "expected"),
    [
        # A few strokes on nothing: dark ones on white, bright ones on black.
        ([[0, 0, 0, 0]], [[255, 0, 0, 0]], [[0, 255, 255, 255]]),
        ([[255, 9, 9, 9]], [[255, 0, 0, 0]], [[255, 0, 0, 0]]),
        # Broad bright strokes.
        ([[255, 255, 255, 0]], [[255, 255, 255, 0]], [[255, 255, 255, 0]]),
        # A page with writing and a margin: the margin goes on like the page.
        ([[255, 0, 255, 0]], [[255, 255, 255, 0]], [[255, 0, 255, 255]]),
        ([[0, 255, 0, 255]], [[255, 255, 255, 0]], [[0, 255, 0, 0]]),
        # Nothing visible, everything visible, half visible.
        ([[0, 0]], [[0, 0]], [[255, 255]]),
        ([[0, 77]], [[255, 255]], [[0, 77]]),
        ([[0, 0, 0]], [[128, 0, 0]], [[127, 255, 255]]),
    ],
)
def test_what_is_visible_stays_visible(colours, alpha, expected):
    assert grey(to_rgb(clear(colours, alpha))) == expected


def test_the_bright_corners_of_a_white_page_stay_white():
    alpha = np.full((20, 20), 255)
    alpha[0, 0] = alpha[0, -1] = 0
    assert np.asarray(to_rgb(clear(np.full((20, 20), 255), alpha))).min() == 255


@pytest.mark.parametrize("longer", [1, 3499, 3500, 3501, 7000, 7001, 65500, 50_000_000])
def test_reduced_pictures_have_1750_to_3500_pixels_on_their_longer_side(longer):
    for size in ((longer, 1), (1, longer)):
        factor = reduction(size)
        reduced = longer / factor
        assert reduced <= 3500
        assert factor == 1 or reduced > 1750
