import io
import struct
import subprocess
import sys
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image as Pillow

from inkdigits.errors import PictureError
from inkdigits.imaging.decode import Limits, decode, decode_pages
from tests.imaging.seed_files import SEEDS

RASTER = [name for name in SEEDS if not name.startswith(("pdf", "heic"))]
# The same picture of 48x64 pixels, three-coloured, one of them lying on its side.
COLOURED = ["png-animated", "jpeg-progressive", "jpeg-cmyk", "webp", "webp-animated", "bmp"]
COLOURED += ["bmp-palette", "tiff", "tiff-lzw", "tiff-jpeg", "tiff-packed", "gif-animated", "jpeg"]


def write(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png_header(width, height, bits=8, colour=0):
    """A PNG file that claims a size and holds next to nothing."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    signature = b"\x89PNG\r\n\x1a\n"
    return (
        signature
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def tiff_of(pages, width=1, height=1, last=0):
    """A TIFF file of grey pages, of which the last points to `last`."""
    content = b"II*\0" + struct.pack("<I", 8)
    for page in range(pages):
        tags = [(256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 0), (277, 1)]
        tags += [(278, height), (279, width * height)]
        content += struct.pack("<H", len(tags))
        content += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
        content += struct.pack("<I", last if page == pages - 1 else len(content) + 4)
    return content


@pytest.mark.parametrize("name", RASTER)
def test_files_of_every_kind_are_decoded(name):
    (picture,) = decode(SEEDS[name])
    shapes = {(64, 48, 3), (48, 64, 3)}
    assert picture.pixels.shape in shapes
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.shape[:2] == (picture.height, picture.width)
    assert picture.page == 1


@pytest.mark.parametrize("name", COLOURED)
def test_files_of_one_picture_in_every_kind_look_alike(name):
    expected = decode(SEEDS["bmp"])[0].pixels.astype(int)
    found = decode(SEEDS[name])[0].pixels.astype(int)
    if found.shape != expected.shape:
        found = np.rot90(found)  # its note turned it to the right
    assert np.abs(found - expected).mean() < 12


def test_lossless_files_are_exact():
    pixels = np.random.default_rng(0).integers(0, 256, (7, 5, 3), np.uint8)
    image = Pillow.fromarray(pixels)
    for kind, options in {"PNG": {}, "BMP": {}, "TIFF": {}, "WEBP": {"lossless": True}}.items():
        np.testing.assert_array_equal(decode(write(image, kind, **options))[0].pixels, pixels)


@pytest.mark.parametrize("name", ["jpeg", "webp"])
def test_pictures_come_upright(name):
    (picture,) = decode(SEEDS[name])
    assert (picture.width, picture.height) == (64, 48)
    red = picture.pixels[..., 0]
    assert red[22:24, 14:40].max() < 60  # the upright stroke of the seed now lies
    assert red[2:6, 14:40].min() > 200


def test_a_tiff_file_comes_upright_once():
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    exif = Pillow.Exif()
    exif[0x0112] = 6
    (picture,) = decode(write(Pillow.fromarray(pixels), "TIFF", exif=exif))
    assert picture.pixels[..., 0].tolist() == [[3, 0], [4, 1], [5, 2]]


@pytest.mark.parametrize("name", ["png-animated", "webp-animated", "gif-animated", "tiff"])
def test_one_frame_unless_all_are_wanted(name):
    (first,) = decode(SEEDS[name])
    pictures = decode(SEEDS[name], pages="all")
    assert [picture.page for picture in pictures] == [1, 2, 3]
    np.testing.assert_array_equal(pictures[0].pixels, first.pixels)
    assert (pictures[1].pixels != first.pixels).any()


@pytest.mark.parametrize("name", ["png-grey", "jpeg", "bmp", "gif"])
def test_all_of_a_single_picture_is_one(name):
    assert len(decode(SEEDS[name], pages="all")) == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_large_pictures_are_reduced_and_know_their_size(kind):
    image = Pillow.new("RGB", (4002, 37), "white")
    image.paste((0, 0, 0), (0, 0, 2000, 37))
    exif = Pillow.Exif()
    exif[0x0112] = 8
    (picture,) = decode(write(image, kind, exif=exif))
    assert (picture.width, picture.height) == (37, 4002)
    assert picture.pixels.shape == (2001, 19, 3)
    assert picture.scale == pytest.approx(2, abs=0.1)
    ink = picture.pixels[..., 0] < 128
    assert ink[1001:].all()
    assert not ink[:1001].any()


def test_a_very_long_jpeg_is_reduced_beyond_what_its_decoder_can():
    (picture,) = decode(write(Pillow.new("L", (65500, 40), 200), "JPEG"))
    assert picture.pixels.shape == (2, 2047, 3)
    assert picture.pixels.min() == 200


@pytest.mark.parametrize("name", SEEDS)
def test_a_file_cut_off_anywhere_is_one_typed_error_or_whole(name):
    content = SEEDS[name]
    whole = decode(content, pages="first") if not name.startswith("pdf") else []
    shares = np.linspace(0, 0.9, 2 if name.startswith(("pdf", "heic")) else 14)
    for share in shares:
        try:
            found = decode(content[: int(share * len(content))])
        except PictureError as error:
            assert "\n" not in str(error)
        else:
            # Some frames, and notes at the end, may be missing; but never a part of the picture.
            for one, other in zip(found, whole, strict=True):
                assert sorted(one.pixels.shape) == sorted(other.pixels.shape)


@pytest.mark.parametrize("name", ["png-grey", "jpeg", "jpeg-progressive", "bmp", "webp"])
def test_half_a_picture_is_none(name):
    with pytest.raises(PictureError, match="damaged"):
        decode(SEEDS[name][: -len(SEEDS[name]) // 4])


def test_a_file_of_one_pixel_is_a_picture():
    for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"):
        (picture,) = decode(write(Pillow.new("RGB", (1, 1), "white"), kind))
        assert picture.pixels.tolist() == [[[255, 255, 255]]]


@pytest.mark.parametrize(
    "content",
    [
        png_header(30_000, 30_000),
        png_header(2**31 - 1, 2**31 - 1),
        png_header(50_000_001, 1),
        b"BM" + struct.pack("<IHHIIiiHHIIiiII", 99, 0, 0, 54, 40, 30000, 30000, 1, 24, *[0] * 6),
        b"GIF89a" + struct.pack("<HH", 60000, 60000) + bytes([0, 0, 0, 0x2C, 0, 0, 0, 0])
        + struct.pack("<HH", 60000, 60000) + bytes(9),
        tiff_of(1, 40_000, 40_000),
        b"RIFF\x7a\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0" + b"\xff\x3f\0" * 2 + b"VP8L" + bytes(90),
    ],
    ids=["png", "png-vast", "png-line", "bmp", "gif", "tiff", "webp"],
)  # fmt: skip
def test_bombs_are_refused_by_what_they_claim(content):
    with warnings.catch_warnings(), pytest.raises(PictureError, match="pixels"):
        warnings.simplefilter("error")
        decode(content)


def test_a_jpeg_file_of_very_many_scans_is_refused():
    content = write(Pillow.new("L", (5000, 5000)), "JPEG")
    with pytest.raises(PictureError, match=r"paints 5000x5000 pixels 101 times over"):
        decode(content[:-2] + b"\xff\xda" * 100)


def test_limits_can_be_set():
    content = write(Pillow.new("L", (10, 10)), "PNG")
    assert decode(content, limits=Limits(len(content), 100, 1), pages="all")
    for limits in (Limits(max_bytes=len(content) - 1), Limits(max_pixels=99)):
        with pytest.raises(PictureError, match="at most"):
            decode(content, limits=limits)


def test_a_larger_limit_than_pillows_own_raises_no_warning():
    # Pillow warns above 89 million pixels and refuses above 179 million.
    for side in (10_000, 14_000):
        with pytest.raises(PictureError, match="damaged"):
            decode(png_header(side, side, 1), limits=Limits(max_pixels=10**9))
    assert Pillow.MAX_IMAGE_PIXELS is not None


def test_pages_beyond_the_limit_are_refused_when_all_are_wanted():
    assert len(decode(tiff_of(5))) == 1
    assert len(decode(tiff_of(5), limits=Limits(max_pages=5), pages="all")) == 5
    with pytest.raises(PictureError, match="more than 4 pages"):
        decode(tiff_of(5), limits=Limits(max_pages=4), pages="all")
    with pytest.raises(PictureError, match="more than 1,000 pages"):
        decode(tiff_of(1001), pages="all")


def test_pages_that_point_back_to_the_first_end():
    assert len(decode(tiff_of(5, last=8), pages="all")) == 5


def test_all_pages_together_are_limited():
    with pytest.raises(PictureError, match="more than 20 pixels in all"):
        decode(tiff_of(21), limits=Limits(max_pixels=1), pages="all")
    assert len(list(decode_pages(tiff_of(21), limits=Limits(max_pixels=1), pages="all"))) == 21


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "received an empty file"),
        (b"hello", r"starts with b'hello'; it should be PNG"),
        (b"\x89PNG\r\n\x1a\n", "received a PNG file that is damaged: "),
        (b"\xff\xd8\xff\xe0", "received a JPEG file that is damaged: "),
    ],
)
def test_errors_say_what_was_received(content, message):
    with pytest.raises(PictureError, match=message):
        decode(content)


def test_the_libraries_for_heic_and_pdf_are_another_process_s_business():
    code = (
        "import sys; from inkdigits.imaging.decode import decode\n"
        "for file in sys.argv[1:]:\n"
        "    decode(bytes.fromhex(file)); print({'pi_heif', 'pypdfium2'} & set(sys.modules))"
    )
    files = [SEEDS[name].hex() for name in ("png-grey", "pdf", "heic")]
    command = [sys.executable, "-c", code, *files]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["set()"] * 3
