import numpy as np
import pytest

from inkdigits.imaging.panels import split_panels
from inkdigits.imaging.picture import picture_of


@pytest.fixture
def screens(load):
    return load("screens")


def test_each_digit_stands_in_a_square_of_its_own(screens, digits, rng):
    seen = set()
    for _ in range(20):
        text, pixels = screens.screen(digits, rng)
        assert pixels.dtype == np.uint8 and pixels.shape[2] == 3
        lines = text.split("\n")
        assert {len(line) for line in lines} == {len(lines[0])}
        assert text.replace("\n", "").isdecimal()
        _, panels = split_panels(picture_of(pixels))
        assert len(panels) == sum(map(len, lines))
        seen.add((len(lines), len(lines[0]), bool(pixels[0, 0, 0] > 128)))
    assert {len(set(each)) > 1 for each in zip(*seen, strict=True)} == {True}


def test_the_same_seed_draws_the_same(screens, digits):
    one, same = (screens.screen(digits, np.random.default_rng(3)) for _ in range(2))
    assert one[0] == same[0]
    np.testing.assert_array_equal(one[1], same[1])
