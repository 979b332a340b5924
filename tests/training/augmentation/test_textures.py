import numpy as np
import pytest

from inkdigits.training.augmentation.textures import TEXTURES, texture_bank

SIZE = (24, 28)
COUNT = 400
KINDS = ("grain", "clouds", "slopes", "patches", "strokes")


@pytest.fixture(scope="module")
def bank():
    return texture_bank(SIZE, COUNT)


@pytest.fixture(scope="module")
def kinds(bank):
    """The bank's fifths by the kind of texture they hold, without the channel axis."""
    return dict(zip(KINDS, np.split(bank[..., 0], 5), strict=True))


def likeness_of_neighbours(textures):
    """How much a pixel tells of the one to its right, 0 to 1."""
    return np.corrcoef(textures[:, :, :-1].ravel(), textures[:, :, 1:].ravel())[0, 1]


def test_values_are_from_minus_one_to_one_and_reach_both(bank):
    assert bank.shape == (COUNT, *SIZE, 1)
    assert bank.dtype == np.float32
    assert bank.min() == -1
    assert bank.max() == 1


def test_the_bank_is_the_same_at_every_call(bank):
    np.testing.assert_array_equal(bank, texture_bank(SIZE, COUNT))


def test_no_two_textures_are_alike(bank):
    assert len(np.unique(bank.reshape(COUNT, -1), axis=0)) == COUNT


def test_every_texture_shows_something(bank):
    assert (np.ptp(bank, axis=(1, 2, 3)) > 0).all()


def test_the_first_fifth_is_grain_every_pixel_by_itself(kinds):
    grain = kinds["grain"]
    assert abs(likeness_of_neighbours(grain)) < 0.02
    assert abs(grain.mean()) < 0.01
    assert np.median(np.abs(grain)) == pytest.approx(0.4 * 0.6745, rel=0.02)


def test_the_second_fifth_is_clouds_smooth_over_several_pixels(kinds):
    clouds = kinds["clouds"]
    assert likeness_of_neighbours(clouds) > 0.95
    assert clouds.mean(axis=(1, 2)).std() > 0.2


def test_the_third_fifth_is_slopes_that_rise_evenly(kinds):
    slopes = kinds["slopes"]
    inside = (np.abs(slopes) < 1).all(axis=(1, 2))
    assert 0.05 < inside.mean() < 1  # the others are cut off at full ink
    for axis in (1, 2):
        np.testing.assert_allclose(np.diff(slopes[inside], 2, axis), 0, atol=1e-5)
    rise = np.ptp(slopes[inside], axis=(1, 2))
    assert (rise > 1).all()
    assert (rise <= 2 + 1e-5).all()


def test_the_fourth_fifth_is_patches_of_ink_or_bare_paper_on_nothing(kinds):
    patches = kinds["patches"]
    strength = np.abs(patches[patches != 0])
    assert strength.min() >= 0.5
    assert strength.max() <= 1
    assert 0.3 < (patches[patches != 0] > 0).mean() < 0.7
    assert all(1 <= len(np.unique(each[each != 0])) <= 4 for each in patches)
    filled = (patches != 0).sum(axis=(1, 2))
    assert filled.min() >= (24 // 6) * (28 // 6)
    assert filled.max() <= 4 * (24 // 3) * (28 // 3)


def test_a_lone_patch_is_a_rectangle_a_sixth_to_a_third_of_a_side_long(kinds):
    alone = [each for each in kinds["patches"] if len(np.unique(each[each != 0])) == 1]
    assert len(alone) > 5
    for each in alone:
        rows, columns = np.nonzero(each.any(axis=1))[0], np.nonzero(each.any(axis=0))[0]
        height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert (each != 0).sum() == height * width
        assert 4 <= height <= 8
        assert 4 <= width <= 9


def test_the_last_fifth_is_thin_strokes_of_ink_from_side_to_side_on_nothing(kinds):
    strokes = kinds["strokes"]
    assert strokes.min() >= 0
    inked = strokes > 0.5
    assert 0.01 < inked.mean() < 0.2
    # A stroke that crosses the image leaves it somewhere, and passes all rows or columns between.
    at_border = inked[:, [0, -1]].any(axis=(1, 2)) | inked[:, :, [0, -1]].any(axis=(1, 2))
    assert at_border.mean() > 0.9


def test_the_bank_has_its_full_number_unless_told_otherwise():
    assert texture_bank((8, 8)).shape == (TEXTURES, 8, 8, 1)


@pytest.mark.parametrize("size", [(1, 1), (2, 5), (28, 3)], ids=str)
def test_small_images_have_textures_too(size):
    bank = texture_bank(size, 40)
    assert bank.shape == (40, *size, 1)
    assert np.isfinite(bank).all()


def test_a_bank_may_be_empty():
    assert texture_bank(SIZE, 0).shape == (0, *SIZE, 1)
