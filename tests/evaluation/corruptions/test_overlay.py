from math import log

import numpy as np
import pytest

from inkdigits.evaluation.corruptions.overlay import dotted_line, spatter, zigzag

BLACK = np.zeros((1, 28, 28), np.uint8)
PERIODS = (slice(2, 8), slice(18, 24))


class FixedIntegers(np.random.Generator):
    """A generator whose integers are given."""

    def __init__(self, *numbers):
        super().__init__(np.random.PCG64(0))
        self.numbers = np.array(numbers)

    def integers(self, low, high, size):
        assert (np.asarray(low) <= self.numbers).all() and (self.numbers < high).all()
        return np.broadcast_to(self.numbers, size).copy()


def ink(distance):
    return int(255 * max(0, 1 + log(1 - distance / 2.3)))


def test_mud_on_black_is_dark_grey_and_on_white_hides_it(rng):
    on_black = spatter(np.zeros((50, 28, 28), np.uint8), np.random.default_rng(0))
    on_white = spatter(np.full((50, 28, 28), 255, np.uint8), np.random.default_rng(0))
    mud = on_black > 0
    # A drop is seen from a thickness of 0.8 on: 0.8 * 63 = 50.4 over black.
    assert on_black[mud].min() == 50
    assert on_black[mud].max() <= 63
    assert (on_white[~mud] == 255).all()
    # 255 (1 - m) + 63 m with m from 0.8 to 1.
    assert on_white[mud].min() >= 63
    assert on_white[mud].max() == int(0.2 * 255 + 0.8 * 63)


def test_mud_covers_some_of_each_image_and_not_most(rng):
    covered = (spatter(np.zeros((200, 28, 28), np.uint8), rng) > 0).mean(axis=(1, 2))
    assert 0.1 < covered.mean() < 0.4
    assert covered.min() < 0.15 and covered.max() > 0.3


def test_mud_comes_in_drops(rng):
    mud = spatter(np.zeros((50, 28, 28), np.uint8), rng) > 0
    beside_mud = mud[:, :, 1:][mud[:, :, :-1]]
    assert beside_mud.mean() > 2 * mud.mean()


def test_a_level_dotted_line_has_the_published_profile():
    line = dotted_line(BLACK, FixedIntegers(13, 13))[0]
    profile = np.zeros(28, int)
    profile[13], profile[[12, 14]] = 255, ink(1)
    assert ink(2) == 0
    for column in range(28):
        dotted = column % 4 in (2, 3) and column < 27
        np.testing.assert_array_equal(line[:, column], profile * dotted)


def test_a_dotted_line_goes_from_one_row_to_the_other():
    line = dotted_line(BLACK, FixedIntegers(0, 26))[0]
    for column in (2, 10, 19, 26):
        row = 26 * column / 27
        nearest = round(row)
        assert line[nearest, column] == ink(abs(nearest - row)) == line[:, column].max()


def test_a_level_zigzag_turns_every_four_columns_two_rows_to_either_side():
    line = zigzag(BLACK, FixedIntegers(13, 0))[0]
    for column, row in ((4, 15), (8, 11), (12, 15), (16, 11), (20, 15), (24, 11)):
        assert line[:, column].argmax() == row
        assert line[row, column] == 255
    # From (4, 15) to (8, 11) it is at row 13 in column 6, and 45 degrees steep.
    expected = [ink(1), 255, ink(1)]
    assert line[12:15, 6].tolist() == expected
    assert not line[:, [0, 1, 25, 26, 27]].any()
    assert line[13, 2] == 255


@pytest.mark.parametrize("rise", [-5, 4])
def test_a_zigzag_rises_as_drawn(rise):
    line = zigzag(BLACK, FixedIntegers(13, rise))[0]
    # Corners at the lower side, 16 pixels apart along the line.
    lowest = [np.flatnonzero((line[:, part] > 100).any(axis=1)).max() for part in PERIODS]
    assert lowest[1] - lowest[0] == pytest.approx(16 * rise / np.hypot(23, rise), abs=1)


def test_a_zigzag_turns_with_its_line():
    # Its end, in column 25, lies 0.3 above the line: further right only where that falls.
    assert zigzag(BLACK, FixedIntegers(13, 4))[0, :, 25].any()
    assert not zigzag(BLACK, FixedIntegers(13, -5))[0, :, 25].any()


@pytest.mark.parametrize("corruption", [dotted_line, zigzag])
def test_lines_only_add_ink(corruption, digits):
    images = digits.images[:20]
    drawn = corruption(images, np.random.default_rng(0)).astype(int)
    alone = corruption(np.zeros_like(images), np.random.default_rng(0)).astype(int)
    together = np.minimum(images + alone, 255)
    assert np.abs(drawn - together).max() <= 1


@pytest.mark.parametrize("corruption", [dotted_line, zigzag])
def test_lines_begin_in_every_row_from_0_to_26(corruption, rng):
    lines = corruption(np.zeros((3000, 28, 28), np.uint8), rng)
    begins = np.bincount(lines[:, :, 2].argmax(axis=1), minlength=28) / 3000
    assert begins[:27].min() > 0.005
    assert begins[27] == 0


@pytest.mark.parametrize("corruption", [dotted_line, zigzag])
def test_white_stays_white_under_a_line(corruption, rng):
    white = np.full((3, 28, 28), 255, np.uint8)
    np.testing.assert_array_equal(corruption(white, rng), white)


@pytest.mark.parametrize("corruption", [spatter, dotted_line, zigzag])
def test_no_images_stay_no_images(corruption, rng):
    assert corruption(np.zeros((0, 28, 28), np.uint8), rng).shape == (0, 28, 28)
