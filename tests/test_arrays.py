import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from jaxtyping import TypeCheckError

from inkdigits.arrays import image_shape, one_hot, scale


def test_scale_divides_by_255_and_appends_a_channel_axis():
    scaled = scale(np.array([[[0, 51], [102, 255]]], np.uint8))
    assert scaled.shape == (1, 2, 2, 1)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled[0, :, :, 0], [[0.0, 0.2], [0.4, 1.0]], rtol=1e-7)


@given(arrays(np.uint8, array_shapes(min_dims=3, max_dims=3, min_side=0)))
def test_scale_stays_between_0_and_1_and_can_be_undone(images):
    scaled = scale(images)
    assert scaled.shape == (*images.shape, 1)
    assert ((scaled >= 0) & (scaled <= 1)).all()
    np.testing.assert_array_equal(np.rint(scaled[..., 0] * 255).astype(np.uint8), images)


def test_scale_keeps_three_colours_in_the_last_axis():
    scaled = scale(np.array([[[[0, 51, 255]]]], np.uint8))
    assert scaled.shape == (1, 1, 1, 3)
    np.testing.assert_allclose(scaled.ravel(), [0.0, 0.2, 1.0], rtol=1e-7)


def test_an_image_of_grey_has_one_channel_and_one_in_colour_three():
    assert image_shape(np.zeros((2, 30, 20), np.uint8)) == (30, 20, 1)
    assert image_shape(np.zeros((2, 30, 20, 3), np.uint8)) == (30, 20, 3)


def test_scale_leaves_its_argument_alone():
    images = np.full((1, 2, 2), 7, np.uint8)
    scale(images)[:] = 0
    assert (images == 7).all()


@pytest.mark.usefixtures("unchecked_arrays")
@pytest.mark.parametrize(
    ("images", "received"),
    [
        (np.zeros((1, 28, 28), np.float32), r"float32 with shape \(1, 28, 28\)"),
        (np.zeros((28, 28), np.uint8), r"uint8 with shape \(28, 28\)"),
        (np.zeros((1, 28, 28, 1), np.uint8), r"uint8 with shape \(1, 28, 28, 1\)"),
        (np.zeros((1, 28, 28, 4), np.uint8), r"uint8 with shape \(1, 28, 28, 4\)"),
        (np.zeros((1, 28, 28), np.int64), r"int64 with shape \(1, 28, 28\)"),
    ],
)
def test_scale_refuses_other_types_and_shapes_and_names_them(images, received):
    with pytest.raises(TypeError, match=f"`images` must be uint8 .* received {received}"):
        scale(images)


def test_one_hot_puts_a_single_1_into_the_column_of_the_label():
    columns = one_hot(np.array([3, 0, 9], np.uint8))
    assert columns.dtype == np.float32
    assert columns.shape == (3, 10)
    assert [row.nonzero()[0].tolist() for row in columns] == [[3], [0], [9]]
    assert columns.sum() == 3


@given(arrays(np.uint8, st.integers(0, 20), elements=st.integers(0, 6)))
def test_the_largest_column_of_one_hot_is_the_label(labels):
    assert one_hot(labels, 7).argmax(axis=1).tolist() == labels.tolist()


def test_one_hot_of_nothing_has_no_rows():
    assert one_hot(np.array([], np.uint8), 4).shape == (0, 4)


def test_one_hot_refuses_a_label_without_a_column():
    with pytest.raises(ValueError, match="labels must be below 3; received 3"):
        one_hot(np.array([0, 3], np.uint8), classes=3)


def test_annotated_shapes_are_checked_while_the_tests_run():
    with pytest.raises(TypeCheckError):
        scale(np.zeros((28, 28), np.uint8))
