import numpy as np

from inkdigits.cli.pixels import beside, to_braille


def test_each_pixel_has_its_dot():
    for row, column, dot in [(0, 0, 0x01), (2, 0, 0x04), (3, 0, 0x40), (0, 1, 0x08), (3, 1, 0x80)]:
        image = np.zeros((4, 2), np.uint8)
        image[row, column] = 255
        assert to_braille(image) == [chr(0x2800 + dot)]


def test_faint_pixels_are_paper():
    assert to_braille(np.full((4, 2), 95, np.uint8)) == ["\u2800"]
    assert to_braille(np.full((4, 2), 96, np.uint8)) == ["\u28ff"]


def test_sizes_are_rounded_up():
    lines = to_braille(np.zeros((5, 3), np.uint8))
    assert [len(line) for line in lines] == [2, 2]


def test_pictures_stand_side_by_side():
    assert beside([["a", "b"], ["c", "d"]], gap="|") == ["a|c", "b|d"]
