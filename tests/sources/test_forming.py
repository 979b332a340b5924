import numpy as np
import pytest

from inkdigits.arrays import to_colours
from inkdigits.errors import UsageError
from inkdigits.sources.forming import DigitFormer, PictureFormer, are_mostly_mnist, former


def formed(brings, *pictures):
    return brings.finish([brings.keep(picture) for picture in pictures])


def flat(height, width, shade=7):
    return np.full((height, width), shade, np.uint8)


RED = np.zeros((9, 9, 3), np.uint8)
RED[..., 0] = 200


@pytest.mark.parametrize(
    ("sizes", "side"),
    [
        ([(8, 8), (8, 8)], 8),
        ([(64, 64)], 64),
        ([(65, 65)], 28),
        ([(7, 7)], 28),
        ([(20, 20), (21, 21)], 28),
        ([(20, 30), (20, 30)], 28),
        ([(500, 300), (32, 32)], 28),
    ],
)
def test_the_size_is_the_pictures_own_if_they_agree(sizes, side):
    assert formed(PictureFormer(None), *(flat(*size) for size in sizes)).shape[1:] == (side, side)


def test_a_chosen_side_holds_for_all():
    assert formed(PictureFormer(40), flat(8, 8), flat(90, 20)).shape == (2, 40, 40)


def test_one_picture_in_colour_makes_all_coloured():
    images = formed(PictureFormer(None), flat(9, 9), to_colours(flat(9, 9)), RED)
    assert images.shape == (3, 9, 9, 3)
    assert images[:, 4, 4].tolist() == [[7, 7, 7], [7, 7, 7], [200, 0, 0]]
    assert formed(PictureFormer(None), flat(9, 9), to_colours(flat(9, 9))).shape == (2, 9, 9)


def test_images_of_mnist_stay_as_they_are(digits):
    images = formed(DigitFormer(), *(to_colours(image) for image in digits.images))
    assert (images == digits.images).all()


def test_among_images_of_mnist_dark_ink_is_still_made_light(digits):
    images = formed(DigitFormer(), *digits.images[:9], 255 - digits.images[9])
    assert images[9, 0, 0] == 0
    assert abs(images[9].astype(int) - digits.images[9]).mean() < 2


def test_other_small_images_are_brought_into_the_form_of_mnist():
    stroke = np.full((28, 28), 255, np.uint8)
    stroke[2:12, 2:4] = 0
    rows, columns = np.nonzero(formed(DigitFormer(), stroke)[0])
    assert np.ptp(rows) + 1 == 20
    assert 13 <= columns.mean() <= 15


def test_images_of_mnist_are_known(digits):
    others = [np.roll(image, 3, axis=1) for image in digits.images[:100]]
    assert are_mostly_mnist(list(digits.images[:100]) + others[:60])
    assert not are_mostly_mnist(list(digits.images[:60]) + others)
    assert not are_mostly_mnist([])
    assert not are_mostly_mnist([flat(28, 30)])


def test_thumbnails_show_the_whole_picture():
    page = np.full((280, 280, 3), 255, np.uint8)
    page[100:200, 20:40] = 0
    kept = DigitFormer().keep(page)
    thumbnail = kept.thumbnail(1)
    assert thumbnail.shape == (28, 28)
    assert thumbnail[15, 3] < 50 and thumbnail[15, 14] == 255
    assert PictureFormer(8).keep(RED).thumbnail(3).shape == (28, 28, 3)


def test_a_wrong_form_or_side_is_refused():
    with pytest.raises(UsageError, match='received "letters"'):
        former("letters", None)
    with pytest.raises(UsageError, match="between 8 and 256 pixels; received 1000"):
        former("pictures", 1000)
