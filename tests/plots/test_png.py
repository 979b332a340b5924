import io

import numpy as np
import pytest
from PIL import Image

from inkdigits.plots.png import image_to_png, to_png
from inkdigits.plots.style import DPI, canvas


def opened(png):
    return Image.open(io.BytesIO(png))


def test_a_figure_has_its_size_in_dots():
    assert opened(to_png(canvas(3.0, 1.5, "Title"))).size == (3 * DPI, DPI * 3 // 2)


def test_the_same_figure_gives_the_same_bytes_without_date_or_software():
    first, second = (to_png(canvas(2.0, 1.0, "Title")) for _ in range(2))
    assert first == second
    assert set(opened(first).info) <= {"dpi"}


def test_drawing_knows_no_pyplot():
    import subprocess
    import sys

    code = (
        "import sys; from inkdigits.plots import confusion, curves, digits, png, reliability; "
        "from inkdigits.plots.style import canvas; png.to_png(canvas(1, 1, 'x')); "
        "sys.exit('matplotlib.pyplot' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("shape", [(28, 28), (1, 1), (3, 7), (8, 8)])
def test_an_image_comes_back_pixel_for_pixel(shape, rng):
    image = rng.integers(0, 256, shape, dtype=np.uint8)
    picture = opened(image_to_png(image))
    assert picture.mode == "L"
    np.testing.assert_array_equal(np.asarray(picture), image)


def test_a_view_into_a_larger_array_is_written_rightly(rng):
    whole = rng.integers(0, 256, (10, 10), dtype=np.uint8)
    view = whole[::2, ::-1]
    np.testing.assert_array_equal(np.asarray(opened(image_to_png(view))), view)


def test_an_image_in_colour_comes_back_pixel_for_pixel(rng):
    image = rng.integers(0, 256, (3, 7, 3), dtype=np.uint8)
    picture = opened(image_to_png(image))
    assert picture.mode == "RGB"
    np.testing.assert_array_equal(np.asarray(picture), image)


@pytest.mark.parametrize(
    "image", [np.zeros((2, 2)), np.zeros((2, 2, 4), np.uint8)], ids=["float", "four colours"]
)
def test_other_arrays_are_refused_with_what_was_received(image):
    with pytest.raises(TypeError, match=r"must be uint8 with shape .*, width, 3\); received"):
        image_to_png(image)
