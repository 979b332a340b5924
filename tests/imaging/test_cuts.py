from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inkdigits.imaging.cuts import cut
from inkdigits.imaging.marks import Mark


def mark(mask, x=0, y=0):
    mask = np.asarray(mask, bool)
    return Mark(x, y, np.where(mask, 200, 0).astype(np.uint8), mask, 200.0)


def together(parts, shape, x=0, y=0):
    """How many parts have ink on each pixel."""
    count = np.zeros(shape, int)
    for part in parts:
        rows, columns = part.y - y, part.x - x
        count[rows : rows + part.height, columns : columns + part.width] += part.mask
    return count


def joined_blocks(height=60, width=40, joint=5, row=30):
    """Two blocks with paper between them and a joint across it."""
    mask = np.zeros((height, 2 * width + 10), bool)
    mask[:, :width] = mask[:, width + 10 :] = True
    mask[row : row + joint] = True
    return mask


def test_blocks_that_touch_are_parted_where_they_touch():
    mask = joined_blocks()
    parts = cut(mark(mask))
    middle = [part.right for part in parts if 40 <= part.right <= 50]
    assert middle  # some cut goes through the joint
    np.testing.assert_array_equal(together(parts, mask.shape), mask)


@pytest.mark.parametrize("row", [0, 27, 55])
def test_the_joint_may_be_anywhere(row):
    mask = joined_blocks(row=row)
    assert any(40 <= part.right <= 50 for part in cut(mark(mask)))


def test_parts_lie_at_their_places_in_the_picture():
    mask = joined_blocks()
    parts = cut(mark(mask, x=300, y=70))
    assert parts[0].x == 300
    assert parts[-1].right == 300 + mask.shape[1]
    assert min(part.y for part in parts) == 70
    np.testing.assert_array_equal(together(parts, mask.shape, 300, 70), mask)


def test_parts_keep_their_ink_and_its_level():
    values = np.arange(60 * 90, dtype=np.uint8).reshape(60, 90)
    whole = Mark(0, 0, values, joined_blocks(), 123.0)
    for part in cut(whole):
        inside = values[part.y : part.bottom, part.x : part.right]
        np.testing.assert_array_equal(part.values, inside)
        assert part.level == 123.0


@pytest.mark.parametrize(
    "mask",
    [
        np.ones((60, 8)),  # an upright stroke
        np.ones((60, 60)),  # every cut would go through the whole height
        np.ones((1, 1)),
        np.ones((300, 1)),
    ],
)
def test_what_no_cheap_path_goes_through_stays_whole(mask):
    whole = mark(mask)
    assert cut(whole) == [whole]


@pytest.mark.parametrize(("digits", "most"), [(1, 7), (3, 12), (20, 25)])
def test_a_chain_has_the_more_parts_the_longer_it_is(digits, most):
    mask = np.zeros((40, 30 * digits), bool)
    mask[18:22] = True
    mask[:, 5::30] = mask[:, 6::30] = mask[:, 7::30] = True
    parts = cut(mark(mask))
    assert min(2 * digits, most) <= len(parts) <= most
    assert all(one.x < other.x for one, other in pairwise(parts))
    np.testing.assert_array_equal(together(parts, mask.shape), mask)


def test_a_slanted_gap_is_followed():
    mask = np.ones((40, 70), bool)
    for row in range(40):
        mask[row, 38 - row // 8 : 42 - row // 8] = False
    mask[20] = True
    parts = cut(mark(mask))
    assert len(parts) == 2
    np.testing.assert_array_equal(together(parts, mask.shape), mask)
    left, right = (part.mask.sum() for part in parts)
    assert left == pytest.approx(right, rel=0.25)


@settings(max_examples=30)
@given(arrays(bool, st.tuples(st.integers(1, 60), st.integers(1, 90))))
def test_each_pixel_of_ink_is_in_exactly_one_part(mask):
    mask[0, 0] = True
    np.testing.assert_array_equal(together(cut(mark(mask)), mask.shape), mask)
