import subprocess
import sys

import numpy as np
import pytest

from inkdigits.errors import UsageError
from inkdigits.evaluation.corruptions.suite import CORRUPTIONS, corrupt

NAMES = (
    "shot_noise impulse_noise glass_blur motion_blur shear scale rotate brightness translate "
    "stripe fog spatter dotted_line zigzag canny_edges"
).split()
FIXED = {"scale", "brightness", "stripe", "canny_edges"}  # nothing is drawn


@pytest.fixture
def images(digits):
    return digits.images[:24]


def test_the_fifteen_have_the_names_and_the_order_of_the_paper():
    assert list(CORRUPTIONS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_images_come_out_as_images_and_the_clean_ones_are_left_alone(name, images):
    before = images.copy()
    corrupted = corrupt(name, images)
    assert corrupted.dtype == np.uint8
    assert corrupted.shape == images.shape
    assert not np.shares_memory(corrupted, images)
    np.testing.assert_array_equal(images, before)
    assert all((one != clean).any() for one, clean in zip(corrupted, images, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_the_first_images_do_not_depend_on_how_many_follow(name, images):
    np.testing.assert_array_equal(corrupt(name, images)[:10], corrupt(name, images[:10]))


@pytest.mark.parametrize("name", NAMES)
def test_an_image_does_not_depend_on_what_the_others_show(name, images):
    others = np.full_like(images, 255)
    others[7] = images[7]
    np.testing.assert_array_equal(corrupt(name, images)[7], corrupt(name, others)[7])


@pytest.mark.parametrize("name", ["shot_noise", "translate"])
def test_the_first_of_many_hundreds_are_the_first_alone(name, images):
    many = np.repeat(images, 50, axis=0)
    np.testing.assert_array_equal(corrupt(name, many)[:777], corrupt(name, many[:777]))


def test_far_images_are_corrupted_differently(images):
    many = np.repeat(images[:1], 1500, axis=0)
    noisy = corrupt("impulse_noise", many)
    assert len(np.unique(noisy, axis=0)) == 1500


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_decides(name, images):
    np.testing.assert_array_equal(corrupt(name, images, seed=5), corrupt(name, images, seed=5))
    other = (corrupt(name, images, seed=5) != corrupt(name, images, seed=6)).any()
    assert other == (name not in FIXED)


def test_a_seed_unless_told_otherwise_is_zero(images):
    np.testing.assert_array_equal(corrupt("fog", images), corrupt("fog", images, seed=0))


def test_corruptions_do_not_share_their_random_numbers():
    # Both draw one uniform number for each pixel; in a white image the lowest become black.
    white = np.full((50, 28, 28), 255, np.uint8)
    no_photon = corrupt("shot_noise", white) == 0
    dead = corrupt("impulse_noise", white) == 0
    assert (no_photon & dead).mean() == pytest.approx(no_photon.mean() * dead.mean(), abs=0.003)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("grey", [0, 255])
def test_flat_images_can_be_corrupted(name, grey):
    corrupted = corrupt(name, np.full((2, 28, 28), grey, np.uint8))
    assert corrupted.shape == (2, 28, 28)


@pytest.mark.parametrize("name", NAMES)
def test_one_image_and_none_can_be_corrupted(name, images):
    assert corrupt(name, images[:1]).shape == (1, 28, 28)
    assert corrupt(name, images[:0]).shape == (0, 28, 28)


def test_an_unknown_name_is_answered_with_the_known_ones(images):
    with pytest.raises(UsageError, match=r"one of shot_noise, .*canny_edges; received 'snow'"):
        corrupt("snow", images)


def test_a_negative_seed_is_refused(images):
    with pytest.raises(UsageError, match="0 or more; received -1"):
        corrupt("fog", images, seed=-1)


@pytest.mark.parametrize("shape", [(2, 32, 32), (2, 28, 27), (0, 8, 28)])
def test_another_size_is_refused(shape):
    with pytest.raises(UsageError, match=f"28x28 pixels; received images of {shape[1]}x{shape[2]}"):
        corrupt("rotate", np.zeros(shape, np.uint8))


@pytest.mark.usefixtures("unchecked_arrays")
@pytest.mark.parametrize(
    "wrong",
    [np.zeros((2, 28, 28), np.float32), np.zeros((28, 28), np.uint8), np.zeros((2, 28, 28), bool)],
)
def test_other_arrays_are_refused(wrong):
    with pytest.raises(TypeError, match=r"uint8 with shape \(n, 28, 28\); received"):
        corrupt("rotate", wrong)


def test_evaluation_does_not_load_what_only_corruptions_need():
    command = (
        "import sys, inkdigits.evaluation.metrics, inkdigits.evaluation.corruptions; "
        "print([name for name in ('scipy', 'skimage') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
