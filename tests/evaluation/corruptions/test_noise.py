from math import exp

import numpy as np
import pytest

from inkdigits.evaluation.corruptions.noise import impulse_noise, shot_noise


def grey_images(grey, n=200):
    return np.full((n, 28, 28), grey, np.uint8)


def shares_of(noisy, greys):
    return [float((noisy == grey).mean()) for grey in greys]


@pytest.mark.parametrize("grey, mean", [(255, 3.0), (170, 2.0), (85, 1.0)])
def test_photons_follow_poisson(grey, mean, rng):
    noisy = shot_noise(grey_images(grey), rng)
    fewer = [exp(-mean), mean * exp(-mean), mean**2 / 2 * exp(-mean)]
    expected = [*fewer, 1 - sum(fewer)]
    # 156,800 pixels: 0.006 is five standard deviations of a share.
    assert shares_of(noisy, [0, 85, 170, 255]) == pytest.approx(expected, abs=0.006)


def test_black_sends_no_photons(rng):
    assert not shot_noise(grey_images(0), rng).any()


def test_seventeen_percent_of_the_pixels_are_hit_half_of_them_black(rng):
    noisy = impulse_noise(grey_images(90), rng)
    assert shares_of(noisy, [0, 90, 255]) == pytest.approx([0.085, 0.83, 0.085], abs=0.005)


def test_impulses_hit_black_and_white_too(rng):
    assert shares_of(impulse_noise(grey_images(0), rng), [0, 255]) == pytest.approx(
        [0.915, 0.085], abs=0.004
    )
    assert shares_of(impulse_noise(grey_images(255), rng), [0, 255]) == pytest.approx(
        [0.085, 0.915], abs=0.004
    )


@pytest.mark.parametrize("corruption", [shot_noise, impulse_noise])
def test_neighbouring_pixels_have_noise_of_their_own(corruption, rng):
    noisy = corruption(grey_images(255), rng) / 255.0
    apart = noisy - noisy.mean()
    for left, right in ((apart[:, :, 1:], apart[:, :, :-1]), (apart[1:], apart[:-1])):
        assert abs((left * right).mean()) < 0.015 * noisy.var()
