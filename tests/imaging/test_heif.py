import numpy as np
import pytest

from inkdigits.errors import PictureError
from inkdigits.imaging.decode import Limits, decode
from inkdigits.imaging.heif import heif_pages
from tests.imaging.seed_files import SEEDS


def test_a_picture_from_a_phone_is_turned_once():
    (picture,) = decode(SEEDS["heic"])
    assert (picture.width, picture.height) == (64, 48)
    red = np.zeros((48, 64), bool)
    red[:16, -16:] = True  # the square at the upper right
    np.testing.assert_array_equal(picture.pixels[..., 1] < 128, red)
    assert picture.pixels[..., 0].min() > 200


def test_all_pictures_of_a_file_with_one_are_one():
    (page,) = heif_pages(SEEDS["heic"], Limits())
    (picture,) = decode(SEEDS["heic"], pages="all")
    assert picture.page == 1
    assert (page.width, page.height, page.mode) == (64, 48, "RGB")
    assert picture.pixels.tobytes() == bytes(page.pixels)


def test_the_limit_holds():
    assert list(heif_pages(SEEDS["heic"], Limits(max_pixels=48 * 64)))
    with pytest.raises(PictureError, match="64x48 pixels; at most 3,071"):
        decode(SEEDS["heic"], limits=Limits(max_pixels=48 * 64 - 1))


def test_a_file_without_its_pixels_is_damaged():
    with pytest.raises(PictureError, match="HEIC file that is damaged"):
        decode(SEEDS["heic"][:-60])
