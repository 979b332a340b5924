import numpy as np
import pytest

from inkdigits.imaging.pages.strokes import FACTOR, PAD, cover, depth_field, edges
from inkdigits.imaging.pages.truth import InkBox


@pytest.fixture
def bar():
    """An upright bar: rows 4 to 23, columns 12 to 15."""
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 12:16] = 255
    return image


def scaling(pixels_per_unit):
    """From cells of a field to a page on which the image's corner, without padding, is at 0."""
    scale = pixels_per_unit / FACTOR
    # The middle of the first cell lies half a cell from the corner.
    shift = (0.5 / FACTOR - PAD) * pixels_per_unit - 0.5
    return np.array([[scale, 0, shift], [0, scale, shift], [0, 0, 1]])


def test_a_bar_is_deepest_in_its_middle_and_its_edge_has_depth_0(bar):
    depth = depth_field(bar)
    row = depth[(14 + PAD) * FACTOR]
    assert depth.shape == ((28 + 2 * PAD) * FACTOR,) * 2
    # Four wide: the middle is two pixels from either edge.
    assert row.max() == pytest.approx(2, abs=0.3)
    edge = (12 + PAD) * FACTOR
    assert row[edge - 1] < 0 < row[edge]
    # Three pixels outside; distances are known to some percent.
    assert row[edge - 3 * FACTOR] == pytest.approx(-3, abs=0.3)


@pytest.mark.parametrize(("pen_width", "wide"), [(0.5, 2), (1, 4), (1.5, 6)])
def test_the_pen_makes_strokes_wider_or_narrower(bar, pen_width, wide):
    row = depth_field(bar, pen_width)[(14 + PAD) * FACTOR]
    assert (row > 0).sum() / FACTOR == pytest.approx(wide, abs=0.4)


def test_a_thin_pen_leaves_a_narrow_stroke_beside_a_wide_one():
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 4:9] = 255  # five wide
    image[4:24, 20:22] = 255  # two wide
    row = depth_field(image, 0.5)[(14 + PAD) * FACTOR] > 0
    left, right = row[: (14 + PAD) * FACTOR].sum(), row[(14 + PAD) * FACTOR :].sum()
    assert left > right > 0.6 * FACTOR


def test_paper_has_no_depth():
    assert depth_field(np.zeros((28, 28), np.uint8)).max() < 0


@pytest.mark.parametrize("pixels_per_unit", [1, 3, 8])
def test_ink_covers_the_area_that_the_image_says_at_every_size(bar, pixels_per_unit):
    box, share = cover(depth_field(bar), scaling(pixels_per_unit), pixels_per_unit)
    area = 4 * 20 * pixels_per_unit**2
    assert share.sum() == pytest.approx(area, rel=0.06)
    assert share.shape == (box.height, box.width)
    assert share.min() >= 0
    assert share.max() == pytest.approx(1, abs=0.01)
    # Its edges are smooth, so the box is up to a pixel larger on each side.
    assert 12 * pixels_per_unit - 1 <= box.x <= 12 * pixels_per_unit
    assert 4 * pixels_per_unit - 1 <= box.y <= 4 * pixels_per_unit + 1
    assert 4 * pixels_per_unit <= box.width <= 4 * pixels_per_unit + 2


def test_a_quarter_turn_swaps_height_and_width(bar):
    depth = depth_field(bar)
    upright, _ = cover(depth, scaling(4), 4)
    turn = np.array([[0.0, -1, 120], [1, 0, 0], [0, 0, 1]])
    lying, _ = cover(depth, turn @ scaling(4), 4)
    assert abs(lying.width - upright.height) <= 1
    assert abs(lying.height - upright.width) <= 1


def test_the_box_ends_where_the_ink_ends(bar):
    _, share = cover(depth_field(bar), scaling(3.3), 3.3)
    for side in (share[0], share[-1], share[:, 0], share[:, -1]):
        assert side.max() > 0


def test_no_ink_has_an_empty_box():
    box, share = cover(depth_field(np.zeros((28, 28), np.uint8)), scaling(2), 2)
    assert box[2:] == (0, 0) == InkBox(5, 5, 0, 0)[2:]
    assert share.size == 0


def test_edges_are_where_each_row_begins_and_ends(bar):
    left, right = edges(depth_field(bar), scaling(2), 56)
    assert left[28] == pytest.approx(24, abs=1)
    assert right[28] == pytest.approx(31, abs=1)
    assert left[2] == np.inf
    assert right[2] == -np.inf
