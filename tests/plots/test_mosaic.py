import io

import numpy as np
import pytest
from PIL import Image

from inkdigits.plots.mosaic import dots_per_pixel, inches, show
from inkdigits.plots.png import to_png
from inkdigits.plots.style import DPI, canvas


@pytest.mark.parametrize("height", [8, 28, 32, 64, 300])
def test_pixels_are_a_whole_number_of_dots(height):
    dots = inches(1, height) * DPI
    assert dots == pytest.approx(dots_per_pixel(height))
    assert dots >= 1


def test_pixels_reach_the_png_unblurred():
    checks = np.indices((28, 28)).sum(axis=0).astype(np.uint8) % 2 * 255
    figure = canvas(1.0, 1.0, "")
    show(figure, checks, left=0.1, top=0.1, picture_height=28)
    dots = np.asarray(Image.open(io.BytesIO(to_png(figure))))[..., 0]
    corner, zoom = round(0.1 * DPI), dots_per_pixel(28)
    seen = dots[corner : corner + 28 * zoom, corner : corner + 28 * zoom]
    np.testing.assert_array_equal(seen, np.kron(255 - checks, np.ones((zoom, zoom))))
