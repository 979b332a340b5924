import keras
import numpy as np
import pytest
from scipy import ndimage, stats

from inkdigits.training.augmentation.affine import draw_movements, to_matrices, warp
from inkdigits.training.augmentation.augmenter import (
    OUTLINE_LEVELS,
    Augmenter,
    change_strokes,
    lay_over,
    places,
    show_outlines,
)
from inkdigits.training.augmentation.elastic import POINTS, Elastic
from inkdigits.training.augmentation.erasing import erase
from inkdigits.training.augmentation.ranges import Augmentation
from inkdigits.training.augmentation.sampling import sample
from inkdigits.training.augmentation.textures import TEXTURES, texture_bank
from inkdigits.training.recipes import BEST, PUBLISHED, TUTORIAL

SIZE = (28, 28)
FAR = Augmentation(rotation=180.0, width_shift=0.5, height_shift=0.4, shear=60.0, zoom=0.7)
ALL = Augmentation(
    rotation=9.0,
    width_shift=0.1,
    height_shift=0.1,
    shear=5.0,
    zoom=0.2,
    fill="constant",
    elastic=1.5,
    stroke=0.6,
    outline_share=0.3,
    texture=0.5,
    fading=0.75,
    plain_share=0.25,
    erase_share=0.4,
)
ELASTIC = slice(8, 8 + 2 * POINTS * POINTS)
REST = [1, 0, 0, 0, 1, 0, 0, 0]
RECTANGLE = ("top", "bottom", "left", "right")
FILLS = pytest.mark.parametrize("fill", ["nearest", "constant"])


@pytest.fixture(scope="module")
def augmenter():
    """One that changes images in every way."""
    return Augmenter(ALL, SIZE)


@pytest.fixture(scope="module")
def drawn(augmenter):
    """Many rows of it, and by name the columns that are no matrix and no points."""
    rows = augmenter.draw(20_000, np.random.default_rng(7))
    names = ("stroke", "shown", "level", "texture", "strength", "ink", *RECTANGLE, "grey")
    return rows, dict(zip(names, rows[:, ELASTIC.stop :].T, strict=True))


def as_array(tensor):
    return keras.ops.convert_to_numpy(tensor)


def small(*images):
    """Small pictures, given as rows of numbers, as a batch."""
    return np.array(images, np.float32)[..., None]


def matrices_of(ranges, n, seed):
    return to_matrices(draw_movements(ranges, n, SIZE, np.random.default_rng(seed)), SIZE)


@pytest.mark.parametrize(
    ("ranges", "columns"),
    [
        ({}, 8),
        ({"rotation": 9.0, "zoom": 0.1}, 8),
        ({"plain_share": 0.5}, 8),
        ({"elastic": 1.0}, 8 + 72),
        ({"stroke": 0.5}, 8 + 1),
        ({"outline_share": 0.5}, 8 + 2),
        ({"texture": 0.5}, 8 + 3),
        ({"fading": 0.5}, 8 + 3),
        ({"erase_share": 0.5}, 8 + 5),
        ({"elastic": 1.0, "stroke": 0.5, "texture": 0.5, "erase_share": 1.0}, 8 + 72 + 1 + 3 + 5),
    ],
    ids=str,
)
def test_rows_have_columns_for_what_the_ranges_ask_for(ranges, columns, rng):
    made = Augmenter(Augmentation(**ranges), SIZE)
    assert made.columns == columns
    for n in (0, 1, 5):
        rows = made.draw(n, rng)
        assert rows.shape == (n, columns)
        assert rows.dtype == np.float32


@pytest.mark.parametrize(
    "ranges", [PUBLISHED.augmentation, TUTORIAL.augmentation, FAR, Augmentation()], ids=repr
)
def test_ranges_that_only_move_draw_the_matrices_alone(ranges):
    rows = Augmenter(ranges, SIZE).draw(50, np.random.default_rng(4))
    np.testing.assert_array_equal(rows, matrices_of(ranges, 50, seed=4))


@pytest.mark.parametrize("ranges", [ALL, BEST.augmentation], ids=["all", "best"])
def test_whatever_else_changes_the_matrices_are_drawn_first(ranges):
    rows = Augmenter(ranges, SIZE).draw(50, np.random.default_rng(4))
    np.testing.assert_array_equal(rows[:, :8], matrices_of(ranges, 50, seed=4))


def test_the_same_seed_draws_the_same_rows_and_another_seed_others(augmenter):
    first, again, other = (augmenter.draw(9, np.random.default_rng(s)) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any(axis=0).sum() >= augmenter.columns - 2  # the matrix ends in zeros


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        *(("stroke", -0.6, 0.6), ("level", *OUTLINE_LEVELS), ("texture", 0, TEXTURES - 1)),
        ("grey", 0, 1),
    ],
)
def test_strokes_levels_textures_and_greys_are_uniform_in_their_ranges(drawn, name, low, high):
    values = drawn[1][name]
    assert low <= values.min() < low + 0.01 * (high - low)
    assert high - 0.01 * (high - low) < values.max() <= high
    assert stats.kstest(values, "uniform", (low, high - low)).pvalue > 0.001


def test_textures_are_named_by_whole_numbers(drawn):
    index = drawn[1]["texture"]
    np.testing.assert_array_equal(index, np.round(index))


@pytest.mark.parametrize(("name", "low", "high"), [("strength", 0, 0.5), ("ink", 0.25, 1)])
def test_images_that_are_not_plain_draw_ink_and_texture_uniformly(drawn, name, low, high):
    plain = (drawn[1]["strength"] == 0) & (drawn[1]["ink"] == 1)
    values = drawn[1][name][~plain]
    assert low <= values.min() < low + 0.01
    assert high - 0.01 < values.max() <= high
    assert stats.kstest(values, "uniform", (low, high - low)).pvalue > 0.001


def test_the_share_of_outlines_is_the_one_asked_for(drawn):
    _, columns = drawn
    assert set(columns["shown"]) == {0, 1}
    assert columns["shown"].mean() == pytest.approx(0.3, abs=0.02)


def test_a_share_of_the_images_keeps_its_ink_and_gets_no_texture(drawn):
    untextured, unfaded = drawn[1]["strength"] == 0, drawn[1]["ink"] == 1
    np.testing.assert_array_equal(untextured, unfaded)
    assert untextured.mean() == pytest.approx(0.25, abs=0.015)


@pytest.mark.parametrize(("share", "plain"), [(1.0, True), (0.0, False)])
def test_all_images_or_none_may_be_plain(share, plain, rng):
    ranges = Augmentation(texture=0.5, fading=0.5, plain_share=share)
    _, strength, ink = Augmenter(ranges, SIZE).draw(500, rng)[:, 8:].T
    assert ((strength == 0) == plain).all()
    assert ((ink == 1) == plain).all()


def test_texture_and_fading_go_each_without_the_other(rng):
    _, strength, ink = Augmenter(Augmentation(texture=0.5), SIZE).draw(50, rng)[:, 8:].T
    assert (strength > 0).all()
    assert (ink == 1).all()
    _, strength, ink = Augmenter(Augmentation(fading=0.5), SIZE).draw(50, rng)[:, 8:].T
    assert (strength == 0).all()
    assert (ink < 1).all()


def test_what_is_drawn_for_one_kind_of_change_does_not_tell_of_another(drawn):
    rows, named = drawn
    values = {name: value for name, value in named.items() if name not in RECTANGLE[1:]}
    inked = [2 + list(values).index(name) for name in ("strength", "ink")]
    off = np.corrcoef([rows[:, 2], rows[:, ELASTIC.start], *values.values()])
    off -= np.eye(len(off))
    off[inked, inked[::-1]] = 0  # ink and strength: both rest in a plain image
    assert np.abs(off).max() < 0.03


def test_places_are_column_and_row_by_the_rows_of_the_matrix():
    matrices = np.array([REST, [2, 3, 5, 7, 11, 13, 0, 0]], np.float32)
    right, down = (as_array(each) for each in places(matrices, (2, 3)))
    assert right[0].tolist() == [[0, 1, 2], [0, 1, 2]]
    assert down[0].tolist() == [[0, 0, 0], [1, 1, 1]]
    assert right[1].tolist() == [[5, 7, 9], [8, 10, 12]]  # 2 columns + 3 rows + 5
    assert down[1].tolist() == [[13, 20, 27], [24, 31, 38]]  # 7 columns + 11 rows + 13


@FILLS
@pytest.mark.parametrize("ranges", [PUBLISHED.augmentation, FAR], ids=["published", "far"])
def test_sampling_at_a_matrixs_places_is_the_warp_up_to_the_border_and_beyond(fill, ranges, rng):
    images = rng.random((100, *SIZE, 1), np.float32)
    matrices = matrices_of(ranges, 100, seed=2)
    warped = as_array(warp(images, matrices, fill))
    found = as_array(sample(images, *places(matrices, SIZE), fill))
    np.testing.assert_allclose(found, warped, atol=1e-4)


@FILLS
def test_points_at_rest_leave_the_warp(fill, rng):
    ranges = FAR.model_copy(update={"elastic": 2.0, "fill": fill})
    made = Augmenter(ranges, SIZE)
    rows = made.draw(20, rng)
    rows[:, ELASTIC] = 0
    images = rng.random((20, *SIZE, 1), np.float32)
    expected = as_array(warp(images, rows[:, :8], fill))
    np.testing.assert_allclose(as_array(made(images, rows)), expected, atol=1e-4)


SQUARE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


def test_points_that_all_move_one_column_are_a_shift():
    rows = np.array([[*REST, *[1] * 36, *[0] * 36]], np.float32)
    for fill, expected in (
        ("nearest", [[2, 3, 3], [5, 6, 6], [8, 9, 9]]),
        ("constant", [[2, 3, 0], [5, 6, 0], [8, 9, 0]]),
    ):
        made = Augmenter(Augmentation(elastic=1.0, fill=fill), (3, 3))
        moved = as_array(made(small(SQUARE), rows))
        np.testing.assert_allclose(moved[0, :, :, 0], expected, atol=1e-4)


def test_points_move_the_places_after_the_matrix_has():
    # The matrix looks one row lower, the points one column to the right.
    shifted = [1, 0, 0, 0, 1, 1, 0, 0]
    rows = np.array([[*shifted, *[1] * 36, *[0] * 36]], np.float32)
    made = Augmenter(Augmentation(elastic=1.0, fill="constant"), (3, 3))
    moved = as_array(made(small(SQUARE), rows))
    np.testing.assert_allclose(moved[0, :, :, 0], [[5, 6, 0], [8, 9, 0], [0, 0, 0]], atol=1e-4)


def strokes_changed(image, amount):
    changed = change_strokes(small(image), np.array([[amount]], np.float32))
    return as_array(changed)[0, :, :, 0]


DOT = np.pad([[1.0]], 2)
BLOCK = np.pad(np.ones((3, 3)), 1)


def test_amount_one_thickens_strokes_by_a_pixel_on_each_side():
    np.testing.assert_array_equal(strokes_changed(DOT, 1.0), BLOCK)


def test_amount_minus_one_takes_a_pixel_off_each_side():
    np.testing.assert_array_equal(strokes_changed(BLOCK, -1.0), DOT)
    np.testing.assert_array_equal(strokes_changed(DOT, -1.0), np.zeros((5, 5)))


def test_amount_zero_changes_nothing(rng):
    image = rng.random((6, 8), np.float32)
    np.testing.assert_array_equal(strokes_changed(image, 0.0), image)


def test_in_between_it_goes_a_share_of_the_way():
    ring = BLOCK - DOT
    np.testing.assert_allclose(strokes_changed(DOT, 0.25), DOT + 0.25 * ring)
    np.testing.assert_allclose(strokes_changed(BLOCK, -0.25), DOT + 0.75 * ring)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_what_lies_outside_the_image_neither_thickens_nor_thins(value):
    even = np.full((4, 4), value, np.float32)
    for amount in (-1.0, 1.0):
        np.testing.assert_array_equal(strokes_changed(even, amount), even)


def test_thick_and_thin_are_scipys_grey_dilation_and_erosion(rng):
    image = rng.random((9, 12), np.float32)
    thick, thin = (
        morph(image, size=3, mode="nearest")
        for morph in (ndimage.grey_dilation, ndimage.grey_erosion)
    )
    np.testing.assert_allclose(strokes_changed(image, 1.0), thick, atol=1e-6)
    np.testing.assert_allclose(strokes_changed(image, -1.0), thin, atol=1e-6)


def test_each_image_has_its_own_stroke():
    changed = change_strokes(small(DOT, DOT, BLOCK), np.array([[1], [0], [-1]], np.float32))
    np.testing.assert_array_equal(as_array(changed), small(BLOCK, DOT, DOT))


TEXTURE_PAIR = small([[1, -1, 0.5]], [[-0.5, 0, 0.25]])


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param([0, 0, 1], [0.5, 0.5, 0.75], id="plain"),
        pytest.param([0, 0, 0.5], [0.25, 0.25, 0.375], id="half the ink"),
        pytest.param([0, 0.25, 1], [0.75, 0.25, 0.875], id="first texture"),
        pytest.param([1, 0.5, 1], [0.25, 0.5, 0.875], id="second texture"),
        pytest.param([0, 1, 1], [1, 0, 1], id="cut off at full ink and bare paper"),
        pytest.param([1, 1, 0.5], [0, 0.25, 0.625], id="the texture does not fade"),
    ],
)
def test_ink_fades_and_a_texture_is_added(row, expected):
    rows = np.array([row], np.float32)
    laid = as_array(lay_over(small([[0.5, 0.5, 0.75]]), TEXTURE_PAIR, rows))
    np.testing.assert_allclose(laid[0, 0, :, 0], expected, atol=1e-6)


def outlined(images, rows):
    return as_array(show_outlines(images, np.array(rows, np.float32)))


def test_an_outline_is_a_line_of_one_pixel_around_the_ink_and_has_no_corners():
    ink = np.pad(np.ones((2, 2), np.float32), 2)
    line = np.zeros((6, 6), np.float32)
    line[[1, 1, 4, 4], [2, 3, 2, 3]] = line[[2, 3, 2, 3], [1, 1, 4, 4]] = 1
    shown = outlined(small(ink, ink), [[0, 0.5], [1, 0.5]])
    np.testing.assert_allclose(shown[..., 0], [ink, line], atol=1e-6)


def test_an_outline_follows_the_level_of_grey_asked_for():
    slope = small([[0, 0, 0.3, 0.6, 0.9, 0.9]])
    # Grey that is an eighth below a level counts as paper, and an eighth above it as ink.
    lower, higher = ([[1, level]] for level in (0.15, 0.45))
    assert outlined(slope, lower)[0, 0, :, 0].tolist() == [0, 1, 0, 0, 0, 0]
    assert outlined(slope, higher)[0, 0, :, 0].tolist() == [0, 0, 1, 0, 0, 0]


def test_channels_have_outlines_of_their_own():
    dot = np.zeros((1, 3, 3, 2), np.float32)
    dot[0, 1, 1, 1] = 1
    shown = outlined(dot, [[1, 0.5]])
    assert not shown[..., 0].any()
    assert shown[0, :, :, 1].tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


def test_each_image_has_its_own_texture():
    rows = np.array([[1, 1, 1], [0, 1, 1]], np.float32)
    bare = small([[0, 0, 0]], [[0, 0, 0]])
    laid = as_array(lay_over(bare, TEXTURE_PAIR, rows))
    np.testing.assert_array_equal(laid, np.clip(TEXTURE_PAIR[::-1], 0, 1))


def test_images_are_bent_then_strokes_outlines_ink_and_texture_change_and_last_a_part_is_erased(
    augmenter, rng
):
    images = rng.random((30, *SIZE, 1), np.float32)
    rows = augmenter.draw(30, rng)
    (right, down), flows = (
        places(rows[:, :8], SIZE),
        Elastic(SIZE).displacements(rows[:, ELASTIC]),
    )
    moved = sample(images, right + as_array(flows[0]), down + as_array(flows[1]), "constant")
    stroked = change_strokes(moved, rows[:, ELASTIC.stop : ELASTIC.stop + 1])
    outlined = show_outlines(stroked, rows[:, ELASTIC.stop + 1 : ELASTIC.stop + 3])
    inked = lay_over(outlined, texture_bank(SIZE), rows[:, ELASTIC.stop + 3 : ELASTIC.stop + 6])
    expected = erase(inked, rows[:, ELASTIC.stop + 6 :])
    np.testing.assert_allclose(as_array(augmenter(images, rows)), as_array(expected), atol=1e-5)


def test_without_any_range_images_stay_as_they_are(rng):
    still = Augmenter(Augmentation(), SIZE)
    images = rng.random((4, *SIZE, 1), np.float32)
    np.testing.assert_allclose(as_array(still(images, still.draw(4, rng))), images, atol=1e-6)


@pytest.mark.parametrize("n", [0, 1, 3])
@pytest.mark.parametrize("value", [0.0, 1.0, None], ids=["bare", "full", "random"])
def test_results_have_the_images_shape_and_lie_from_zero_to_one(augmenter, n, value, rng):
    images = rng.random((n, *SIZE, 1), np.float32)
    if value is not None:
        images[:] = value
    changed = as_array(augmenter(images, augmenter.draw(n, rng)))
    assert changed.shape == (n, *SIZE, 1)
    assert changed.dtype == np.float32
    assert ((changed >= 0) & (changed <= 1)).all()


def test_bare_paper_stays_bare_where_nothing_is_laid_or_painted_over_it(rng):
    made = Augmenter(ALL.model_copy(update={"texture": 0.0, "erase_share": 0.0}), SIZE)
    bare = np.zeros((20, *SIZE, 1), np.float32)
    np.testing.assert_array_equal(as_array(made(bare, made.draw(20, rng))), bare)


def test_images_need_not_be_square(rng):
    made = Augmenter(ALL, (12, 20))
    images = rng.random((3, 12, 20, 1), np.float32)
    assert as_array(made(images, made.draw(3, rng))).shape == images.shape
