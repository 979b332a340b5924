import io

import numpy as np
import pytest
from PIL import ExifTags
from PIL import Image as Pillow

from inkdigits.errors import PictureError, UsageError
from inkdigits.imaging.convert import to_picture

RED, BLACK, WHITE = [255, 0, 0], [0, 0, 0], [255, 255, 255]


def as_file(image, **options):
    content = io.BytesIO()
    image.save(content, "PNG", **options)
    return content.getvalue()


def test_grey_pixels_become_colours():
    picture = to_picture(np.array([[0, 255]], np.uint8))
    assert picture.pixels.tolist() == [[BLACK, WHITE]]
    assert (picture.width, picture.height) == (2, 1)


def test_the_content_of_a_file_is_decoded():
    assert to_picture(as_file(Pillow.new("RGB", (2, 1), "red"))).pixels.tolist() == [[RED, RED]]
    assert to_picture(bytearray(as_file(Pillow.new("1", (1, 1))))).pixels.tolist() == [[BLACK]]


@pytest.mark.parametrize(
    ("image", "colour"),
    [
        (Pillow.new("1", (1, 1), 1), WHITE),
        (Pillow.new("L", (1, 1), 255), WHITE),
        (Pillow.new("RGB", (1, 1), "red"), RED),
        (Pillow.new("CMYK", (1, 1), (0, 255, 255, 0)), RED),
        (Pillow.new("HSV", (1, 1), (0, 255, 255)), RED),
        (Pillow.new("P", (1, 1), 0), BLACK),
        (Pillow.new("I;16", (1, 1), 65535), WHITE),
        (Pillow.new("F", (1, 1), 1.0), WHITE),
        (Pillow.new("RGBA", (1, 1), (255, 0, 0, 0)), WHITE),
    ],
    ids=lambda value: getattr(value, "mode", None),
)
def test_images_of_pillow_of_every_mode(image, colour):
    assert to_picture(image).pixels.tolist() == [[colour]]


def test_an_image_that_was_held_askew_is_turned():
    image = Pillow.new("RGB", (3, 2), "red")
    exif = Pillow.Exif()
    exif[ExifTags.Base.Orientation] = 6
    picture = to_picture(Pillow.open(io.BytesIO(as_file(image, exif=exif))))
    assert picture.pixels.shape == (3, 2, 3)
    assert (picture.width, picture.height) == (2, 3)


def test_a_large_image_is_reduced_and_knows_its_size():
    picture = to_picture(Pillow.new("L", (5000, 10)))
    assert (picture.width, picture.height) == (5000, 10)
    assert picture.pixels.shape == (5, 2500, 3)


def test_an_image_whose_file_is_cut_off_is_refused():
    content = as_file(Pillow.effect_noise((50, 50), 90))
    with pytest.raises(PictureError, match="the image cannot be read"):
        to_picture(Pillow.open(io.BytesIO(content[:-900])))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.zeros((2, 2), np.float32), "must be uint8 .* received float32"),
        (np.zeros((2, 2, 4), np.uint8), r"received uint8 with shape \(2, 2, 4\)"),
        (np.zeros((0, 2), np.uint8), "not empty"),
        (7, "must be a path, bytes, a NumPy array or a Pillow image; received int"),
        (None, "received NoneType"),
    ],
)
def test_anything_else_is_refused(given, message):
    with pytest.raises(UsageError, match=message):
        to_picture(given)


def test_content_that_is_no_picture_is_refused():
    with pytest.raises(PictureError):
        to_picture(b"7")
