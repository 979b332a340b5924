import numpy as np
import pytest

from inkdigits.imaging.ink import Ink
from inkdigits.imaging.marks import Mark, find_marks, find_marks_each_way, thickest_stroke


def ink_of(*strokes, shape=(120, 160), noise=0.0):
    """Ink with rectangles: first column, first row, width, height and value."""
    values = np.zeros(shape, np.uint8)
    for x, y, width, height, value in strokes:
        values[y : y + height, x : x + width] = value
    return Ink(values, values, bright=False, noise=noise, grain=noise)


def boxes(marks):
    return sorted((mark.x, mark.y, mark.width, mark.height) for mark in marks)


def test_a_mark_knows_where_it_ends():
    mark = Mark(3, 4, np.zeros((20, 10), np.uint8), np.ones((20, 10), bool), 255.0)
    assert (mark.width, mark.height, mark.right, mark.bottom) == (10, 20, 13, 24)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (300, 300)])
def test_bare_paper_has_no_marks(shape):
    assert find_marks(ink_of(shape=shape)) == []


def test_each_piece_of_ink_is_a_mark_with_its_own_pixels():
    marks = find_marks(ink_of((20, 30, 5, 40, 220), (60, 30, 30, 5, 220), (60, 35, 5, 35, 220)))
    assert boxes(marks) == [(20, 30, 5, 40), (60, 30, 30, 40)]
    corner = max(marks, key=lambda mark: mark.x)
    assert corner.mask.sum() == 30 * 5 + 5 * 35
    assert (corner.values[corner.mask] == 255).all()
    assert corner.level == pytest.approx(220, abs=1)


def test_pieces_that_touch_at_a_corner_hang_together():
    assert boxes(find_marks(ink_of((20, 20, 10, 30, 255), (30, 50, 10, 30, 255)))) == [
        (20, 20, 20, 60)
    ]


def test_a_tiny_gap_does_not_part_a_stroke_but_a_wide_one_does():
    broken = ink_of((30, 10, 6, 50, 255), (30, 61, 6, 50, 255))
    parted = ink_of((30, 10, 6, 40, 255), (30, 70, 6, 40, 255))
    (mark,) = find_marks(broken)
    assert (mark.y, mark.height) == (10, 101)
    assert mark.mask.sum() == 100 * 6  # the gap itself is no ink
    assert len(find_marks(parted)) == 2


def test_faint_strokes_count_where_there_are_no_stronger_ones():
    assert boxes(find_marks(ink_of((20, 20, 6, 60, 45)))) == [(20, 20, 6, 60)]


def test_what_is_much_fainter_than_the_rest_is_dirt():
    strong, faint = (20, 20, 6, 60, 250), (120, 20, 6, 60, 32)
    assert boxes(find_marks(ink_of(strong, faint))) == [strong[:4]]
    assert boxes(find_marks(ink_of(faint))) == [faint[:4]]


def test_a_stroke_half_as_dark_as_another_far_away_stays_whole():
    strong, paler = (20, 20, 6, 60, 250), (120, 20, 6, 60, 120)
    assert boxes(find_marks(ink_of(strong, paler))) == [strong[:4], paler[:4]]


def test_the_soft_edge_of_a_dark_stroke_does_not_belong_to_it():
    assert boxes(find_marks(ink_of((18, 18, 10, 64, 30), (20, 20, 6, 60, 250)))) == [
        (20, 20, 6, 60)
    ]


def test_what_noise_reaches_is_no_ink():
    stroke = (20, 20, 6, 60, 45)
    assert len(find_marks(ink_of(stroke, noise=1.0))) == 1
    assert find_marks(ink_of(stroke, noise=30.0)) == []


@pytest.mark.parametrize(
    "edge", [(0, 0, 9, 300), (291, 0, 9, 300), (0, 0, 300, 9), (0, 294, 120, 6)]
)
def test_an_edge_of_the_paper_is_left_out(edge):
    digit = (140, 120, 30, 60)
    ink = ink_of((*digit, 255), (*edge, 255), shape=(300, 300))
    assert boxes(find_marks(ink)) == [digit]


@pytest.mark.parametrize("margin", [2, 5])
def test_a_digit_as_high_as_the_picture_is_no_edge_unless_it_touches_the_border(margin):
    digit = (margin, margin, 120, 300 - 2 * margin)
    assert boxes(find_marks(ink_of((*digit, 255), shape=(300, 300)))) == [digit]
    assert find_marks(ink_of((0, margin, 120, 300 - 2 * margin, 255), shape=(300, 300))) == []


@pytest.mark.parametrize("side", [100, 300])
@pytest.mark.parametrize("corners", [2, 3, 4])
def test_what_holds_the_corners_of_the_picture_is_what_ink_lies_on(side, corners):
    values = np.full((side, side), 255, np.uint8)
    values[20 : side - 20, 20 : side - 20] = 0
    for y, x in [(0, 0), (-1, 0), (0, -1)][: 4 - corners]:
        values[y, x] = 0
    values[40:60, 45:50] = 255
    ink = Ink(values, values, bright=False, noise=0.0, grain=0.0)
    found = boxes(find_marks(ink))
    assert (45, 40, 5, 20) in found
    if side < 200:  # in larger ones it is an edge in any case
        assert ((0, 0, side, side) in found) == (corners == 2)


@pytest.mark.parametrize("place", [(0, 0), (240, 0), (0, 180), (240, 180)], ids=str)
def test_what_lies_beside_the_paper_in_a_corner_is_left_out(place):
    digits = [(70 + 50 * i, 120, 30, 60) for i in range(3)]
    beside = (*place, 60, 120)
    ink = ink_of(*((*box, 255) for box in (*digits, beside)), shape=(300, 300))
    assert boxes(find_marks(ink)) == digits


def test_writing_cropped_to_its_ink_keeps_the_digit_in_the_corner():
    digits = [(0, 0, 30, 80), (100, 10, 30, 60), (200, 0, 30, 70), (0, 200, 30, 70)]
    ink = ink_of(*((*box, 255) for box in digits), shape=(300, 300))
    assert boxes(find_marks(ink)) == sorted(digits)


def test_a_digit_alone_in_a_corner_stays():
    digit = (0, 0, 60, 120)
    assert boxes(find_marks(ink_of((*digit, 255), shape=(300, 300)))) == [digit]


@pytest.mark.parametrize(("level", "kept"), [(90, False), (180, True)])
def test_a_shadow_that_the_picture_cuts_off_is_fainter_than_writing(level, kept):
    digits = [(60 + 50 * i, 120, 30, 60) for i in range(3)]
    cut_off = (0, 200, 25, 50)
    ink = ink_of(*((*box, 255) for box in digits), (*cut_off, level), shape=(300, 300))
    assert boxes(find_marks(ink)) == sorted([*digits, *[cut_off] * kept])


def test_a_digit_that_runs_out_of_the_picture_stays():
    cut_off = (0, 120, 30, 60)
    assert boxes(find_marks(ink_of((*cut_off, 255), shape=(300, 300)))) == [cut_off]


def test_a_small_picture_has_no_edge_of_its_own():
    stroke = (0, 0, 5, 50)
    assert boxes(find_marks(ink_of((*stroke, 255), shape=(50, 50)))) == [stroke]


def squared(ink, apart=24, line=60):
    """The same on squared paper."""
    values = ink.values.copy()
    for places in (np.s_[10::apart], np.s_[:, 10::apart]):
        values[places] = np.maximum(values[places], line)
    return Ink(values, values, bright=False, noise=25.0, grain=4.0)


def test_on_squared_paper_strokes_count_that_are_fainter_than_it_seems_to_stray():
    stroke = (90, 60, 6, 60, 70)  # less than 3.2 times 25
    plain = ink_of(stroke, shape=(200, 260), noise=25.0)
    assert find_marks(plain) == []
    assert stroke[:4] in boxes(find_marks(squared(ink_of(stroke, shape=(200, 260)))))


def test_of_squared_paper_little_is_left_beside_strokes():
    stroke = (90, 60, 6, 60, 200)
    marks = find_marks(squared(ink_of(stroke, shape=(200, 260))))
    assert boxes(marks) == [stroke[:4]]


def uneven(noise, grain):
    values = ink_of((20, 30, 6, 60, 200), (90, 60, 6, 60, 52), shape=(200, 260)).values
    return Ink(values, values, bright=False, noise=noise, grain=grain)


def test_where_paper_is_more_uneven_than_grainy_faint_strokes_are_found_the_other_way():
    strong, faint = (20, 30, 6, 60), (90, 60, 6, 60)
    usual, also = find_marks_each_way(uneven(noise=18.0, grain=6.0))  # 3.2 times 18 or 12
    assert boxes(usual) == [strong]
    assert boxes(also) == [strong, faint]


@pytest.mark.parametrize(("noise", "grain"), [(18.0, 12.0), (4.0, 1.0), (0.0, 0.0)])
def test_otherwise_there_is_one_way(noise, grain):
    ways = find_marks_each_way(uneven(noise, grain))
    assert [boxes(marks) for marks in ways] == [boxes(find_marks(uneven(noise, grain)))]


def test_faint_lines_that_are_seen_only_in_the_grain_are_no_marks():
    values = ink_of((90, 60, 6, 60, 200), shape=(200, 260)).values
    values[150, :80] = values[151, 120:] = 90  # what stands out from the noise of a line
    values[150] = np.maximum(values[150], 45)
    marks = find_marks(Ink(values, values, bright=False, noise=20.0, grain=5.0))
    assert boxes(marks) == [(90, 60, 6, 60)]


def test_ruled_lines_are_no_marks():
    lines = [(0, y, 400, 2, 255) for y in range(40, 300, 40)]
    digit = (200, 130, 8, 90)
    found = find_marks(ink_of(*lines, (*digit, 255), shape=(300, 400)))
    assert len(found) == 1
    (mark,) = found
    assert abs(mark.y - 130) <= 2
    assert abs(mark.bottom - 220) <= 2
    assert 8 <= mark.width <= 12


def test_a_page_of_dots_has_a_bounded_number_of_marks():
    values = np.zeros((300, 300), np.uint8)
    values[::4, ::4] = 255  # 5,625 dots
    assert 0 < len(find_marks(Ink(values, values, bright=False, noise=0.0, grain=0.0))) <= 3000


def test_the_thickest_stroke_is_about_as_wide_as_drawn():
    marks = find_marks(ink_of((20, 20, 4, 80, 255), (60, 20, 15, 80, 255)))
    assert thickest_stroke(marks) == pytest.approx(15, abs=2)
    assert thickest_stroke([mark for mark in marks if mark.x == 20]) == pytest.approx(4, abs=1)


def test_without_marks_there_is_no_stroke():
    assert thickest_stroke([]) == 0
