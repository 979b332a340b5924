import numpy as np
import pytest

from inkdigits.imaging.binarise import binarise
from inkdigits.imaging.ink import Ink

STRONG, FAINT = np.s_[30:90, 20:26], np.s_[60:120, 90:96]


def ink_of(noise=0.0, grain=0.0, strong=200, faint=52, shape=(200, 260)):
    values = np.zeros(shape, np.uint8)
    values[STRONG], values[FAINT] = strong, faint
    return Ink(values, values, bright=False, noise=noise, grain=grain)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (23, 400), (24, 400)])
@pytest.mark.parametrize("value", [0, 255])
def test_a_picture_of_any_shape_has_a_foreground(shape, value):
    values = np.full(shape, value, np.uint8)
    (one,) = binarise(Ink(values, values, bright=False, noise=0.0, grain=0.0))
    assert one.mask.shape == one.shares.shape == one.levels.shape == shape
    assert one.mask.all() == (value > 0)


def test_without_noise_faint_strokes_count_beside_strong_ones():
    (one,) = binarise(ink_of())
    assert one.mask[STRONG].all()
    assert one.mask[FAINT].all()
    assert one.mask.sum() == 2 * 60 * 6


def test_a_stroke_ends_at_a_third_of_the_darkest_ink_nearby():
    ink = ink_of()
    ink.values[30:90, 26:28], ink.values[30:90, 28:30] = 80, 30  # 0.4 and 0.15 of it
    (one,) = binarise(ink)
    assert one.mask[60, 20:30].tolist() == [True] * 8 + [False] * 2


@pytest.mark.parametrize(("noise", "found"), [(15.0, True), (17.0, False)])
def test_ink_stands_out_by_3_2_standard_deviations(noise, found):  # 48.0 and 54.4
    (one,) = binarise(ink_of(noise, noise))
    assert one.mask[STRONG].all()
    assert one.mask[FAINT].any() == found
    assert one.lowest == pytest.approx(3.2 * noise)


def test_where_paper_is_more_uneven_than_grainy_there_is_another_way():
    usual, other = binarise(ink_of(noise=18.0, grain=6.0))
    assert (usual.lowest, other.lowest) == (pytest.approx(57.6), pytest.approx(38.4))
    assert not usual.mask[FAINT].any()
    assert other.mask[FAINT].all()


def test_on_squared_paper_the_grain_alone_counts_and_lines_do_not():
    ink = ink_of(noise=40.0, grain=4.0)
    lines = np.zeros(ink.values.shape, bool)
    lines[10::24] = lines[:, 10::24] = True
    ink.values[lines] = np.maximum(ink.values[lines], 40)
    (one,) = binarise(ink)
    assert one.lowest == 13
    assert one.mask[STRONG].mean() > 0.95
    assert one.mask[FAINT].mean() > 0.9
    assert (one.mask & lines).sum() < 0.05 * lines.sum()
