import io

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageOps

from inkdigits.imaging.upright import orientation, turn_upright, upright_size

# What the picture
#   1 2
#   3 4
#   5 6
# looks like upright, if it was stored with each orientation.
UPRIGHT = {
    1: [[1, 2], [3, 4], [5, 6]],
    2: [[2, 1], [4, 3], [6, 5]],
    3: [[6, 5], [4, 3], [2, 1]],
    4: [[5, 6], [3, 4], [1, 2]],
    5: [[1, 3, 5], [2, 4, 6]],
    6: [[5, 3, 1], [6, 4, 2]],
    7: [[6, 4, 2], [5, 3, 1]],
    8: [[2, 4, 6], [1, 3, 5]],
}


@pytest.fixture
def stored():
    return Pillow.fromarray(np.array([[1, 2], [3, 4], [5, 6]], np.uint8))


def with_exif(image, exif):
    file = io.BytesIO()
    image.save(file, "PNG", exif=exif)
    opened = Pillow.open(file)
    opened.load()
    return opened


@pytest.mark.parametrize("noted", UPRIGHT)
def test_every_orientation_is_undone(stored, noted):
    upright = turn_upright(stored, noted)
    assert np.asarray(upright).tolist() == UPRIGHT[noted]
    assert upright.size == upright_size(stored.size, noted)


@pytest.mark.parametrize("noted", UPRIGHT)
def test_orientations_are_read_as_pillow_reads_them(stored, noted):
    exif = Pillow.Exif()
    exif[0x0112] = noted
    opened = with_exif(stored, exif)
    assert orientation(opened) == noted
    np.testing.assert_array_equal(ImageOps.exif_transpose(opened), UPRIGHT[noted])


@pytest.mark.parametrize("noted", [0, 9, 65535])
def test_an_orientation_out_of_range_means_upright(stored, noted):
    exif = Pillow.Exif()
    exif[0x0112] = noted
    assert orientation(with_exif(stored, exif)) == 1


@pytest.mark.parametrize("exif", [b"Exif\0\0MM\0*\0\0\xff\xff", b"Exif\0\0nonsense", b"Exif\0\0"])
def test_a_damaged_note_means_upright(stored, exif):
    assert orientation(with_exif(stored, exif)) == 1
