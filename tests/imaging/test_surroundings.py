import numpy as np
import pytest

from inkdigits.imaging.surroundings import are_outlines, at_edge, holds_corners, is_ground

PICTURE = (300, 400)
SHEET = (50, 40, 300, 200)  # column, row, width and height
DIGITS = ((100, 100, 30, 40), (150, 100, 30, 40))


@pytest.mark.parametrize(
    ("box", "edge"),
    [
        ((0, 20, 30, 200), True),  # long beside the border
        ((396, 20, 4, 60), True),  # a sliver
        ((0, 20, 30, 60), False),
        ((10, 20, 4, 200), False),  # not at the border
        ((20, 0, 260, 40), True),
        ((20, 297, 60, 3), True),
        ((20, 270, 60, 30), False),
    ],
)
def test_an_edge_is_at_the_border_and_long_or_a_sliver(box, edge):
    assert at_edge(np.array(box), PICTURE) is edge
    assert at_edge(np.array(box), (150, 400)) is False  # too small to have one


@pytest.mark.parametrize("corners", [0, 2, 3, 4])
def test_what_ink_lies_on_holds_corners(corners):
    mask = np.zeros(PICTURE, bool)
    for row, column in [(0, 0), (0, -1), (-1, 0), (-1, -1)][:corners]:
        mask[row, column] = True
    assert holds_corners(mask, PICTURE) is (corners >= 3)
    assert not holds_corners(np.ones((299, 400), bool), PICTURE)


def outlines(*boxes, areas):
    return are_outlines(np.array(boxes).reshape(-1, 4), np.array(areas)).tolist()


def test_a_sheet_of_which_only_the_edge_is_seen_is_an_outline():
    assert outlines(SHEET, *DIGITS, areas=[2000, 400, 400]) == [True, False, False]


@pytest.mark.parametrize(
    "boxes",
    [
        [SHEET],
        [SHEET, DIGITS[0]],
        [SHEET, *((x, 60, 4, 4) for x in range(60, 200, 10))],  # dust in a thin digit
        [SHEET, *((x + 320, y, w, h) for x, y, w, h in DIGITS)],
    ],
    ids="alone one dust outside".split(),
)
def test_a_large_digit_of_a_thin_pen_is_none(boxes):
    assert not any(outlines(*boxes, areas=[2000] + [10] * (len(boxes) - 1)))


def test_what_is_full_of_ink_is_none():
    assert not any(outlines(SHEET, *DIGITS, areas=[6000, 400, 400]))
    assert outlines(areas=[]) == []


@pytest.mark.parametrize(
    ("box", "height", "level", "ground"),
    [
        ((0, 100, 30, 40), 1.0, 0.6, True),  # cut off and faint
        ((0, 100, 30, 40), 1.0, 0.7, False),
        ((0, 0, 30, 70), 1.6, 1.0, True),  # tall, in a corner
        ((0, 0, 30, 40), 1.0, 1.0, False),  # writing cropped to its ink
        ((100, 100, 30, 70), 1.6, 0.6, False),  # in the middle
        ((0, 0, 400, 70), 1.6, 1.0, False),  # from one side to the other
    ],
)
def test_what_lies_beside_the_paper_is_cut_off(box, height, level, ground):
    assert is_ground(np.array(box), PICTURE, height=height, level=level) is ground
