import numpy as np
import pytest

from inkdigits.imaging.parts import ink_parts


def test_ink_hangs_together_across_corners_but_not_across_paper():
    image = np.array([[1, 0, 0, 0], [0, 2, 0, 3], [0, 0, 0, 4]], np.uint8)
    first, second = ink_parts(image)
    assert first.tolist() == [[1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 0, 0]]
    assert second.tolist() == [[0, 0, 0, 0], [0, 0, 0, 3], [0, 0, 0, 4]]


def test_the_largest_part_comes_first_and_all_parts_make_up_the_image():
    image = np.array([[1, 0, 9, 9, 9, 0, 2, 2]], np.uint8)
    parts = ink_parts(image)
    assert [np.count_nonzero(part) for part in parts] == [3, 2, 1]
    np.testing.assert_array_equal(np.maximum.reduce(parts), image)


def test_what_is_fainter_than_wanted_separates():
    image = np.array([[200, 60, 200]], np.uint8)
    assert len(ink_parts(image)) == 1
    assert [part.tolist() for part in ink_parts(image, 64)] == [[[200, 0, 0]], [[0, 0, 200]]]


@pytest.mark.parametrize("shape", [(1, 1), (5, 3)])
def test_bare_paper_has_no_parts(shape):
    assert ink_parts(np.zeros(shape, np.uint8)) == []
