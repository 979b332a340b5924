import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image as Pillow

from inkdigits.errors import PictureError
from inkdigits.imaging.decode import Limits, decode
from inkdigits.imaging.plain_png import LARGEST, plain_png
from tests.imaging.seed_files import SEEDS

GREY = np.random.default_rng(0).integers(0, 256, (28, 20), np.uint8)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(pixels, data=None, extra=b"", form=(8, 0, 0, 0, 0), parts=1, packed=None):
    """A PNG file of grey pixels, written by hand; `data` or `packed` in place of its rows."""
    height, width = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    packed = packed or zlib.compress(rows if data is None else data)
    step = -(-len(packed) // parts)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, *form)),
            extra,
            *(chunk(b"IDAT", packed[i : i + step]) for i in range(0, len(packed), step)),
            chunk(b"IEND", b""),
        ]
    )


def written(pixels, **options):
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "PNG", **options)
    return file.getvalue()


def test_pixels_are_those_of_the_file_in_three_equal_colours():
    pixels = plain_png(png(GREY))
    assert pixels.shape == (28, 20, 3) and pixels.dtype == np.uint8
    assert all(np.array_equal(pixels[..., i], GREY) for i in range(3))


@pytest.mark.parametrize("parts", [2, 7])
def test_pixel_data_may_come_in_several_parts(parts):
    assert np.array_equal(plain_png(png(GREY, parts=parts))[..., 0], GREY)


@pytest.mark.parametrize("shape", [(1, 1), (1, LARGEST), (LARGEST, LARGEST), (28, 28)])
@pytest.mark.parametrize("level", [0, 9])
def test_every_size_and_filter_decodes_as_pillow_does(shape, level):
    smooth = np.add.outer(np.arange(shape[0]), np.arange(shape[1])).astype(np.uint8)
    noise = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    for pixels in (smooth, noise):
        content = written(pixels, compress_level=level, optimize=level == 9)
        assert np.array_equal(plain_png(content)[..., 0], pixels)


@pytest.mark.parametrize("number", range(5))
def test_each_filter_is_undone(number):
    # PNG specification, section 9.2: the first row and column have zeros as neighbours.
    rows = bytes([number, 7, 3, number, 1, 2])
    expected = np.asarray(Pillow.open(io.BytesIO(png(np.zeros((2, 2), np.uint8), rows))))
    assert np.array_equal(plain_png(png(np.zeros((2, 2), np.uint8), rows))[..., 0], expected)


@pytest.mark.parametrize(
    "content",
    [
        png(np.zeros((LARGEST + 1, 3), np.uint8)),
        png(np.zeros((3, LARGEST + 1), np.uint8)),
        png(GREY, extra=chunk(b"tEXt", b"Comment\0 a digit")),
        png(GREY, extra=chunk(b"tRNS", b"\0\0")),
        png(GREY, extra=chunk(b"eXIf", b"MM\0*")),
        png(GREY, form=(4, 0, 0, 0, 0)),
        png(GREY, form=(8, 2, 0, 0, 0)),
        png(GREY, form=(8, 0, 0, 0, 1)),
        png(GREY, form=(8, 0, 1, 0, 0)),
        png(GREY) + b"more",
        png(GREY, packed=zlib.compress(bytes(28 * 21)) + b"more"),
        png(GREY, data=b"\0" * (28 * 21 - 1)),
        png(GREY, data=b"\0" * (28 * 21 + 1)),
        png(GREY, data=b"\5" * (28 * 21)),
        png(GREY, data=b"\0" * 10_000_000),
        b"",
    ],
)
def test_what_is_larger_or_holds_anything_else_is_left_to_the_other_decoder(content):
    assert plain_png(content) is None


def test_no_other_kind_of_file_is_taken():
    others = {name: plain_png(content) for name, content in SEEDS.items()}
    taken = [name for name, pixels in others.items() if pixels is not None]
    assert all(name.startswith("png") for name in taken)


def test_a_damaged_file_is_never_taken():
    content = png(GREY)
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 0x10
        assert plain_png(bytes(damaged)) is None
        assert plain_png(content[:place]) is None


def test_pixel_data_that_were_changed_decode_as_in_pillow_or_not_at_all(capfd):
    rng = np.random.default_rng(2)
    taken = 0
    for _ in range(500):
        packed = bytearray(zlib.compress(b"".join(b"\2" + row.tobytes() for row in GREY)))
        packed[rng.integers(len(packed))] ^= 1 << rng.integers(8)
        packed += bytes(rng.integers(0, 2))
        content = png(GREY, packed=bytes(packed))
        if (pixels := plain_png(content)) is not None:
            taken += 1
            expected = np.asarray(Pillow.open(io.BytesIO(content)))
            assert np.array_equal(pixels[..., 0], expected)
    assert taken < 500
    assert capfd.readouterr() == ("", "")


def test_a_small_file_is_held_against_the_limits_too():
    with pytest.raises(PictureError, match="20x28"):
        decode(png(GREY), limits=Limits(max_pixels=100))


def test_a_small_damaged_file_has_its_error():
    with pytest.raises(PictureError, match="damaged"):
        decode(png(GREY, data=b"\0" * 10))
