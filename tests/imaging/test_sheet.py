import cv2
import numpy as np
import pytest

from inkdigits.imaging.picture import Picture, picture_of
from inkdigits.imaging.sheet import take_sheet

TABLE, PAPER, INK = 70, 230, 20
WIDTH, HEIGHT = 200, 120  # of the sheet
LYING = ((80, 40), (278, 75), (257, 193), (59, 158))  # a rectangle turned by ten degrees


def sheet():
    """Paper with two strokes, the left one longer, and a dot near the upper left corner."""
    paper = np.full((HEIGHT, WIDTH), PAPER, np.uint8)
    paper[30:90, 60:66] = paper[40:80, 140:146] = INK
    paper[12:18, 12:18] = INK
    return paper


def photo(corners=LYING, paper=None, shape=(240, 340)):
    """The sheet on a table."""
    paper = sheet() if paper is None else paper
    height, width = paper.shape
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(flat, np.array(corners, np.float32))
    table = np.full(shape, TABLE, np.uint8)
    size = shape[::-1]
    return cv2.warpPerspective(
        paper, turn, size, dst=table, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )


def strokes(pixels):
    """Return the boxes of what is dark: first column, first row, width and height."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((pixels[..., 0] < 128).astype(np.uint8))
    return sorted(tuple(int(each) for each in box[:4]) for box in stats[1:])


def test_a_sheet_is_turned_upright():
    region = take_sheet(picture_of(photo()))
    pixels = region.picture.pixels
    assert pixels.shape[0] == pytest.approx(HEIGHT, abs=4)
    assert pixels.shape[1] == pytest.approx(WIDTH, abs=4)
    expected = [(12, 12, 6, 6), (60, 30, 6, 60), (140, 40, 6, 40)]
    np.testing.assert_allclose(strokes(pixels), expected, atol=4)
    # Neither table nor edge is left.
    assert pixels[:, :8].min() > 200
    assert pixels[-8:].min() > 200


def test_its_boxes_are_known_in_the_whole():
    whole = photo()
    region = take_sheet(picture_of(whole))
    for box in strokes(region.picture.pixels)[1:]:
        x, y, width, height = region.box_in_whole(*box)
        inside = whole[y : y + height, x : x + width]
        assert (inside < 100).sum() >= 0.7 * box[2] * box[3]


def test_perspective_is_undone():
    region = take_sheet(picture_of(photo(((90, 40), (250, 55), (290, 200), (40, 180)))))
    _, long, short = strokes(region.picture.pixels)
    assert long[2] <= 11
    assert short[2] <= 11
    assert long[3] / short[3] == pytest.approx(60 / 40, abs=0.2)


def test_what_the_picture_cuts_off_stays_as_it_lies():
    cut_off = photo(((-60, 40), (220, 75), (200, 193), (-80, 158)))
    region = take_sheet(picture_of(cut_off))
    left, top, width, height = region.frame
    assert left <= 4
    assert 38 <= top <= 60
    assert region.box_in_whole(3, 4, 5, 6) == (left + 3, top + 4, 5, 6)
    assert (height, width) == region.picture.pixels.shape[:2]
    # The table beside it is paper now.
    assert region.picture.pixels[:5, -5:].min() > 200
    assert region.picture.pixels[-5:, -5:].min() > 200


def test_what_is_painted_over_is_as_grainy_as_the_paper(rng):
    grainy = sheet() + rng.normal(0, 5, (HEIGHT, WIDTH))
    paper = cv2.resize(grainy.clip(0, 255).astype(np.uint8), (400, 240))
    cut_off = photo(((-60, 60), (520, 75), (500, 313), (-80, 298)), paper, (400, 480))
    noisy = (cut_off + rng.normal(0, 5, cut_off.shape)).clip(0, 255).astype(np.uint8)
    pixels = take_sheet(picture_of(noisy)).picture.pixels
    beside = pixels[:4, :200, 0].astype(float)
    assert np.median(beside) == pytest.approx(PAPER, abs=6)
    assert 2.5 <= beside.std() <= 9


def test_a_sheet_larger_than_is_searched_is_reduced():
    corners = 20 * np.array(LYING)
    large = photo(corners, cv2.resize(sheet(), None, fx=20, fy=20), (4800, 6800))
    region = take_sheet(picture_of(large))
    assert max(region.picture.pixels.shape) <= 2048
    left, top, width, height = region.frame
    assert left == pytest.approx(59 * 20, abs=60)
    assert top == pytest.approx(40 * 20, abs=60)
    x, y, *_ = region.box_in_whole(0, 0, 1, 1)
    assert (x, y) == (pytest.approx(80 * 20, abs=80), pytest.approx(40 * 20, abs=80))
    assert (width, height) == (pytest.approx(219 * 20, abs=120), pytest.approx(153 * 20, abs=120))


def test_sizes_are_those_of_the_picture_before_it_was_reduced():
    small = picture_of(photo())
    region = take_sheet(Picture(small.pixels, 2 * small.width, 2 * small.height, page=3))
    assert region.picture.page == 3
    assert region.picture.width == pytest.approx(2 * WIDTH, abs=8)
    assert region.picture.scale == pytest.approx(2, rel=0.01)


def test_the_picture_itself_is_left_as_it_is():
    picture = picture_of(photo())
    before = picture.pixels.copy()
    take_sheet(picture)
    np.testing.assert_array_equal(picture.pixels, before)


@pytest.mark.parametrize(
    "grey",
    [
        np.full((240, 340), 255, np.uint8),
        np.zeros((1, 1), np.uint8),
        cv2.resize(photo(), None, fx=0.4, fy=0.4),
        photo(paper=np.full((HEIGHT, WIDTH), PAPER, np.uint8)),
    ],
    ids="white pixel small bare".split(),
)
def test_where_there_is_none(grey):
    assert take_sheet(picture_of(grey)) is None
