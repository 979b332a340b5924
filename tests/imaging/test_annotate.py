import io

import numpy as np
import pytest
from PIL import Image as Pillow

from inkdigits.imaging.annotate import READ, REJECTED, Note, annotate, to_png
from inkdigits.imaging.picture import Picture, picture_of

BOX = (100, 80, 30, 60)


def paper(value=255, height=200, width=300):
    return picture_of(np.full((height, width), value, np.uint8))


def where(pixels, colour):
    """First and last row, first and last column with exactly that colour."""
    rows, columns = np.nonzero((pixels == colour).all(axis=2))
    return rows.min(), rows.max(), columns.min(), columns.max()


def has(pixels, colour):
    return bool((pixels == colour).all(axis=2).any())


def test_a_picture_in_which_nothing_was_found_stays_as_it_is():
    picture = paper(90)
    np.testing.assert_array_equal(annotate(picture, []), picture.pixels)


@pytest.mark.parametrize("ground", [0, 128, 255])
def test_a_digit_has_a_box_around_it_and_its_reading_above(ground):
    pixels = annotate(paper(ground), [Note(BOX, "7", "99")])
    assert pixels.shape == (200, 300, 3)
    top, bottom, left, _ = where(pixels, READ)
    assert top < 80 - 15, "the tag is above the box"
    assert 140 <= bottom < 150
    assert 90 < left < 100
    inside = pixels[80:140, 100:130]
    assert (inside == ground).all(), "nothing is drawn over the digit"


def test_what_was_rejected_has_dashes_without_a_word():
    pixels = annotate(paper(), [Note(BOX, None)])
    assert not has(pixels, READ)
    top, bottom, left, right = where(pixels, REJECTED)
    assert 70 < top < 80 and 140 <= bottom < 150
    assert 90 < left < 100 and 130 <= right < 140
    edge = (pixels[top, left : right + 1] == REJECTED).all(axis=1)
    assert edge[0] and edge[-1] and not edge.all()


def test_the_picture_itself_is_not_drawn_on():
    picture = paper()
    annotate(picture, [Note(BOX, "7")])
    assert (picture.pixels == 255).all()


def test_boxes_are_in_pixels_of_the_picture_before_it_was_reduced():
    reduced = Picture(paper().pixels, width=900, height=600)
    large = annotate(reduced, [Note((300, 240, 90, 180), "7", "99")])
    np.testing.assert_array_equal(large, annotate(paper(), [Note(BOX, "7", "99")]))


def test_a_small_picture_is_enlarged_with_a_border():
    pixels = annotate(paper(0, 28, 28), [Note((10, 4, 8, 20), "7", "99")])
    # Digits of 20 pixels become 80; the tag is 1.25 times as high as its text of 26 pixels.
    assert pixels.shape == (28 * 4 + 2 * 32, 28 * 4 + 2 * 32, 3)
    assert (pixels[-1] == 0).all(), "the border has the colour of the picture's edge"


@pytest.mark.parametrize(
    "box",
    [(0, 0, 300, 200), (-50, -50, 20, 20), (290, 190, 60, 60), (5, 5, 1, 1), (0, 0, 0, 0)],
)
@pytest.mark.parametrize("text", ["7", None])
def test_boxes_at_and_beyond_the_edge_are_drawn(box, text):
    assert annotate(paper(), [Note(BOX, "7"), Note(box, text)]).shape == (200, 300, 3)


def test_a_reading_at_the_upper_edge_is_inside_the_picture():
    pixels = annotate(paper(), [Note((100, 2, 30, 60), "7", "99")])
    _, bottom, _, _ = where(pixels, READ)
    assert bottom > 75, "the tag is below the box"


def test_tags_are_smaller_where_lines_are_close():
    pair = [Note((100, 30, 30, 60), "7"), Note((100, 114, 30, 60), "7")]
    far = [Note((100, 30, 30, 60), "7"), Note((100, 130, 30, 60), "7")]
    close, wide = annotate(paper(), pair), annotate(paper(), far)
    assert (close[30:90, 100:130] == 255).all(), "the upper digit is not covered"
    assert where(wide, READ)[0] < where(close, READ)[0], "its own tag is smaller, too"


def test_one_pixel_is_enough():
    assert annotate(paper(255, 1, 1), [Note((0, 0, 1, 1), "7")]).ndim == 3


def test_a_png_keeps_every_pixel():
    pixels = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    np.testing.assert_array_equal(np.asarray(Pillow.open(io.BytesIO(to_png(pixels)))), pixels)
