import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from inkdigits.training.augmentation.sampling import sample

FILLS = pytest.mark.parametrize("fill", ["nearest", "constant"])
IN_SCIPY = {"nearest": "nearest", "constant": "grid-constant"}
SQUARE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


def sampled(image, right, down, fill="nearest"):
    """What one picture, given as rows of numbers, shows at these places, as rows of numbers."""
    pixels = np.array(image, np.float32)[None, :, :, None]
    places = (np.array(each, np.float32)[None] for each in (right, down))
    found = sample(keras.ops.convert_to_tensor(pixels), *places, fill)
    return np.round(keras.ops.convert_to_numpy(found)[0, :, :, 0], 4).tolist()


@FILLS
def test_every_pixel_at_its_own_place_is_the_image(fill, rng):
    images = rng.random((4, 5, 7, 1), np.float32)
    down, right = np.mgrid[:5, :7].astype(np.float32)
    right, down = (np.repeat(each[None], 4, axis=0) for each in (right, down))
    np.testing.assert_array_equal(sample(images, right, down, fill), images)


@FILLS
def test_at_whole_numbers_it_finds_the_pixel_of_that_column_and_row(fill):
    assert sampled(SQUARE, [[2, 0], [1, 1]], [[0, 2], [1, 2]], fill) == [[3, 7], [5, 8]]


@FILLS
def test_half_way_is_the_mean_of_two_and_in_the_midst_of_four_the_mean_of_four(fill):
    assert sampled(SQUARE, [[0.5]], [[0]], fill) == [[1.5]]
    assert sampled(SQUARE, [[0]], [[0.5]], fill) == [[2.5]]
    assert sampled(SQUARE, [[0.5]], [[0.5]], fill) == [[3]]


@FILLS
def test_nearer_pixels_count_more(fill):
    assert sampled([[0, 8], [16, 24]], [[0.25]], [[0.75]], fill) == [[0.25 * 8 + 0.75 * 16]]


FAR_OUT = [[-1, 3, 1, 1, -9, 1e6]], [[1, 1, -1, 3, -9, -1e6]]


def test_nearest_repeats_the_border_outside():
    assert sampled(SQUARE, *FAR_OUT, "nearest") == [[4, 6, 2, 8, 1, 3]]
    assert sampled(SQUARE, [[-0.5, 2.5]], [[1, 1]], "nearest") == [[4, 6]]


def test_constant_is_nothing_from_a_pixel_outside_on_and_fades_up_to_there():
    assert sampled(SQUARE, *FAR_OUT, "constant") == [[0] * 6]
    assert sampled(SQUARE, [[-0.5, 2.5, 2.75]], [[1, 1, 1]], "constant") == [[2, 3, 1.5]]
    assert sampled(SQUARE, [[-0.5]], [[-0.5]], "constant") == [[0.25]]


def test_each_image_is_read_at_its_own_places():
    images = np.array([SQUARE, np.multiply(10, SQUARE)], np.float32)[..., None]
    right = np.array([[[0]], [[2]]], np.float32)
    down = np.array([[[1]], [[2]]], np.float32)
    assert np.ravel(sample(images, right, down, "nearest")).tolist() == [4, 90]


@FILLS
def test_the_result_has_the_shape_of_the_places(fill, rng):
    images = rng.random((3, 5, 7, 1), np.float32)
    right, down = (rng.uniform(-2, 8, (3, 2, 9)).astype(np.float32) for _ in range(2))
    found = keras.ops.convert_to_numpy(sample(images, right, down, fill))
    assert found.shape == (3, 2, 9, 1)
    assert found.dtype == np.float32


@FILLS
def test_each_colour_is_read_as_if_it_were_alone(fill, rng):
    images = rng.random((2, 5, 7, 3), np.float32)
    right, down = rng.uniform(-1, 7, (2, 2, 4, 6)).astype(np.float32)
    alone = [sample(images[..., i : i + 1], right, down, fill) for i in range(3)]
    np.testing.assert_array_equal(sample(images, right, down, fill), np.concatenate(alone, axis=3))


@FILLS
def test_no_images_and_images_of_one_pixel(fill):
    nothing = np.zeros((0, 5, 7, 1), np.float32)
    assert sample(nothing, nothing[..., 0], nothing[..., 0], fill).shape == (0, 5, 7, 1)
    inside, outside = sampled([[7]], [[0, 1]], [[0, 0]], fill)[0]
    assert inside == 7
    assert outside == {"nearest": 7, "constant": 0}[fill]


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from(list(IN_SCIPY)), st.integers(0, 99))
def test_it_reads_as_scipy_does(height, width, fill, seed):
    rng = np.random.default_rng(seed)
    image = rng.random((height, width), np.float32)
    right = rng.uniform(-3, width + 2, (4, 6)).astype(np.float32)
    down = rng.uniform(-3, height + 2, (4, 6)).astype(np.float32)
    ours = sample(image[None, :, :, None], right[None], down[None], fill)
    theirs = ndimage.map_coordinates(image, [down, right], order=1, mode=IN_SCIPY[fill])
    np.testing.assert_allclose(np.asarray(ours)[0, :, :, 0], theirs, atol=1e-5)
