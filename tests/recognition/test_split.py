import cv2
import numpy as np
import pytest

from inkdigits.imaging.picture import picture_of
from inkdigits.recognition.reading import Box, Digit, Guess, Line, Reading
from inkdigits.recognition.split import SplitPicture

SIDE = 60


def page(*corners):
    """A white page with black squares, a white stroke in each."""
    grey = np.full((200, 300), 255, np.uint8)
    for y, x in corners:
        grey[y : y + SIDE, x : x + SIDE] = 0
        grey[y + 15 : y + 45, x + 30 : x + 34] = 255
    return picture_of(grey)


def digit(value, x=0, y=0, number=0):
    top = (Guess(value or 0, 0.9, str(value or 0)),)
    return Digit(value, 0.9, Box(x, y, 10, 20), top, None, number, np.zeros((28, 28), np.uint8))


def reading(*lines):
    return Reading(tuple(Line(tuple(line)) for line in lines), SIDE, SIDE)


def boxes(line):
    return [(each.box.x, each.box.y, each.box.width, each.box.height) for each in line.digits]


def test_a_picture_without_panels_is_one_part():
    picture = page()
    split = SplitPicture(picture)
    assert [part is picture for part in split.parts] == [True]
    one = reading([digit(3)])
    assert split.join([one]) is one


def test_a_panel_is_read_by_itself_and_its_digits_stand_in_the_whole():
    split = SplitPicture(page((20, 100)))
    rest, panel = split.parts
    assert (rest.width, panel.width) == (300, 56)
    joined = split.join([reading(), reading([digit(7, x=5, y=6)])])
    assert joined.text == "7"
    assert boxes(joined.lines[0]) == [(100 + 2 + 5, 20 + 2 + 6, 10, 20)]
    assert (joined.width, joined.height) == (300, 200)


def test_panels_beside_one_another_are_one_line_of_several_numbers():
    split = SplitPicture(page((20, 100), (24, 10), (110, 10), (22, 200)))
    by_place = {part.pixels.shape: part for part in split.parts}
    assert len(split.parts) == 5
    assert len(by_place) == 2
    # From top to bottom: those that begin at rows 20, 22, 24 and 110.
    read = [reading([digit(2)]), reading([digit(3), digit(4, number=1)]), reading([digit(1)])]
    joined = split.join([reading(), *read, reading([digit(5), digit(6)])])
    assert joined.text == "1234\n56"
    assert [line.numbers for line in joined.lines] == [("1", "2", "3", "4"), ("56",)]


def test_panels_with_several_lines_each_keep_them():
    split = SplitPicture(page((20, 100), (20, 200)))
    two = reading([digit(1, y=2)], [digit(2, y=30)])
    joined = split.join([reading(), two, two])
    assert sorted(line.text for line in joined.lines) == ["1", "1", "2", "2"]
    assert [line.text for line in joined.lines] == ["1", "1", "2", "2"]  # by their height


def test_what_was_rejected_in_a_panel_does_not_part_its_line():
    split = SplitPicture(page((20, 100), (20, 10)))
    read = [reading([digit(None)], [digit(4, y=9)]), reading([digit(2)])]
    joined = split.join([reading(), *read])
    assert len(joined.lines) == 1
    assert len(joined.lines[0].digits) == 3
    assert sorted(joined.text) == ["2", "4"]


def test_lines_of_the_page_stand_between_the_panels():
    split = SplitPicture(page((10, 100), (130, 100)))
    rest = reading([digit(8, y=100)], [digit(9, y=2)])
    joined = split.join([rest, reading([digit(1)]), reading([digit(2)])])
    assert joined.text == "9\n1\n8\n2"


def test_panels_in_which_nothing_was_found_make_no_line():
    split = SplitPicture(page((10, 100)))
    assert split.join([reading(), reading()]).lines == ()


@pytest.mark.parametrize("expect", ["single", "number"])
def test_what_is_expected_stands_in_the_only_panel(expect):
    split = SplitPicture(page((20, 100)), expect)
    assert [part.width for part in split.parts] == [56]
    assert split.join([reading([digit(7)])]).text == "7"
    several = page((20, 100), (20, 10))
    assert [part is several for part in SplitPicture(several, expect).parts] == [True]


def table(lying=((80, 40), (278, 75), (257, 193), (59, 158))):
    """A sheet with two strokes on a dark table."""
    grey = np.full((240, 340), 60, np.uint8)
    cv2.fillPoly(grey, [np.array(lying)], 230)
    grey[90:140, 150:156] = grey[90:140, 180:186] = 20
    return grey


@pytest.mark.parametrize("expect", [None, "single", "number", "page"])
def test_a_sheet_is_read_by_itself_and_its_digits_stand_in_the_whole(expect):
    split = SplitPicture(picture_of(table()), expect)
    (sheet,) = split.parts
    assert (sheet.width, sheet.height) == (pytest.approx(200, abs=5), pytest.approx(120, abs=5))
    joined = split.join([reading([digit(7, x=95, y=40)])])
    assert joined.text == "7"
    assert (joined.width, joined.height) == (340, 240)
    # Turned by ten degrees, 95 columns and 40 rows from the sheet's corner at (80, 40).
    x, y, *_ = boxes(joined.lines[0])[0]
    turn = np.deg2rad(10)
    assert x == pytest.approx(80 + 95 * np.cos(turn) - 60 * np.sin(turn), abs=5)
    assert y == pytest.approx(40 + 95 * np.sin(turn) + 40 * np.cos(turn), abs=5)


def test_boxes_stay_in_the_picture():
    cut_off = table(((60, -12), (258, 23), (237, 141), (39, 106)))
    joined = SplitPicture(picture_of(cut_off)).join([reading([digit(7, x=0, y=0)])])
    x, y, width, height = boxes(joined.lines[0])[0]
    assert x >= 0 and y >= 0
    assert x + width <= 340 and y + height <= 240
    assert min(width, height) >= 1


def test_paper_as_straight_as_on_a_screen_is_a_sheet_if_a_camera_saw_it(rng):
    straight = table(((60, 40), (260, 40), (260, 180), (60, 180)))
    assert len(SplitPicture(picture_of(straight)).parts) == 2
    noisy = (straight + rng.normal(0, 4, straight.shape)).clip(0, 255).astype(np.uint8)
    (sheet,) = SplitPicture(picture_of(noisy)).parts
    assert sheet.width == pytest.approx(200, abs=5)


def test_a_page_may_have_panels():
    assert len(SplitPicture(page((20, 100)), "page").parts) == 2
