import numpy as np
import pytest

from inkdigits.imaging.holes import find_holes, find_nearly_closed


def ring(height=60, width=80, thick=3):
    mask = np.zeros((120, 160), bool)
    mask[20 : 20 + height, 30 : 30 + width] = True
    mask[20 + thick : 20 + height - thick, 30 + thick : 30 + width - thick] = False
    return mask


@pytest.mark.parametrize("thick", [1, 3, 6])
def test_a_hole_is_measured_between_the_ink_around_it(thick):
    labels, boxes, (hole,) = find_holes(ring(thick=thick))
    assert boxes[hole.piece].tolist() == [30, 20, 80, 60]
    assert labels[20, 30] == hole.piece
    assert hole.sides == pytest.approx((80 - 2 * thick + 1, 60 - 2 * thick + 1), abs=0.01)
    assert hole.area == hole.sides[0] * hole.sides[1]
    # Contours run through the middle of pixels.
    assert hole.bounds == (29 + thick, 19 + thick, 111 - thick, 81 - thick)
    assert hole.thickness == pytest.approx(thick, abs=0.6)
    assert hole.rectangular


def test_ink_without_holes_has_none():
    mask = ring()
    mask[20:80, 30:110] = True
    assert find_holes(mask)[2] == []


@pytest.mark.parametrize("gap", [4, 8])
@pytest.mark.parametrize("thick", [2, 4])
def test_what_has_a_gap_has_the_hole_that_it_would_have_without(gap, thick):
    mask = ring(thick=thick)
    (whole,) = find_holes(mask)[2]
    mask[20 : 20 + thick, 60 : 60 + gap] = False
    assert find_holes(mask)[2] == []
    (hole,) = find_nearly_closed(mask, gap, whole.thickness)
    assert hole.sides == pytest.approx(whole.sides, abs=0.01)
    assert hole.bounds == whole.bounds
    assert hole.rectangular


def test_a_gap_that_is_too_large_is_left_open():
    mask = ring()
    mask[20:23, 50:70] = False
    assert find_nearly_closed(mask, 5, 3.0) == []
