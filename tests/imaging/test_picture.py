import numpy as np
import pytest

from inkdigits.imaging.picture import Picture, picture_of


def test_grey_becomes_three_channels_alike():
    grey = np.arange(6, dtype=np.uint8).reshape(2, 3)
    picture = picture_of(grey)
    assert (picture.width, picture.height, picture.page) == (3, 2, 1)
    for channel in range(3):
        np.testing.assert_array_equal(picture.pixels[..., channel], grey)


def test_colours_stay():
    pixels = np.arange(2 * 5 * 3, dtype=np.uint8).reshape(2, 5, 3)
    picture = picture_of(pixels)
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert (picture.width, picture.height) == (5, 2)


@pytest.mark.parametrize(("width", "scale"), [(20, 1.0), (50, 2.5), (400, 20.0)])
def test_the_scale_tells_how_much_a_picture_was_reduced(width, scale):
    assert Picture(np.zeros((10, 20, 3), np.uint8), width, 10).scale == scale


@pytest.mark.parametrize(
    ("dtype", "shape"),
    [
        (np.float32, (4, 5)),
        (np.int64, (4, 5)),
        (bool, (4, 5)),
        (np.uint8, (4,)),
        (np.uint8, ()),
        (np.uint8, (4, 5, 1)),
        (np.uint8, (4, 5, 4)),
        (np.uint8, (1, 4, 5, 3)),
        (np.uint8, (0, 5)),
        (np.uint8, (4, 0, 3)),
    ],
)
def test_other_arrays_are_refused_by_name(dtype, shape):
    with pytest.raises(TypeError) as caught:
        picture_of(np.zeros(shape, dtype))
    message = str(caught.value)
    assert f"received {np.dtype(dtype)} with shape {shape}" in message
    assert "must be uint8" in message
    assert "\n" not in message
