import numpy as np

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.sources.alike import find_alike


def part(shades, labels):
    images = np.array(shades, np.uint8)[:, None, None] + np.zeros((1, 2, 2), np.uint8)
    return LabelledImages(images, np.array(labels, np.uint8))


def test_images_that_differ_are_not_alike():
    alike = find_alike(part([1, 2], [0, 1]), part([3], [0]))
    assert (alike.repeated, alike.leaks, alike.conflicts) == ({"train": 0, "test": 0}, [], [])


def test_repeats_are_counted_within_a_part():
    alike = find_alike(part([1, 1, 1, 2], [0, 0, 0, 1]), part([3, 3], [0, 0]))
    assert (alike.repeated, alike.leaks) == ({"train": 2, "test": 1}, [])


def test_a_leak_names_the_first_training_image():
    alike = find_alike(part([5, 1, 1], [0, 0, 0]), part([9, 1], [0, 0]))
    assert alike.leaks == [(("test", 1), ("train", 1))]
    assert alike.conflicts == []


def test_the_same_image_under_two_labels_is_a_conflict():
    alike = find_alike(part([1, 1], [0, 1]), part([7, 7], [1, 0]))
    assert alike.conflicts == [(("train", 1), ("train", 0)), (("test", 1), ("test", 0))]
    assert alike.leaks == []
