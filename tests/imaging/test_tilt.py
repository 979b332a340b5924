import numpy as np
import pytest

from inkdigits.imaging.text_lines import group_into_lines
from inkdigits.imaging.tilt import line_slope

HEIGHT = 30


def written(slope, lines=1, digits=4, apart=60, distance=90, jitter=None):
    """Boxes of digits in lines that fall by so many rows per column."""
    boxes = [
        [20 + apart * i, 100 + distance * line + slope * apart * i, 20, HEIGHT]
        for line in range(lines)
        for i in range(digits)
    ]
    moved = np.array(boxes) + 0.0
    if jitter is not None:
        moved[:, :2] += jitter.uniform(-3, 3, (len(moved), 2))
    return moved.round().astype(np.int64)


@pytest.mark.parametrize("slope", [-0.26, -0.16, 0.14, 0.24])
@pytest.mark.parametrize("lines", [1, 2, 4])
def test_the_slope_of_lines_is_told(slope, lines, rng):
    boxes = written(slope, lines, jitter=rng)
    assert line_slope(boxes, HEIGHT) == pytest.approx(slope, abs=0.05)


@pytest.mark.parametrize("slope", [-0.26, -0.16, 0.0, 0.14, 0.24])
def test_lines_that_fall_or_rise_stay_lines(slope, rng):
    boxes = written(slope, lines=3, digits=6, apart=75, jitter=rng)
    assert group_into_lines(boxes) == [list(range(k, k + 6)) for k in (0, 6, 12)]


@pytest.mark.parametrize(
    "boxes",
    [
        written(0, lines=2, digits=5),
        written(0.2, digits=2),  # two digits may stand anywhere
        written(0, lines=5, digits=1),
        np.zeros((0, 4), np.int64),
        np.array([[5, 5, 20, 30]]),
        written(0.6, digits=4),  # steeper than any line
    ],
    ids="level two column none one steep".split(),
)
def test_lines_are_level_unless_they_clearly_are_not(boxes):
    assert line_slope(boxes, HEIGHT) == 0


def test_the_order_of_boxes_does_not_matter(rng):
    boxes = written(0.2, lines=2)
    assert line_slope(rng.permutation(boxes), HEIGHT) == line_slope(boxes, HEIGHT)


def test_many_boxes_take_no_more_memory_than_some(rng):
    boxes = written(0.2, lines=200, digits=10)
    assert line_slope(boxes, HEIGHT) == pytest.approx(0.2, abs=0.05)
