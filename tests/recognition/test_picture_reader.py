import numpy as np
import pytest

from inkdigits.arrays import scale
from inkdigits.errors import ModelFileError, UsageError
from inkdigits.imaging.picture import Picture, picture_of
from inkdigits.recognition.answers import Classifier, Rejection, Signature
from inkdigits.recognition.picture_reader import PictureReader

NAMES = ("rose", "leaf", "sky")
RED, GREEN, BLUE = ((255, 0, 0), (0, 255, 0), (0, 0, 255))


class Colours(Classifier):
    """Answers with each colour's share; brightness is what it finds strange."""

    def __init__(self, shape=(8, 8, 3), threshold=1.5):
        rejection = Rejection("by-hand", threshold, 1.0)
        super().__init__(Signature("images", shape, NAMES, rejection, form="pictures"))

    @property
    def runtime(self):
        return "by hand"

    def _run(self, images, outputs):
        means = np.broadcast_to(scale(images).mean(axis=(1, 2)), (len(images), 3))
        total = means.sum(axis=1)
        shares = means / np.maximum(total, 1e-6)[:, None]
        found = {"probabilities": shares.astype(np.float32), "outlierness": total}
        return [found[name] for name in outputs]


def plain(colour, height=30, width=50):
    return picture_of(np.full((height, width, 3), colour, np.uint8))


def test_each_picture_is_one_line_with_the_name_of_its_class():
    readings = PictureReader(Colours()).read_many([plain(BLUE), plain(RED), plain(GREEN)])
    assert [reading.text for reading in readings] == ["sky", "rose", "leaf"]
    (digit,) = readings[0].digits
    assert (digit.digit, digit.name, digit.confidence) == (2, "sky", 1.0)
    assert [guess.name for guess in digit.top] == ["sky", "rose", "leaf"]


def test_the_box_is_the_whole_picture_before_it_was_reduced():
    small = Picture(np.zeros((3, 5, 3), np.uint8), width=500, height=300)
    (digit,) = PictureReader(Colours()).read(small).digits
    assert (digit.box.x, digit.box.y, digit.box.width, digit.box.height) == (0, 0, 500, 300)


def test_the_picture_is_squeezed_to_the_size_of_the_network():
    halves = np.zeros((40, 80, 3), np.uint8)
    halves[:, 40:] = 200
    (digit,) = PictureReader(Colours()).read(picture_of(halves)).digits
    assert digit.image.shape == (8, 8, 3)
    assert (digit.image[:, :3] == 0).all() and (digit.image[:, 5:] == 200).all()


def test_a_network_for_grey_pictures_is_shown_their_lightness():
    (digit,) = PictureReader(Colours((8, 8, 1))).read(plain((10, 20, 30))).digits
    # 0.299 * 10 + 0.587 * 20 + 0.114 * 30 = 18.15
    assert digit.image.tolist() == [[18] * 8] * 8


def test_what_is_stranger_than_the_threshold_is_rejected():
    reading = PictureReader(Colours()).read(plain((255, 255, 255)))
    (digit,) = reading.digits
    assert (digit.digit, digit.name, reading.text) == (None, None, "")
    assert digit.outlierness == pytest.approx(3.0)


def test_nothing_can_be_expected_of_pictures():
    with pytest.raises(UsageError, match="`expect` is for networks that read digits"):
        PictureReader(Colours()).read(plain(RED), "page")


def test_oblong_pictures_are_refused():
    with pytest.raises(ModelFileError, match="square pictures; it reads 8x9 pixels in colour"):
        PictureReader(Colours((8, 9, 3)))


def test_no_pictures_have_no_readings():
    assert PictureReader(Colours()).read_many([]) == []
