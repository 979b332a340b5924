from dataclasses import replace

import keras
import numpy as np
import pytest

from inkdigits.arrays import scale
from inkdigits.networks.architecture import Architecture, Dense, Flatten, Softmax
from inkdigits.networks.build import build
from inkdigits.training.augmentation.augmenter import Augmenter
from inkdigits.training.augmentation.ranges import Augmentation
from inkdigits.training.no_digits.mixture import NO_CLASS
from inkdigits.training.sums import Sums
from inkdigits.training.task import Task

FOUR_CLASSES = Architecture("four", (28, 28, 1), (Flatten(), Dense(4), Softmax()))
NONE_CLASS = Architecture("none", (28, 28, 1), (Flatten(), Dense(5), Softmax()), none_class=True)


@pytest.fixture(scope="module")
def task(digits):
    """A task of five images, two of them without a class."""
    labels = np.array([3, NO_CLASS, 0, NO_CLASS, 1], np.uint8)
    images = digits.images[:5]
    return Task(build(FOUR_CLASSES), keras.optimizers.SGD(), 0.0, 1, None, images, labels)


def test_an_image_should_be_answered_with_its_class_or_with_all_alike(task):
    targets = task.targets
    assert targets.dtype == np.float32
    assert targets.tolist() == [
        [0, 0, 0, 1],
        [0.25, 0.25, 0.25, 0.25],
        [1, 0, 0, 0],
        [0.25, 0.25, 0.25, 0.25],
        [0, 1, 0, 0],
    ]


def test_where_an_output_stands_for_no_class_an_image_without_one_should_be_answered_by_it(task):
    with_output = replace(task, model=build(NONE_CLASS), none_class=True)
    assert (with_output.outputs, with_output.classes) == (5, 4)
    assert with_output.targets.dtype == np.float32
    assert with_output.targets.tolist() == [
        [0, 0, 0, 1, 0],
        [0, 0, 0, 0, 1],
        [1, 0, 0, 0, 0],
        [0, 0, 0, 0, 1],
        [0, 1, 0, 0, 0],
    ]


@pytest.mark.parametrize("label", [4, 5])
def test_no_label_but_that_of_no_class_leads_to_its_output(task, label):
    labels = np.array([0, NO_CLASS, label], np.uint8)
    wrong = replace(task, model=build(NONE_CLASS), none_class=True, labels=labels)
    with pytest.raises(ValueError, match=f"labels must be below 4; received {label}"):
        _ = wrong.targets


def test_what_is_taught_stands_in_place_of_the_first_labels(task):
    taught = np.array([[0.7, 0.1, 0.1, 0.1], [0, 0.5, 0.5, 0]], np.float32)
    targets = replace(task, taught=taught).targets
    np.testing.assert_array_equal(targets[:2], taught)
    np.testing.assert_array_equal(targets[2:], task.targets[2:])


@pytest.mark.parametrize("labels", [[], [NO_CLASS], [NO_CLASS] * 3], ids=str)
def test_there_may_be_no_images_or_none_with_a_class(task, labels):
    targets = replace(task, labels=np.array(labels, np.uint8)).targets
    np.testing.assert_array_equal(targets, np.full((len(labels), 4), 0.25))


@pytest.mark.parametrize("label", [4, NO_CLASS - 1])
def test_a_label_beyond_the_classes_is_refused(task, label):
    wrong = replace(task, labels=np.array([0, NO_CLASS, label], np.uint8))
    with pytest.raises(ValueError, match=f"labels must be below 4; received {label}"):
        _ = wrong.targets


def test_asking_for_targets_leaves_the_labels_alone(task):
    before = task.labels.copy()
    _ = task.targets
    np.testing.assert_array_equal(task.labels, before)


def test_totals_count_an_image_every_time_and_as_classified_only_with_a_class(task):
    order = np.array([[0, 1, 2], [3, 3, 0]], np.int32)
    assert task.sums(1.5, 2, order) == Sums(loss=1.5, correct=2, images=6, classified=3)
    assert task.sums(0.0, 0, order[:0]) == Sums()
    assert task.sums(0.5, 0, order[1, :2]) == Sums(loss=0.5, images=2)


def test_every_byte_becomes_the_input_that_recognition_gives_it(task):
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    made = task.to_inputs(keras.ops.convert_to_tensor(levels[..., None]), np.zeros((1, 8)))
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(made), scale(levels))


def test_with_an_augmenter_images_are_changed_as_its_rows_say(task, rng):
    augmenter = Augmenter(Augmentation(rotation=90.0, stroke=0.5), (28, 28))
    rows = augmenter.draw(5, rng)
    pixels, inputs = task.images[..., None], scale(task.images)
    changed = replace(task, augmenter=augmenter).to_inputs(pixels, rows)
    expected = augmenter(inputs, rows)
    np.testing.assert_array_equal(*(keras.ops.convert_to_numpy(x) for x in (changed, expected)))
    assert np.abs(keras.ops.convert_to_numpy(changed) - inputs).max() > 0.1
