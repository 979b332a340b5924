import string

import numpy as np
import pytest

from inkdigits.datasets.fashion_mnist import load_fashion_sample
from inkdigits.errors import UsageError
from inkdigits.evaluation.outliers import (
    LIKE_DIGITS,
    OUTLIER_SETS,
    UNLIKE_DIGITS,
    outlier_set,
)

PARTS = ("choosing", "evaluating")


def distinct(images):
    return {image.tobytes() for image in images}


def neighbours_agree(images):
    """Correlation of each pixel with its right neighbour, one figure for each image."""
    centred = images - images.mean(axis=(1, 2), keepdims=True)
    product = (centred[:, :, 1:] * centred[:, :, :-1]).mean(axis=(1, 2))
    return product / centred.var(axis=(1, 2))


def test_the_sets_have_these_names():
    names = ("fashion-mnist", "blank", "noise", "letters", "letters-like-digits")
    assert names == OUTLIER_SETS


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", OUTLIER_SETS)
def test_every_set_has_as_many_images_as_asked_for(name, part):
    for n in (1, 13):
        images = outlier_set(name, part, n)
        assert images.shape == (n, 28, 28)
        assert images.dtype == np.uint8


@pytest.mark.parametrize("name", OUTLIER_SETS)
def test_the_same_seed_gives_the_same_images_and_another_others(name):
    first, again, other = (outlier_set(name, "choosing", 20, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("name", OUTLIER_SETS)
def test_a_thousand_images_unless_told_otherwise_with_seed_zero(name):
    images = outlier_set(name, "evaluating")
    assert len(images) == 1000
    if not name.startswith("letters"):  # those take seconds
        np.testing.assert_array_equal(images, outlier_set(name, "evaluating", seed=0))


@pytest.mark.parametrize("name", OUTLIER_SETS)
def test_the_parts_share_no_image_whatever_the_seeds(name):
    n = 100 if name.startswith("letters") else 1000
    choosing = distinct(outlier_set(name, "choosing", n, seed=0))
    for seed in (0, 1):
        assert not choosing & distinct(outlier_set(name, "evaluating", n, seed))


def test_clothes_come_from_the_part_of_their_name():
    for part, source in (("choosing", "train"), ("evaluating", "test")):
        images = outlier_set("fashion-mnist", part)
        assert distinct(images) == distinct(load_fashion_sample(source))
        assert distinct(outlier_set("fashion-mnist", part, 10, seed=5)) <= distinct(images)


def test_there_are_no_more_clothes_than_there_are():
    with pytest.raises(UsageError, match=r"has 1000 images in each part; received 1001"):
        outlier_set("fashion-mnist", "choosing", 1001)


@pytest.mark.parametrize("part", PARTS)
def test_blank_paper_is_mostly_dark_but_of_all_levels(part):
    levels = outlier_set("blank", part).mean(axis=(1, 2))
    assert np.median(levels) < 64
    assert levels.min() < 2
    assert levels.max() > 225
    assert np.histogram(levels, bins=8, range=(0, 256))[0].all()


@pytest.mark.parametrize("part", PARTS)
def test_blank_paper_has_no_edges(part):
    images = outlier_set("blank", part).astype(float)
    # Means of blocks of 7x7 take the grain away; what is left is a gentle slope.
    blocks = images.reshape(-1, 4, 7, 4, 7).mean(axis=(2, 4))
    steps = max(np.abs(np.diff(blocks, axis=axis)).max() for axis in (1, 2))
    assert steps < 64 / 4 + 6


def test_some_blank_paper_is_lit_from_one_side_and_some_is_not():
    images = outlier_set("blank", "choosing", 300).astype(float)
    columns = images.mean(axis=1)
    rows = images.mean(axis=2)
    slopes = np.concatenate([side[:, -1] - side[:, 0] for side in (columns, rows)])
    assert slopes.min() < -32
    assert slopes.max() > 32
    assert np.quantile(np.abs(slopes), 0.1) < 4


def test_one_blank_in_ten_is_a_single_level_odd_to_choose_by_and_even_to_measure_on():
    for part, odd in (("choosing", 1), ("evaluating", 0)):
        images = outlier_set("blank", part, 200)
        single = images.min(axis=(1, 2)) == images.max(axis=(1, 2))
        assert np.flatnonzero(single).tolist() == list(range(0, 200, 10))
        assert (images[single] % 2 == odd).all()


def test_the_empty_picture_is_among_those_to_measure_on():
    empty = np.zeros((28, 28), np.uint8).tobytes()
    assert empty in distinct(outlier_set("blank", "evaluating"))
    assert empty not in distinct(outlier_set("blank", "choosing"))


def test_noise_takes_turns():
    images = outlier_set("noise", "choosing", 400)
    uniform, gaussian, salt, smooth = (images[kind::4].astype(float) for kind in range(4))
    # Uniform from 0 to a highest level: the mean is half of it, the deviation 1/sqrt(12).
    highest = uniform.max(axis=(1, 2))
    np.testing.assert_allclose(uniform.mean(axis=(1, 2)) / highest, 0.5, atol=0.06)
    np.testing.assert_allclose(uniform.std(axis=(1, 2)) / highest, 12**-0.5, atol=0.03)
    assert highest.min() < 64
    assert highest.max() > 200
    assert max(len(np.unique(image)) for image in salt) <= 3
    assert (gaussian.std(axis=(1, 2)) > 5).all()
    for rough in (uniform, gaussian, salt):
        assert np.abs(neighbours_agree(rough)).mean() < 0.1
    # Blurred by a Gaussian of w pixels, neighbours correlate by exp(-1 / (4 w^2)): w is 0.7 to 5.
    agreement = neighbours_agree(smooth)
    assert 0.6 - 0.15 < agreement.min() < 0.75
    assert agreement.max() > 0.95


def test_salt_and_pepper_change_between_a_fiftieth_and_a_half_of_the_pixels():
    images = outlier_set("noise", "choosing", 800)[2::4]
    white = (images == 255).mean(axis=(1, 2))
    assert white.min() < 0.03
    assert white.max() < 0.32
    assert white.mean() == pytest.approx(0.13, abs=0.03)  # half of the mean share, 0.26


def test_smooth_noise_is_of_several_scales_and_contrasts():
    images = outlier_set("noise", "evaluating", 400)[3::4].astype(float)
    assert np.ptp(neighbours_agree(images)) > 0.3
    spread = images.std(axis=(1, 2))
    assert spread.min() < 40
    assert spread.max() > 100


def test_no_image_of_noise_is_empty():
    images = outlier_set("noise", "evaluating")
    assert (images.max(axis=(1, 2)) > images.min(axis=(1, 2))).all()


def test_every_letter_is_in_one_of_two_lists():
    assert sorted([*LIKE_DIGITS, *UNLIKE_DIGITS]) == sorted(string.ascii_letters)
    assert set("OoIlSsZzBbgq") <= LIKE_DIGITS.keys()
    assert set("AEKMTWXkmwx") <= set(UNLIKE_DIGITS)
    assert set(LIKE_DIGITS.values()) <= set(string.digits)


@pytest.mark.parametrize("name", ["letters", "letters-like-digits"])
def test_letters_have_the_form_of_mnist(name):
    for image in outlier_set(name, "choosing", 40):
        rows, columns = np.nonzero(image)
        assert max(np.ptp(rows), np.ptp(columns)) == 19
        assert image.max() == 255


def test_the_two_sets_of_letters_are_drawn_from_their_own_lists(monkeypatch):
    asked, numbers = [], []

    def remember(letters, n, rng):
        asked.append((set(letters), n))
        numbers.append(rng.random())
        return np.zeros((n, 28, 28), np.uint8)

    monkeypatch.setattr("inkdigits.evaluation.outliers.render_letters", remember)
    outlier_set("letters", "choosing", 2)
    outlier_set("letters-like-digits", "choosing", 3)
    assert asked == [(set(UNLIKE_DIGITS), 2), (set(LIKE_DIGITS), 3)]
    assert numbers[0] != numbers[1]  # one set does not turn and lean like the other


def test_an_unknown_set_is_named_and_so_are_the_known_ones():
    with pytest.raises(UsageError, match='no outlier set "cats"; there are fashion-mnist, blank'):
        outlier_set("cats", "choosing")


@pytest.mark.usefixtures("unchecked_arrays")
def test_an_unknown_part_is_named():
    with pytest.raises(UsageError, match='"choosing" or "evaluating"; received "test"'):
        outlier_set("noise", "test")


@pytest.mark.parametrize(("n", "seed"), [(0, 0), (-1, 0), (1, -1)])
@pytest.mark.parametrize("name", OUTLIER_SETS)
def test_impossible_numbers_are_refused(name, n, seed):
    with pytest.raises(UsageError, match=f"0 or more; received {n} and {seed}"):
        outlier_set(name, "choosing", n, seed)
