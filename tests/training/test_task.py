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
from inkdigits.training.task import Chosen, Task

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


def test_smoothing_spreads_a_share_of_each_label_over_all_outputs(task):
    targets = replace(task, label_smoothing=0.2).targets
    assert targets.dtype == np.float32
    np.testing.assert_allclose(targets[0], [0.05, 0.05, 0.05, 0.85])
    np.testing.assert_allclose(targets[1], 0.25)


class Parrot:
    """A teacher's answers: class 2 for a picture with ink in its corner, class 1 for others."""

    values = None

    def answers(self, inputs, values):
        corner = keras.ops.convert_to_numpy(inputs)[:, 0, 0, 0] > 0
        return keras.ops.convert_to_tensor(np.eye(4, dtype=np.float32)[1 + corner])


def test_what_is_taught_stands_in_place_of_the_first_labels(task):
    images = np.zeros((5, 28, 28), np.uint8)
    images[3, 0, 0] = 255
    taught = replace(task, images=images, lesson=Parrot(), taught=4)
    order = np.array([4, 3, 0], np.int32)
    batch = taught.to_batch(chosen(taught, order), np.zeros((3, 0), np.float32))
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(batch.targets), [[0, 1, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]]
    )
    np.testing.assert_array_equal(batch.labels, task.labels[order])


def test_a_teacher_sees_an_image_moved_but_not_obscured(task):
    ranges = Augmentation(width_shift=0.2, texture=1.0, fading=0.9)
    augmenter = Augmenter(ranges, (28, 28))
    seen = []

    class Watching(Parrot):
        def answers(self, inputs, values):
            seen.append(keras.ops.convert_to_numpy(inputs))
            return super().answers(inputs, values)

    taught = replace(task, augmenter=augmenter, lesson=Watching(), taught=5)
    rows = augmenter.draw(5, np.random.default_rng(0))
    batch = taught.to_batch(chosen(taught, np.arange(5, dtype=np.int32)), rows)
    inputs = keras.ops.convert_to_tensor(scale(task.images))
    moved = keras.ops.convert_to_numpy(augmenter.redraw(inputs, rows))
    np.testing.assert_array_equal(seen[0], moved)
    whole = keras.ops.convert_to_numpy(augmenter(inputs, rows))
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(batch.inputs), whole)
    assert np.abs(moved - whole).max() > 0.1
    assert np.abs(moved - scale(task.images)).max() > 0.1


def chosen(task, order):
    arrays = (order, task.pixels[order], task.labels[order], task.targets[order])
    return Chosen(*(keras.ops.convert_to_tensor(each) for each in arrays))


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
    levelled = replace(task, images=levels, labels=np.zeros(1, np.uint8))
    batch = levelled.to_batch(chosen(levelled, np.zeros(1, np.int32)), np.zeros((1, 8)))
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(batch.inputs), scale(levels))


def test_with_an_augmenter_images_are_changed_as_its_rows_say(task, rng):
    augmenter = Augmenter(Augmentation(rotation=90.0, stroke=0.5), (28, 28))
    rows = augmenter.draw(5, rng)
    inputs = scale(task.images)
    changing = replace(task, augmenter=augmenter)
    batch = changing.to_batch(chosen(changing, np.arange(5, dtype=np.int32)), rows)
    changed = keras.ops.convert_to_numpy(batch.inputs)
    np.testing.assert_array_equal(changed, keras.ops.convert_to_numpy(augmenter(inputs, rows)))
    assert np.abs(changed - inputs).max() > 0.1
