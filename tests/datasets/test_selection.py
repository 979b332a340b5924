import numpy as np

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.datasets.selection import first_of_each_class


def numbered(labels):
    """Images whose pixels are their number in the set."""
    numbers = np.arange(len(labels), dtype=np.uint8)
    return LabelledImages(np.tile(numbers[:, None, None], (1, 2, 2)), np.array(labels, np.uint8))


def test_the_first_images_of_every_class_come_class_by_class():
    chosen = first_of_each_class(numbered([1, 0, 1, 0, 1, 0]), classes=2, count=2)
    assert chosen.labels.tolist() == [0, 0, 1, 1]
    assert chosen.images[:, 0, 0].tolist() == [1, 3, 0, 2]


def test_a_class_with_fewer_images_gives_those_it_has():
    chosen = first_of_each_class(numbered([2, 0, 0, 0]), classes=3, count=2)
    assert chosen.images[:, 0, 0].tolist() == [1, 2, 0]
