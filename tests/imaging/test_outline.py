import cv2
import numpy as np
import pytest

from inkdigits.imaging.outline import find_outline

TABLE, PAPER, INK = 70, 230, 30
LYING = ((60, 40), (240, 60), (225, 180), (45, 150))  # corners as column and row


def photo(corners=LYING, table=TABLE, paper=PAPER, ink=INK, shape=(220, 300)):
    """A sheet with two strokes on a table."""
    pixels = np.empty((*shape, 3), np.uint8)
    pixels[:] = table
    cv2.fillPoly(pixels, [np.array(corners)], np.broadcast_to(paper, 3).tolist())
    if ink is not None:
        x, y = np.mean(corners, axis=0).astype(int)
        pixels[y - 20 : y + 20, x - 12 : x - 7] = pixels[y - 20 : y + 20, x + 7 : x + 12] = ink
    return pixels


def assert_close(outline, corners, shape=(220, 300)):
    """Both cover the same pixels, but for a few along the edge."""
    assert outline is not None
    found, right = (
        cv2.fillPoly(np.zeros(shape, np.uint8), [np.round(each).astype(np.int32)], 1)
        for each in (outline, np.array(corners))
    )
    assert (found & right).sum() >= 0.96 * (found | right).sum()


@pytest.mark.parametrize(
    "colours",
    [
        {},
        {"table": 250, "paper": 50, "ink": 240},
        {"table": (215, 215, 215), "paper": (250, 235, 120)},
        {"table": (120, 85, 50), "paper": (160, 128, 92)},
        {"table": (30, 140, 60), "paper": (140, 150, 60)},
    ],
    ids=["white on dark", "slate on white", "yellow on white", "brown on wood", "green on green"],
)
def test_a_sheet_is_found_by_light_or_colour(colours):
    assert_close(find_outline(photo(**colours)), LYING)


def test_a_sheet_may_be_cut_off_by_the_picture():
    outline = find_outline(photo(((60, -40), (330, 60), (225, 180), (45, 150))))
    assert outline is not None
    assert cv2.pointPolygonTest(outline, (150, 3), False) > 0
    assert cv2.pointPolygonTest(outline, (20, 20), False) < 0


def test_large_pictures_are_searched_reduced():
    corners = 12 * np.array(LYING)
    large = photo(corners, shape=(2640, 3600))
    x, y = corners.mean(axis=0).astype(int)
    large[y - 300 : y + 300, x - 60 : x + 60] = INK
    assert_close(find_outline(large), corners, (2640, 3600))


def test_grain_and_patterns_of_the_table_do_not_matter(rng):
    y, x = np.mgrid[:220, :300]
    checks = 24 * (x // 20 % 2 + y // 20 % 2)
    pixels = photo() + 0.0
    pixels[pixels[..., 0] == TABLE] += checks[pixels[..., 0] == TABLE][:, None]
    noisy = (pixels + rng.normal(0, 5, pixels.shape)).clip(0, 255).astype(np.uint8)
    assert_close(find_outline(noisy), LYING)


def shaded(corners, strokes, softness=0.0):
    """A page of which all but one part lies in shadow."""
    light = np.full((220, 300), 0.5, np.float32)
    cv2.fillPoly(light, [np.array(corners)], 1.0)
    if softness:
        light = cv2.GaussianBlur(light, (0, 0), softness)
    page = np.full((220, 300), PAPER, np.float32)
    for x, y in strokes:
        page[y : y + 40, x : x + 6] = INK
    return np.repeat((page * light).astype(np.uint8)[..., None], 3, axis=2)


HALF = ((0, 0), (170, 0), (140, 220), (0, 220))


def test_a_page_with_a_shadow_on_it_is_none_if_there_is_ink_in_the_shadow():
    assert find_outline(shaded(HALF, [(60, 90), (100, 90), (210, 90), (250, 90)])) is None
    assert find_outline(shaded(HALF, [(60, 90), (100, 90)])) is not None


def test_a_shadow_is_none():
    page = np.full((220, 300, 3), PAPER, np.uint8)
    page[:, 120:] = PAPER // 2
    page[90:130, 200:206] = page[90:130, 240:246] = INK
    assert find_outline(page) is None


def test_sides_are_sharp():
    assert find_outline(shaded(HALF, [(60, 90), (100, 90)], softness=12)) is None


def test_what_is_round_is_none():
    dish = np.full((220, 300, 3), TABLE, np.uint8)
    cv2.ellipse(dish, (150, 110), (120, 80), 10, 0, 360, (PAPER,) * 3, -1)
    dish[90:130, 140:146] = INK
    assert find_outline(dish) is None


def test_what_is_not_convex_is_none():
    corner = ((20, 20), (280, 20), (280, 90), (100, 90), (100, 200), (20, 200))
    assert find_outline(photo(corner)) is None


def test_a_thick_zero_is_none():
    drawn = np.full((300, 240, 3), PAPER, np.uint8)
    cv2.rectangle(drawn, (60, 50), (180, 250), (INK,) * 3, 50)
    assert find_outline(drawn) is None


@pytest.mark.parametrize(
    "pixels",
    [
        photo(ink=None),
        photo(paper=TABLE + 20),
        photo(((130, 90), (170, 90), (170, 130), (130, 130))),
        np.full((220, 300, 3), 255, np.uint8),
        np.zeros((220, 300, 3), np.uint8),
        np.full((1, 300, 3), 255, np.uint8),
        np.full((300, 1, 3), 255, np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.dstack([np.eye(200, dtype=np.uint8) * 255] * 3),
    ],
    ids="bare pale small white black row column pixel diagonal".split(),
)
def test_where_there_is_none(pixels):
    assert find_outline(pixels) is None


def test_random_pixels_have_none(rng):
    assert find_outline(rng.integers(0, 256, (200, 300, 3), dtype=np.uint8)) is None
