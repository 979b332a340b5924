import numpy as np
import pytest

from inkdigits.imaging.panels import split_panels
from inkdigits.imaging.picture import Picture, picture_of

PAGE, GROUND, INK = 250, 20, 240


def screenshot(*corners, side=60, ink=True, shape=(200, 300)):
    """A bright page with dark squares, each with a bright stroke in it."""
    page = np.full(shape, PAGE, np.uint8)
    for y, x in corners:
        page[y : y + side, x : x + side] = GROUND
        if ink:
            page[y + 15 : y + side - 15, x + side // 2 : x + side // 2 + 4] = INK
    return page


def places(picture):
    return [corner(panel) for panel in split_panels(picture)[1]]


def corner(region):
    return region.frame[:2]


@pytest.mark.parametrize("negative", [False, True], ids=["dark", "bright"])
def test_panels_are_cut_out_and_painted_over(negative):
    grey = screenshot((30, 40), (30, 160), (120, 40))
    grey = 255 - grey if negative else grey
    page, panels = split_panels(picture_of(grey))
    assert [corner(panel) for panel in panels[2:]] == [(42, 122)]
    assert {corner(panel) for panel in panels[:2]} == {(42, 32), (162, 32)}
    for panel in panels:
        assert (panel.picture.width, panel.picture.height) == (56, 56)
        x, y = corner(panel)
        np.testing.assert_array_equal(panel.picture.pixels[..., 0], grey[y:, x:][:56, :56])
    assert page.frame == (0, 0, 300, 200)
    assert (page.picture.pixels == (255 - PAGE if negative else PAGE)).all()


def test_what_else_is_on_the_page_stays():
    grey = screenshot((30, 40))
    grey[150:180, 200:204] = 0
    page, panels = split_panels(picture_of(grey))
    assert len(panels) == 1
    assert np.argwhere(page.picture.pixels[..., 0] < 128).min(axis=0).tolist() == [150, 200]


def test_the_picture_itself_is_left_as_it_is():
    picture = picture_of(screenshot((30, 40)))
    before = picture.pixels.copy()
    split_panels(picture)
    np.testing.assert_array_equal(picture.pixels, before)


def test_places_are_those_of_the_picture_before_it_was_reduced():
    small = picture_of(screenshot((30, 40)))
    picture = Picture(small.pixels, 2 * small.width, 2 * small.height, page=3)
    page, (panel,) = split_panels(picture)
    assert panel.frame == (84, 64, 112, 112)
    assert (panel.picture.width, panel.picture.height) == (112, 112)
    assert (page.picture.width, page.picture.height) == (600, 400)
    assert panel.picture.page == page.picture.page == 3


def test_a_large_picture_is_searched_reduced():
    large = screenshot((600, 900), side=900, shape=(3000, 4096))
    large[900:1200, 1300:1400] = INK
    ((x, y),) = places(picture_of(large))
    assert 900 < x <= 920
    assert 600 < y <= 620


def test_what_is_painted_over_is_as_grainy_as_the_page(rng):
    noisy = screenshot((30, 40)) * 0.88 + rng.normal(0, 6, (200, 300))
    noisy = noisy.clip(0, 255).astype(np.uint8)
    page, panels = split_panels(picture_of(noisy))
    assert len(panels) == 1
    painted = page.picture.pixels[35:85, 45:95, 0]
    assert np.median(painted) == pytest.approx(220, abs=2)
    assert painted.std() == pytest.approx(6, abs=1.5)


def test_ink_may_reach_a_side_of_a_large_panel():
    tile = screenshot((30, 40), side=100)
    tile[60:80, 40:90] = INK
    assert len(places(picture_of(tile))) == 1


def test_corners_may_be_round():
    tile = screenshot((30, 40), side=100)
    for y, x in ((30, 40), (30, 132), (122, 40), (122, 132)):
        tile[y : y + 8, x : x + 8] = PAGE
    assert len(places(picture_of(tile))) == 1


def no_contrast(page):
    page[page == GROUND] = PAGE - 60


def mixed_border(page):
    page[:, :60] = GROUND
    page[-1] = GROUND
    page[0, :200] = GROUND


def round_ground(page):
    y, x = np.mgrid[: page.shape[0], : page.shape[1]]
    page[(page == GROUND) & ((y - 60) ** 2 + (x - 70) ** 2 > 900)] = PAGE


def frame_alone(page):
    page[33:87, 43:97] = PAGE
    page[45:75, 70:74] = GROUND


@pytest.mark.parametrize("change", [no_contrast, mixed_border, round_ground, frame_alone])
def test_what_is_no_panel(change):
    page = screenshot((30, 40))
    change(page)
    picture = picture_of(page)
    same, panels = split_panels(picture)
    assert panels == []
    assert same.picture is picture


@pytest.mark.parametrize(
    "page",
    [
        screenshot((30, 40), ink=False),
        screenshot((30, 40), side=20),
        np.full((200, 300), 255, np.uint8),
        np.zeros((200, 300), np.uint8),
        255 - screenshot((0, 0), side=200, shape=(200, 200)),
        np.eye(200, dtype=np.uint8) * 255,
        np.full((1, 100), 255, np.uint8),
        screenshot((2, 2), side=24, shape=(40, 60)),
    ],
    ids="empty small bare black whole diagonal row icon".split(),
)
def test_where_there_is_none(page):
    picture = picture_of(page)
    assert split_panels(picture)[0].picture is picture
    assert places(picture) == []
