import cv2
import numpy as np
import pytest

from inkdigits.imaging.long_lines import PARTS, follow, straight_lines


def blank(shape=(400, 400)):
    return np.zeros(shape, bool)


def sloping(first, last, thickness=3, shape=(400, 400)):
    picture = np.zeros(shape, np.uint8)
    cv2.line(picture, (0, first), (shape[1] - 1, last), 1, thickness)
    return picture.astype(bool)


@pytest.mark.parametrize("value", [False, True])
def test_an_even_picture_has_no_lines(value):
    assert straight_lines(np.full((300, 300), value)) == []


def test_each_line_is_found_where_it_lies_and_not_over_and_over():
    page = blank()
    page[100:104] = page[300:304] = True
    rows = [row for row, slope in straight_lines(page) if abs(slope) < 0.003]
    near = [[row for row in rows if abs(row - middle) < 4] for middle in (101.5, 301.5)]
    assert all(1 <= len(each) <= 4 for each in near)


def test_the_line_with_more_ink_comes_first():
    page = blank()
    page[100, :250] = page[300] = True
    assert straight_lines(page)[0][0] == pytest.approx(300, abs=1)


@pytest.mark.parametrize(("last", "found"), [(150, True), (190, True), (250, False)])
def test_lines_slope_by_8_degrees_at_most(last, found):  # tan(8 degrees) * 400 = 56
    lines = straight_lines(sloping(150, last))
    at_its_place = [
        abs(row - 150) < 4 and abs(row + slope * 399 - last) < 4 for row, slope in lines
    ]
    assert any(at_its_place) == found


def test_a_line_on_paper_that_is_not_flat_is_followed():
    columns = np.arange(1000)
    rows = np.rint(200 + 5 * np.sin(columns / 160)).astype(int)
    page = blank((400, 1000))
    for step in (0, 1):
        page[rows + step, columns] = True
    line = follow(page, 200.0, 0.0)
    assert line is not None
    assert np.abs(line.middle - rows).max() <= 2
    assert line.shown.mean() > 0.95
    assert (line.ends, line.shows, line.thickness) == (True, True, 2.0)


def test_thickness_is_that_of_most_columns_and_strokes_cross():
    page = blank()
    page[200:203] = True
    page[150:260, 100:110] = True
    line = follow(page, 201.0, 0.0)
    assert line is not None
    assert line.thickness == 3
    assert np.flatnonzero(line.crossed).tolist() == list(range(100, 110))
    assert line.thin == pytest.approx(390 / 400)


def test_a_line_that_ends_within_the_picture_says_so():
    page = blank()
    page[200:203, 100:] = True
    line = follow(page, 201.0, 0.0)
    assert line is not None
    assert line.shows
    assert not line.ends


@pytest.mark.parametrize("row", [-5000.0, -20.0, 420.0, 5000.0])
def test_outside_the_picture_is_no_line(row):
    assert follow(~blank(), row, 0.0) is None


def test_what_shows_less_than_half_of_its_way_is_no_line():
    page = blank()
    page[200:203, :190] = True
    assert follow(page, 201.0, 0.0) is None


def test_as_few_columns_as_parts_will_do():
    page = blank((300, PARTS))
    page[100] = True
    line = follow(page, 100.0, 0.0)
    assert line is not None
    assert line.parts.tolist() == [1.0] * PARTS
