import cv2
import numpy as np
import pytest

from inkdigits.imaging.frames import find_frames


def paper(rows=120, columns=300):
    return np.zeros((rows, columns), bool)


def box(page, top, left, height, width, thick=2):
    """Draw a frame whose outer sides are so long."""
    page[top : top + height, left : left + width] = True
    page[top + thick : top + height - thick, left + thick : left + width - thick] = False


def one(page, top, left, height=30, width=4):
    """Write a 1."""
    page[top : top + height, left : left + width] = True


def form(*lefts):
    """Draw a frame from each of these columns on."""
    page = paper()
    for left in lefts:
        box(page, 10, left, 60, 60)
    return page


def drawn(page, draw):
    image = page.astype(np.uint8)
    draw(image)
    return image > 0


@pytest.mark.parametrize("thick", [1, 2, 5])
@pytest.mark.parametrize(("height", "width"), [(60, 60), (40, 60), (90, 40)])
def test_a_frame_around_ink_is_found_to_the_pixel(height, width, thick):
    page = paper()
    box(page, 10, 20, height, width, thick)
    frame = page.copy()
    one(page, 20, 35, height // 2)
    np.testing.assert_array_equal(find_frames(page), frame)


def test_nothing_is_found_where_nothing_is():
    assert not find_frames(paper()).any()


def test_a_rectangle_with_nothing_in_it_may_be_a_zero():
    page = paper()
    box(page, 10, 20, 60, 40)
    one(page, 20, 100)
    assert not find_frames(page).any()


@pytest.mark.parametrize("height", [1, 10])
def test_nor_does_a_dot_in_it_make_a_frame(height):
    page = paper()
    box(page, 10, 20, 60, 40)
    one(page, 35, 38, height)
    assert not find_frames(page).any()


def test_empty_ones_beside_those_in_use_are_frames_and_others_are_none():
    page = form(10, 80, 150)
    frames = page.copy()
    one(page, 20, 35)
    box(page, 20, 230, 40, 30)  # a 0 beside the form
    np.testing.assert_array_equal(find_frames(page), frames)


def test_cells_with_shared_sides_are_frames():
    page = form(10, 68, 126)
    frames = page.copy()
    one(page, 20, 35)
    one(page, 25, 150)
    np.testing.assert_array_equal(find_frames(page), frames)


@pytest.mark.parametrize("angle", [0, 20, 45, 90])
def test_a_circle_around_something_is_a_frame(angle):
    page = drawn(paper(), lambda image: cv2.ellipse(image, (70, 60), (40, 50), angle, 0, 360, 1, 3))
    frame = page.copy()
    one(page, 40, 58, 40)
    one(page, 40, 75, 40)
    np.testing.assert_array_equal(find_frames(page), frame)


@pytest.mark.parametrize("height", [1, 25])
def test_what_is_small_in_a_circle_may_lie_in_a_zero(height):
    page = drawn(paper(), lambda image: cv2.ellipse(image, (60, 60), (40, 50), 0, 0, 360, 1, 3))
    one(page, 45, 58, height)
    assert not find_frames(page).any()


def test_zeros_beside_a_number_in_a_circle_are_no_frames():
    def ring(column):
        return lambda image: cv2.ellipse(image, (column, 60), (40, 50), 0, 0, 360, 1, 3)

    page = drawn(paper(), ring(60))
    frame = page.copy()
    one(page, 40, 58, 40)
    page |= drawn(paper(), ring(160))
    np.testing.assert_array_equal(find_frames(page), frame)


def test_rounded_corners_are_allowed():
    def rounded(image):
        cv2.rectangle(image, (30, 20), (70, 100), 1, -1)
        cv2.rectangle(image, (20, 30), (80, 90), 1, -1)
        for corner in ((30, 30), (70, 30), (30, 90), (70, 90)):
            cv2.circle(image, corner, 10, 1, -1)
        image[:] -= cv2.erode(image, np.ones((5, 5), np.uint8))

    page = drawn(paper(), rounded)
    frame = page.copy()
    one(page, 45, 48)
    np.testing.assert_array_equal(find_frames(page), frame)


@pytest.mark.parametrize("angle", [-6, -2, 3, 8])
def test_a_frame_may_lean_a_little(angle):
    def leaning(image):
        corners = cv2.boxPoints(((60, 60), (70, 70), angle))
        cv2.polylines(image, [corners.astype(np.int32)], True, 1, 3)

    page = drawn(paper(), leaning)
    frame = page.copy()
    one(page, 45, 58)
    np.testing.assert_array_equal(find_frames(page), frame)


def test_a_square_on_its_corner_may_be_one():
    corners = np.array([[60, 5], [115, 60], [60, 115], [5, 60]], np.int32)
    page = drawn(paper(), lambda image: cv2.polylines(image, [corners], True, 1, 2))
    frame = page.copy()
    one(page, 40, 58, 40)
    np.testing.assert_array_equal(find_frames(page), frame)


def test_a_triangle_is_none():
    corners = np.array([[60, 5], [115, 110], [5, 110]], np.int32)
    page = drawn(paper(), lambda image: cv2.polylines(image, [corners], True, 1, 2))
    one(page, 60, 58, 45)
    assert not find_frames(page).any()


def test_a_stroke_that_touches_its_frame_stays():
    page = form(20, 90)
    frames = page.copy()
    one(page, 30, 45, 39)  # down to the lower side
    one(page, 20, 110)
    left = page & ~find_frames(page)
    assert left[30:66, 45:49].all()
    assert not (left & frames).any()


def test_a_stroke_that_crosses_its_frame_stays_whole():
    page = form(20)
    one(page, 30, 45, 60)
    one(page, 20, 60, 20)
    left = page & ~find_frames(page)
    assert left[30:90, 45:49].all()
    assert left.sum() == 60 * 4 + 20 * 4


def test_what_reaches_the_border_is_left_to_others():
    page = paper()
    box(page, 0, 20, 60, 60)
    one(page, 20, 45)
    assert not find_frames(page).any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (3, 3)])
def test_tiny_pictures_have_no_frames(shape):
    assert not find_frames(np.ones(shape, bool)).any()


def test_many_frames_one_in_the_other_are_a_pattern():
    page = paper(300, 300)
    for margin in range(4, 130, 6):
        box(page, margin, margin, 300 - 2 * margin, 300 - 2 * margin)
    assert not find_frames(page).any()
    inner = page[100:200, 100:200].copy()
    page[:] = False
    page[100:200, 100:200] = inner
    assert find_frames(page).any()


def test_the_ticks_of_a_comb_belong_to_it():
    page = paper()
    box(page, 10, 20, 60, 200)
    page[50:70, [70, 120, 170]] = True
    frame = page.copy()
    for left in (40, 90, 140, 190):
        one(page, 20, left)
    np.testing.assert_array_equal(find_frames(page), frame)


@pytest.mark.parametrize(("height", "width"), [(40, 2), (20, 8)])
def test_a_longer_or_thicker_stroke_at_a_side_is_none(height, width):
    page = paper()
    box(page, 10, 20, 60, 200)
    one(page, 20, 40)
    one(page, 68 - height, 120, height, width)
    left = page & ~find_frames(page)
    assert left[68 - height : 65, 120 : 120 + width].all()


def test_a_line_of_the_paper_in_a_zero_makes_it_no_frame():
    page = drawn(paper(), lambda image: cv2.ellipse(image, (60, 60), (40, 50), 0, 0, 360, 1, 4))
    one(page, 18, 55, 84, 2)
    assert not find_frames(page).any()


def table(page, gap, rows=2, columns=3, side=60, thick=2):
    """Draw the lines of a table; where the upper one meets those at the sides there are gaps."""
    high, wide = rows * side, columns * side
    for row in range(rows + 1):
        left = 20 + (gap if row == 0 else 0)
        right = 20 + wide + thick - (gap if row == 0 else 0)
        page[15 + row * side : 15 + row * side + thick, left:right] = True
    for column in range(columns + 1):
        page[15 : 15 + high, 20 + column * side : 20 + column * side + thick] = True
    page[15 : 15 + thick, 20 : 20 + gap] = page[15 : 15 + thick, 20 + wide - gap + thick :] = False


@pytest.mark.parametrize("gap", [0, 2, 5])
def test_lines_of_a_table_need_not_quite_meet(gap):
    page = paper(160, 240)
    table(page, gap)
    frame = page.copy()
    for row in range(2):
        for column in range(3):
            one(page, 30 + 60 * row, 48 + 60 * column)
    np.testing.assert_array_equal(find_frames(page), frame)


def test_a_line_between_two_cells_may_end_before_it_meets_the_next():
    page = paper(160, 240)
    table(page, 0)
    page[70:75, 80:82] = False  # between the first two cells, at their lower end
    frame = page.copy()
    for column in (1, 2):
        one(page, 30, 48 + 60 * column)
    np.testing.assert_array_equal(find_frames(page), frame)


def test_a_large_gap_leaves_lines_to_others():
    page = paper(160, 240)
    table(page, 30)
    one(page, 90, 48)
    assert not find_frames(page)[15:60, 20:22].any()


def test_a_tall_digit_in_a_box_does_not_part_it():
    page = form(20, 84)
    one(page, 14, 48, 52, 3)
    one(page, 20, 110)
    assert not find_frames(page)[14:66, 48:51].any()
