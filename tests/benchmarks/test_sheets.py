import numpy as np
import pytest

from inkdigits.imaging.picture import picture_of
from inkdigits.imaging.sheet import take_sheet


@pytest.fixture
def sheets(load):
    return load("sheets")


def test_sheets_lie_on_tables_of_all_kinds(sheets, digits, rng):
    found, colours = 0, set()
    for _ in range(20):
        text, pixels = sheets.sheet(digits, rng)
        assert pixels.dtype == np.uint8 and pixels.shape[2] == 3
        assert text.replace("\n", "").isdecimal()
        assert 1 <= text.count("\n") + 1 <= 3
        found += take_sheet(picture_of(pixels)) is not None
        colours.add(tuple((pixels[0, 0] // 64).tolist()))
    assert found >= 15
    assert len(colours) > 5


def test_the_same_seed_draws_the_same(sheets, digits):
    one, same = (sheets.sheet(digits, np.random.default_rng(3)) for _ in range(2))
    assert one[0] == same[0]
    np.testing.assert_array_equal(one[1], same[1])
