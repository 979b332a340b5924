import cv2
import numpy as np
import pytest

from inkdigits.imaging import finding
from inkdigits.imaging.finding import LONGEST, find_lines, find_ways


def page(rows=200, columns=300, colour=255):
    return np.full((rows, columns, 3), colour, np.uint8)


def draw(picture, *boxes, ink=0):
    for x, y, width, height in boxes:
        picture[y : y + height, x : x + width] = ink
    return picture


def boxes(found):
    return [[(mark.x, mark.y, mark.width, mark.height) for mark in line] for line in found.lines]


UPPER = [(30, 20, 8, 50), (70, 24, 8, 50), (110, 18, 8, 50)]
LOWER = [(30, 120, 8, 50), (75, 122, 8, 50)]


def test_marks_come_line_by_line_from_left_to_right():
    found = find_lines(draw(page(), *LOWER[::-1], *UPPER[::-1]))
    assert boxes(found) == [UPPER, LOWER]
    assert found.factor == 1


def test_a_dark_ground_makes_no_difference():
    picture = draw(page(), *UPPER, *LOWER, ink=30)
    assert boxes(find_lines(255 - picture)) == boxes(find_lines(picture))


@pytest.mark.parametrize("colour", [0, 128, 255, (250, 240, 210)])
@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (200, 300)])
def test_bare_paper_has_no_lines(colour, shape):
    assert find_lines(page(*shape, colour)).lines == ()


@pytest.mark.parametrize("thickness", [2, 8, 24, 32, 40])
def test_neither_thin_nor_thick_strokes_are_hollowed_out(thickness):
    picture = page(300, 300)
    seven = np.array([(70, 60), (230, 60), (130, 250)], np.int32)
    cv2.polylines(picture, [seven], isClosed=False, color=(0, 0, 0), thickness=thickness)
    ((mark,),) = find_lines(picture).lines
    drawn = int((picture[..., 0] == 0).sum())
    assert mark.mask.sum() == pytest.approx(drawn, rel=0.05)


def test_a_large_picture_is_searched_at_a_whole_fraction_of_its_size():
    columns = 2 * LONGEST + 300
    digit = (900, 300, 45, 360)
    found = find_lines(draw(page(900, columns), digit))
    assert found.factor == pytest.approx(3, rel=0.01)
    ((box,),) = boxes(found)
    assert [side * found.factor for side in box] == pytest.approx(digit, abs=7)


@pytest.mark.parametrize("shape", [(1, 5000), (5000, 1), (3, 4100)])
def test_a_very_long_picture_is_searched_too(shape, rng):
    found = find_lines(rng.integers(0, 256, (*shape, 3), dtype=np.uint8))
    assert all(line for line in found.lines)


def uneven():
    waves = 8 * np.sin(np.arange(600) / 12)
    picture = page(400, 600, 150) + waves[:, np.newaxis]
    return draw(picture.astype(np.uint8), (100, 120, 8, 60), (300, 120, 8, 60), ink=20)


def test_where_paper_is_uneven_one_way_is_enough_without_faint_strokes():
    (found,) = find_ways(uneven())
    assert [len(line) for line in found.lines] == [2]


def test_where_paper_is_uneven_faint_strokes_are_found_the_other_way():
    picture = draw(uneven(), (200, 120, 8, 60), ink=118)
    usual, other = ([mark.x for line in way.lines for mark in line] for way in find_ways(picture))
    assert usual == [pytest.approx(100, abs=1), pytest.approx(300, abs=1)]
    assert other == [pytest.approx(x, abs=1) for x in (100, 200, 300)]


def test_where_a_shadow_may_be_a_thick_stroke_both_ways_are_given():
    strokes = [(x, 40, 8, 60) for x in (100, 140, 180)]
    picture = draw(page(400, 600, 230), *strokes, ink=20)
    cv2.ellipse(picture, (300, 260), (150, 50), 0, 0, 360, (120, 120, 120), cv2.FILLED)
    ways = find_ways(picture)
    assert len(ways) == 2
    assert boxes(ways[0]) == boxes(find_lines(picture))
    assert strokes in boxes(ways[1])


def test_without_thick_strokes_there_is_one_way():
    (found,) = find_ways(draw(page(), *UPPER))
    assert boxes(found) == boxes(find_lines(draw(page(), *UPPER)))


@pytest.mark.parametrize("height", [60, 250])
def test_what_is_the_same_both_ways_is_one_way(height, monkeypatch):
    picture = draw(np.full((300, 300, 3), 255, np.uint8), (140, 20, 12, height), ink=0)
    searched = []
    find_ink = finding.find_ink
    monkeypatch.setattr(
        finding,
        "find_ink",
        lambda pixels, *, thick=False: searched.append(thick) or find_ink(pixels, thick=thick),
    )
    (found,) = find_ways(picture)
    assert boxes(found) == [[(140, 20, 12, height)]]
    assert searched == ([False, True] if height > 200 else [False])


def ring(side=240, width=40, margin=6):
    """A 0 as large as its picture."""
    page = np.full((side, side, 3), 230, np.uint8)
    centre, radius = (side // 2, side // 2), side // 2 - margin - width // 2
    return cv2.circle(page, centre, radius, (40, 40, 60), width)


def test_one_thick_digit_that_fills_its_picture_is_one_way_by_itself():
    ways = find_ways(ring())
    assert [way.together for way in ways].count(True) == 1
    assert ways[-1].together
    ((x, y, width, height),) = boxes(ways[-1])[0]
    assert abs(np.array([x, y, width, height]) - [6, 6, 228, 228]).max() <= 10


def test_large_thin_strokes_may_be_two_digits_that_touch():
    assert not any(way.together for way in find_ways(ring(width=16)))


def test_where_nothing_is_found_thick_strokes_are_looked_for(monkeypatch):
    picture = np.full((240, 220, 3), 230, np.uint8)
    seven = np.array([(30, 30), (190, 30), (80, 210)], np.int32)
    cv2.polylines(picture, [seven], isClosed=False, color=(40, 40, 60), thickness=36)
    monkeypatch.setattr(finding, "find_marks_each_way", lambda _: ([],))
    ((x, y, width, height),) = boxes(find_ways(picture)[0])[0]
    assert abs(np.array([x, y, width, height]) - [12, 12, 196, 216]).max() <= 10


def test_halves_one_above_the_other_may_be_one_digit():
    halves = [(100, 40, 50, 60), (95, 105, 60, 60)]
    apart, together = find_ways(draw(page(), *halves))
    assert boxes(apart) == [[half] for half in halves] and not apart.together
    assert sorted(boxes(together)[0]) == sorted(halves) and together.together
