import numpy as np
import pytest

from inkdigits.evaluation.corruptions.edges import canny_edges


def test_a_square_becomes_its_outline(rng):
    square = np.zeros((1, 28, 28), np.uint8)
    square[0, 8:20, 8:20] = 255
    edges = canny_edges(square, rng)[0]
    assert set(np.unique(edges)) == {0, 255}
    # The border lies between 7 and 8 and between 19 and 20.
    for line in (edges[14], edges[:, 14]):
        assert set(np.flatnonzero(line)) <= {7, 8, 19, 20}
        assert line[7:9].any() and line[19:21].any()
    assert not edges[10:18, 10:18].any()
    assert not edges[:6].any() and not edges[:, :6].any()


# Smoothed by one pixel, a step of g rises by 0.641 g over two pixels, for which Sobel's operator
# gives 2.56 g. The thresholds of 0.1 and 0.2 are at 9.9 and 19.9 levels of grey.
@pytest.mark.parametrize("grey, found", [(255, True), (21, True), (19, False), (11, False)])
def test_an_edge_needs_contrast(grey, found, rng):
    half = np.zeros((1, 28, 28), np.uint8)
    half[:, :, 14:] = grey
    assert canny_edges(half, rng).any() == found


def test_a_strong_edge_goes_on_where_it_is_weaker(rng):
    fading = np.zeros((1, 28, 28), np.uint8)
    fading[:, 14:] = 30 - np.arange(28)  # strong up to column 10, too weak from column 21 on
    last = np.flatnonzero(canny_edges(fading, rng)[0].any(axis=0)).max()
    assert last in (19, 20, 21)


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_flat_image_has_no_edges(grey, rng):
    assert not canny_edges(np.full((2, 28, 28), grey, np.uint8), rng).any()


def test_each_image_has_edges_of_its_own(digits, rng):
    images = digits.images[:4]
    alone = [canny_edges(images[k : k + 1], rng)[0] for k in range(4)]
    np.testing.assert_array_equal(canny_edges(images, rng), alone)


def test_no_images_stay_no_images(rng):
    assert canny_edges(np.zeros((0, 28, 28), np.uint8), rng).shape == (0, 28, 28)
