import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inkdigits.imaging.ink import find_ink

FAINT = 13  # of 255: what may be left of bare paper


def page(shape=(120, 200), colour=255):
    return np.full((*shape, 3), colour, np.uint8)


@pytest.mark.parametrize("colour", [0, 90, 255, (255, 240, 200), (20, 60, 90)])
def test_bare_paper_of_any_colour_has_no_ink(colour):
    ink = find_ink(page(colour=colour))
    assert not ink.values.any()
    assert ink.noise == 0


def test_ink_is_the_share_of_the_light_that_it_takes_away():
    picture = page(colour=200)
    picture[40:80, 50:56] = 100
    picture[40:80, 150:156] = 0
    ink = find_ink(picture)
    assert not ink.bright
    assert ink.values[60, 52] == pytest.approx(255 / 2, abs=2)
    assert ink.values[60, 152] == 255
    assert ink.values[60, 100] == 0


def test_uneven_light_vanishes_and_the_same_ink_counts_the_same_in_shadow():
    light = np.linspace(240, 130, 400)
    picture = np.repeat(np.tile(light, (200, 1))[..., np.newaxis], 3, axis=2)
    picture[60:140, 40:48] *= 0.4  # takes 60 % of the light
    picture[60:140, 352:360] *= 0.4
    values = find_ink(picture.astype(np.uint8)).values
    lit, shaded = values[100, 44], values[100, 356]
    assert lit == pytest.approx(0.6 * 255, abs=12)
    assert shaded == pytest.approx(0.6 * 255, abs=12)
    assert values[20].max() < FAINT


@pytest.mark.parametrize("negative", [False, True])
def test_a_round_shadow_is_no_ink_and_strokes_in_it_are(negative):
    rows, columns = np.mgrid[:200, :300]
    inside = 60 - np.hypot(rows - 200, columns - 150)  # half a disc at the lower border
    light = 220 - 100 * np.clip(inside / 3 + 0.5, 0, 1)
    stroke = np.s_[160:190, 148:150]
    light[stroke] *= 0.4
    picture = np.repeat(light.astype(np.uint8)[..., np.newaxis], 3, axis=2)
    values = find_ink(255 - picture if negative else picture).values
    assert (values[stroke] > 127).all()
    paper = np.abs(inside) > 8
    paper[158:192, 146:152] = False
    assert values[paper].max() < FAINT


@pytest.mark.parametrize("negative", [False, True])
def test_a_strip_of_light_between_a_shadow_and_the_border_is_no_ink(negative):
    light = np.full((200, 400), 110, np.uint8)  # in shadow, but for a strip as wide as a stroke
    light[180:] = 230
    strokes = [np.s_[60:140, x : x + 6] for x in (80, 200, 320)]
    for stroke in strokes:
        light[stroke] = 30
    picture = np.repeat(light[..., np.newaxis], 3, axis=2)
    ink = find_ink(255 - picture if negative else picture)
    assert ink.bright == negative
    assert all((ink.values[stroke] > 127).all() for stroke in strokes)


def test_what_shows_in_every_colour_is_told_from_what_does_not():
    picture = page(colour=200)
    picture[30:90, 60:66] = (50, 100, 200)
    picture[30:90, 90:96] = (50, 50, 100)
    ink = find_ink(picture)
    assert ink.values[60, [62, 92]].tolist() == [191, 191]  # 150 of 200, of 255
    assert ink.grey[60, [62, 92]].tolist() == [0, 128]
    assert ink.grey[60, 20] == 0


@pytest.mark.parametrize("noise", [0, 20], ids=["clean", "noisy"])
@pytest.mark.parametrize("side", [60, 400])
def test_a_grey_picture_has_the_ink_of_one_with_a_single_pixel_in_colours(side, noise, rng):
    page = rng.normal(200, noise, (side, side, 1)).clip(0, 255).astype(np.uint8).repeat(3, axis=2)
    page[20:40, 30:34] = 60
    coloured = page.copy()
    coloured[-2, -2, 0] ^= 1  # away from the pixels that are looked at first
    grey, other = find_ink(page), find_ink(coloured)
    far = np.s_[: side - 20, : side - 20]
    np.testing.assert_array_equal(grey.values[far], other.values[far])
    np.testing.assert_array_equal(grey.grey, grey.values)
    assert (grey.bright, grey.noise) == (other.bright, pytest.approx(other.noise, abs=0.1))


def test_a_blackboard_has_as_much_ink_as_its_negative():
    picture = page()
    picture[30:90, 60:66] = 40
    dark, bright = find_ink(picture), find_ink(255 - picture)
    assert (dark.bright, bright.bright) == (False, True)
    np.testing.assert_array_equal(dark.values, bright.values)


@pytest.mark.parametrize(
    ("paper", "stroke"),
    [
        (255, (255, 255, 0)),  # yellow takes away all blue, though hardly any brightness
        ((0, 160, 0), (200, 60, 0)),  # red on green, about as bright
    ],
)
def test_ink_may_differ_from_paper_by_colour_alone(paper, stroke):
    picture = page(colour=paper)
    picture[30:90, 60:66] = stroke
    ink = find_ink(picture)
    assert ink.values[60, 62] > 127
    assert ink.values[60, 20] == 0


def noisy(deviation, shape, rng):
    """Grey paper with noise and one stroke."""
    grey = rng.normal(170, deviation, shape).clip(0, 255).astype(np.uint8)
    grey[100:200, 190:196] = 0  # hardly any of the page
    return np.stack([grey] * 3, axis=2)


@pytest.mark.parametrize("deviation", [2.0, 3.0])
def test_noise_is_measured_as_a_share_of_the_light(deviation, rng):
    noise = find_ink(noisy(deviation, (280, 299), rng)).noise
    assert noise == pytest.approx(deviation * 255 / 170, rel=0.35)


@pytest.mark.parametrize("deviation", [6.0, 12.0])
@pytest.mark.parametrize("shape", [(300, 400), (280, 299)])
def test_much_noise_is_smoothed_and_strokes_stay(shape, deviation, rng):
    ink = find_ink(noisy(deviation, shape, rng))
    assert ink.noise < 0.5 * deviation * 255 / 170
    assert ink.values[:, :180].std() < 0.5 * deviation * 255 / 170
    assert (ink.values[110:190, 192:194] > 240).all()


def test_in_a_small_picture_noise_is_smoothed_beside_the_thinnest_strokes(rng):
    picture = noisy(12.0, (280, 299), rng)
    picture[100:200, 60] = 20  # one pixel wide
    ink = find_ink(picture)
    assert (ink.values[110:190, 60] > 127).mean() > 0.9
    assert (ink.values[110:190, [57, 58, 62, 63]] < 60).mean() > 0.9


def test_a_little_noise_is_left_as_it_is(rng):
    pixels = noisy(2.0, (300, 400), rng)
    strays = 170 - pixels[..., 0].astype(int)
    np.testing.assert_allclose(
        find_ink(pixels).values[:, :180], (strays * 255 / 170).clip(0)[:, :180], atol=4
    )


@pytest.mark.parametrize("squares", [12, 20])
def test_lines_of_squared_paper_are_no_noise(squares, rng):
    pixels = noisy(2.0, (280, 299), rng)
    plain = find_ink(pixels).noise
    pixels[::squares] = pixels[1::squares] = pixels[:, ::squares] = 100
    assert find_ink(pixels).noise <= 2 * plain


def test_where_lines_darken_the_paper_it_strays_from_that_but_not_from_its_neighbours(rng):
    pixels = noisy(2.0, (600, 800), rng)
    plain = find_ink(pixels)
    assert plain.grain == pytest.approx(plain.noise, rel=0.35)
    for line in range(4):
        pixels[line::20] = pixels[:, line::20] = 110
    lined = find_ink(pixels)
    assert lined.noise > 3 * plain.noise
    assert lined.grain <= 1.5 * plain.grain


def test_a_thick_stroke_is_hollow_unless_paper_is_looked_for_farther_away():
    picture = page((300, 300))
    picture[50:250, 120:180] = 0  # a fifth of the picture
    usual, thick = find_ink(picture), find_ink(picture, thick=True)
    assert usual.values[150, 150] < FAINT
    assert thick.values[150, 150] == 255
    assert thick.values[150, 60] == 0


def test_a_large_picture_keeps_its_size():
    picture = page((1200, 900))
    picture[600:800, 400:420] = 0
    ink = find_ink(picture)
    assert ink.values.shape == (1200, 900)
    assert (ink.values[610:790, 402:418] == 255).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (2, 2), (2, 5), (1, 3000), (3000, 2)])
@pytest.mark.parametrize("thick", [False, True])
def test_the_smallest_and_the_longest_pictures_have_ink_too(shape, thick, rng):
    for picture in (page(shape), rng.integers(0, 256, (*shape, 3), dtype=np.uint8)):
        ink = find_ink(picture, thick=thick)
        assert ink.values.shape == shape
        assert ink.values.dtype == np.uint8


def test_a_mirrored_view_has_the_ink_of_its_copy(rng):
    mirrored = rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)[:, ::-1]
    np.testing.assert_array_equal(find_ink(mirrored).values, find_ink(mirrored.copy()).values)


@settings(max_examples=25)
@given(
    arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(3))),
    st.booleans(),
)
def test_any_picture_has_some_ink_or_none(picture, thick):
    ink = find_ink(picture, thick=thick)
    assert ink.values.shape == picture.shape[:2]
    assert 0 <= ink.noise < np.inf
