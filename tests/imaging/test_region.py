import numpy as np
import pytest

from inkdigits.imaging.picture import Picture, picture_of
from inkdigits.imaging.region import cut_out, taken_out, whole_of


def test_the_whole_is_where_it_is():
    picture = picture_of(np.zeros((20, 30), np.uint8))
    region = whole_of(picture)
    assert region.picture is picture
    assert region.frame == (0, 0, 30, 20)
    assert region.box_in_whole(3, 4, 5, 6) == (3, 4, 5, 6)


def test_a_rectangle_keeps_its_place_in_the_picture_before_that_was_reduced():
    picture = Picture(np.zeros((20, 30, 3), np.uint8), 300, 200, page=2)
    region = cut_out(picture, picture.pixels[5:15, 10:25], 10, 5)
    assert (region.picture.width, region.picture.height, region.picture.page) == (150, 100, 2)
    assert region.frame == (100, 50, 150, 100)
    assert region.box_in_whole(7, 8, 9, 10) == (107, 58, 9, 10)


def test_the_box_of_what_was_turned_holds_all_of_it():
    picture = picture_of(np.zeros((100, 100), np.uint8))
    # A quarter turn: its columns are the picture's rows, from row 10 on, its rows run to the left.
    to_whole = np.array([[0, -1, 90], [1, 0, 10], [0, 0, 1]], np.float64)
    region = taken_out(picture, np.zeros((40, 50, 3), np.uint8), to_whole)
    assert region.frame == (50, 10, 40, 50)
    assert region.box_in_whole(10, 20, 4, 6) == (64, 20, 6, 4)


@pytest.mark.parametrize("scale", [1, 3])
def test_no_box_is_empty(scale):
    picture = Picture(np.zeros((100, 100, 3), np.uint8), 100 * scale, 100 * scale)
    shrunk = taken_out(picture, np.zeros((200, 200, 3), np.uint8), np.diag([0.1, 0.1, 1.0]))
    assert shrunk.box_in_whole(0, 0, 1, 1)[2:] == (1, 1)
    assert shrunk.frame == (0, 0, 20 * scale, 20 * scale)
