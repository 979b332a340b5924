import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.errors import DataError
from inkdigits.sources.aside import same_images, set_aside


def labelled(shades, labels):
    images = np.array(shades, np.uint8)[:, None, None] + np.zeros((1, 2, 2), np.uint8)
    return LabelledImages(images, np.array(labels, np.uint8))


def test_a_fifth_of_each_class_is_chosen():
    everything = labelled(range(100), [0] * 80 + [1] * 20)
    chosen = set_aside(everything, "mine")
    assert np.bincount(everything.labels[chosen]).tolist() == [16, 4]


def test_the_choice_is_always_the_same():
    everything = labelled(range(50), [0, 1] * 25)
    assert (set_aside(everything, "mine") == set_aside(everything, "mine")).all()


def test_the_same_image_is_never_on_both_sides():
    shades = [*range(20)] * 3
    everything = labelled(shades, [0, 1] * 30)
    chosen = set_aside(everything, "mine")
    here, there = (set(everything.images[part, 0, 0].tolist()) for part in (chosen, ~chosen))
    assert here and there and not here & there
    assert chosen.sum() == 12


def test_a_class_with_one_image_keeps_it_for_training():
    for single in range(5):
        labels = [0] * 5
        labels[single] = 1
        assert not set_aside(labelled(range(5), labels), "mine")[single]


def test_a_class_with_many_copies_of_one_image_keeps_them():
    chosen = set_aside(labelled([7, 7, 7, 1, 2, 3], [0, 0, 0, 1, 1, 1]), "mine")
    assert chosen.sum() == 1
    assert not chosen[:3].any()


@pytest.mark.parametrize("shades", [[1], [1, 2], [4, 4, 5, 5]])
def test_nothing_to_set_aside_is_refused(shades):
    labels = [0, 1] if len(shades) == 2 else [0, 0, 1, 1][: len(shades)]
    with pytest.raises(DataError, match="mine has no test part, and no class has two different"):
        set_aside(labelled(shades, labels), "mine")


def test_same_images_point_to_the_first():
    images = np.zeros((4, 2, 2, 3), np.uint8)
    images[1, 0, 0, 2] = images[3, 0, 0, 2] = 1
    assert same_images(images).tolist() == [0, 1, 0, 1]
