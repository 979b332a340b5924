from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.dataset import Dataset, LabelledImages
from inkdigits.errors import DataError, UsageError
from inkdigits.workflows.matching import load_matching, match


def dataset(names, labels, images=None):
    part = LabelledImages(
        np.zeros((len(labels), 8, 8), np.uint8) if images is None else images,
        np.array(labels, np.uint8),
    )
    return Dataset("mine", part, part, names, "0" * 64, form="pictures")


def test_labels_become_those_of_the_network():
    matched = match(dataset(("cat", "dog"), [0, 1, 1]), ("dog", "fish", "cat"), (8, 8, 1))
    assert matched.test.labels.tolist() == matched.train.labels.tolist() == [2, 0, 0]
    assert matched.class_names == ("dog", "fish", "cat")


def test_numbered_classes_are_taken_in_the_order_of_the_network():
    matched = match(dataset(("0", "1"), [1, 0]), ("cat", "dog"), (8, 8, 1))
    assert matched.test.labels.tolist() == [1, 0]


def test_numbers_that_are_fewer_than_the_network_has_classes_are_names():
    with pytest.raises(UsageError, match=r'mine has a class "0"; .* cat, dog, fish'):
        match(dataset(("0", "1"), [1, 0]), ("cat", "dog", "fish"), (8, 8, 1))


def test_a_class_that_the_network_does_not_know_is_named():
    with pytest.raises(UsageError, match=r'mine has a class "bird"; .* apart cat, dog'):
        match(dataset(("cat", "bird"), [0]), ("cat", "dog"), (8, 8, 1))


def test_grey_images_are_shown_to_a_network_for_colours_as_grey():
    images = np.full((1, 8, 8), 9, np.uint8)
    matched = match(dataset(("a", "b"), [0], images), ("a", "b"), (8, 8, 3))
    assert matched.test.images.shape == (1, 8, 8, 3)
    assert (matched.test.images == 9).all()


def test_colours_become_lightness_for_a_network_that_reads_grey():
    images = np.full((1, 8, 8, 3), (10, 20, 30), np.uint8)
    matched = match(dataset(("a", "b"), [0], images), ("a", "b"), (8, 8, 1))
    assert matched.test.images.tolist() == [[[18] * 8] * 8]


def test_images_of_another_size_are_refused():
    with pytest.raises(UsageError, match="of 9x8 pixels; those of mine have 8x8 pixels"):
        match(dataset(("a", "b"), [0]), ("a", "b"), (9, 8, 1))


def test_mnist_is_loaded_for_a_network_of_the_ten_digits():
    matched = load_matching("mnist", "0123456789", (28, 28, 1), "digits")
    assert matched.test.labels[:3].tolist() == [7, 2, 1]


def test_pictures_are_loaded_in_the_size_of_the_network(tmp_path: Path):
    labels = np.array([0, 1] * 5)
    arrays = {"x_train": np.zeros((10, 16, 16), np.uint8), "y_train": labels}
    np.savez(tmp_path / "mine.npz", **arrays, x_test=arrays["x_train"], y_test=labels)
    matched = load_matching(tmp_path / "mine.npz", ("a", "b"), (32, 32, 3), "pictures")
    assert matched.shape == (32, 32, 3)


def test_what_is_missing_is_told(tmp_path: Path):
    with pytest.raises(DataError, match="nowhere"):
        load_matching(tmp_path / "nowhere", ("a", "b"), (8, 8, 1), "pictures")
