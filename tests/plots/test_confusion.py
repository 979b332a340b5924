import numpy as np
from matplotlib.colors import to_rgb

from inkdigits.plots.confusion import confusion_matrix
from inkdigits.plots.style import ORANGE, PALE_BLUE

THREE = np.array([[1000, 0, 16], [1, 2000, 0], [0, 4, 1500]])


def test_counts_are_written_and_zeros_left_out(texts):
    found = texts(confusion_matrix(THREE, ["a", "b", "c"]))
    assert {"1,000", "2,000", "1,500", "16", "1", "4"} <= set(found)
    assert "0" not in found


def test_colour_is_kept_for_mistakes(drawn):
    colours = drawn(confusion_matrix(THREE, ["a", "b", "c"]))
    assert all(tuple(colours[i, i]) == to_rgb(PALE_BLUE) for i in range(3))
    np.testing.assert_allclose(colours[0, 2], to_rgb(ORANGE))
    np.testing.assert_array_equal(colours[0, 1], [1, 1, 1])
    # The square root of 4 / 16 is a half: half the way from white to full orange.
    np.testing.assert_allclose(colours[2, 1], (1 + np.array(to_rgb(ORANGE))) / 2)


def test_few_mistakes_stay_pale(drawn):
    one_mistake = np.array([[10, 1], [0, 10]])
    red, green, blue = drawn(confusion_matrix(one_mistake, ["a", "b"]))[0, 1]
    assert red > 0.9 and green > 0.7 and blue > 0.6


def test_the_matrix_itself_is_left_alone():
    before = THREE.copy()
    confusion_matrix(THREE, ["a", "b", "c"])
    np.testing.assert_array_equal(THREE, before)


def test_each_class_names_its_row_and_its_column(texts):
    found = texts(confusion_matrix(THREE, ["a", "b", "c"]))
    assert all(found.count(name) == 2 for name in "abc")
    assert {"truth", "the network's answer"} <= set(found)


def test_many_classes_get_smaller_cells():
    sides = [
        confusion_matrix(np.eye(n, dtype=np.int64), [str(i) for i in range(n)]).get_size_inches()
        for n in (10, 26)
    ]
    assert sides[1][0] < 1.2 * sides[0][0]
