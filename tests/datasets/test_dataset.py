from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from inkdigits.datasets.dataset import LabelledImages, joined


@pytest.fixture
def four():
    images = np.arange(4, dtype=np.uint8)[:, None, None] * np.ones((2, 2), np.uint8)
    return LabelledImages(images, np.array([2, 0, 2, 1], np.uint8))


def test_length_is_the_number_of_images(four):
    assert len(four) == 4


def test_take_returns_images_with_their_labels_in_the_order_asked_for(four):
    taken = four.take(np.array([3, 0]))
    assert taken.images[:, 0, 0].tolist() == [3, 0]
    assert taken.labels.tolist() == [1, 2]


def test_take_accepts_a_slice(four):
    assert four.take(slice(1, 3)).labels.tolist() == [0, 2]


def test_take_of_nothing_is_empty(four):
    assert len(four.take(slice(0))) == 0


def test_class_counts_has_a_place_for_classes_without_images(four):
    assert four.class_counts(5) == [1, 1, 2, 0, 0]


@pytest.mark.usefixtures("unchecked_arrays")
def test_one_label_for_each_image_is_required():
    with pytest.raises(ValueError, match="received 2 images and 3 labels"):
        LabelledImages(np.zeros((2, 4, 4), np.uint8), np.zeros(3, np.uint8))


def test_fields_cannot_be_replaced(four):
    with pytest.raises(FrozenInstanceError):
        four.labels = np.zeros(4, np.uint8)


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        (np.zeros((2, 4, 4), np.float32), np.zeros(2, np.uint8)),
        (np.zeros((2, 4, 4, 1), np.uint8), np.zeros(2, np.uint8)),
        (np.zeros((2, 4, 4), np.uint8), np.zeros((2, 1), np.uint8)),
        (np.zeros((2, 4, 4), np.uint8), np.zeros(3, np.uint8)),
    ],
)
def test_annotated_shapes_are_checked_while_the_tests_run(images, labels):
    with pytest.raises(TypeCheckError):
        LabelledImages(images, labels)


def test_joined_images_keep_their_order(four):
    both = joined(four.take(np.array([1, 0])), four.take(slice(1)))
    assert both.images[:, 0, 0].tolist() == [1, 0, 0]
    assert both.labels.tolist() == four.labels[[1, 0, 0]].tolist()
