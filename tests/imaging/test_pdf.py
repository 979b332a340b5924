import pytest

from inkdigits.errors import PictureError
from inkdigits.imaging.decode import Limits, decode
from inkdigits.imaging.pdf import pdf_pages, pixels_per_point
from tests.imaging.seed_files import SEEDS, pdf_of, small_pdf

PAGES = b"<</Type/Catalog/Pages 2 0 R>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 360 180]>>"


def picture_of_size(width, height):
    """A file whose page shows a picture that claims a size."""
    return pdf_of(
        PAGES,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources 5 0 R>>",
        b"<</Length 21>>\nstream\nq 9 0 0 9 0 0 cm /I Do Q\nendstream",
        b"<</XObject<</I 6 0 R>>>>",
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray"
        b"/BitsPerComponent 1/Length 2>>\nstream\n\0\0\nendstream" % (width, height),
    )


def test_a_page_is_drawn_at_200_dots_per_inch():
    # 720 points are 10 inches, 2000 pixels; the left half is black.
    (picture,) = decode(small_pdf(b"0 0 180 720 re f", box=b"0 0 360 720"))
    assert (picture.width, picture.height) == (1000, 2000)
    assert picture.pixels[:, :499].max() == 0
    assert picture.pixels[:, 501:].min() == 255


def test_colours_are_in_the_right_order():
    (picture,) = decode(small_pdf(b"1 0.5 0 rg 0 0 99 99 re f", box=b"0 0 9 9"))
    assert picture.pixels[500, 500].tolist() == [255, pytest.approx(127, abs=1), 0]


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        ((360, 180), 1000),  # 5 inches
        ((36, 18), 1000),  # would be 100
        ((14_400, 1), 4000),  # would be 40,000
        ((612, 792), 2200),  # US letter
    ],
)
def test_the_longer_side_has_1000_to_4000_pixels(size, pixels):
    assert pixels_per_point(size, 50_000_000, 4000) * max(size) == pytest.approx(pixels)


def test_a_page_has_no_more_pixels_than_allowed():
    (picture,) = decode(small_pdf(b"", box=b"0 0 360 360"), limits=Limits(max_pixels=10_000))
    assert (picture.width, picture.height) == (100, 100)


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (14_401, 5), (float("nan"), 5)])
def test_a_page_of_an_impossible_size_is_refused(size):
    with pytest.raises(PictureError, match="points"):
        pixels_per_point(size, 50_000_000, 4000)


def test_only_the_first_page_unless_all_are_wanted():
    content = pdf_of(PAGES, b"<</Type/Pages/Kids[3 0 R 3 0 R 3 0 R]/Count 3>>", PAGE)
    assert [picture.page for picture in decode(content)] == [1]
    pictures = decode(content, pages="all", limits=Limits(max_pages=3))
    assert [(picture.page, picture.pixels.shape) for picture in pictures] == [
        (page, (500, 1000, 3)) for page in (1, 2, 3)
    ]
    with pytest.raises(PictureError, match="more than 2 pages"):
        decode(content, pages="all", limits=Limits(max_pages=2))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.4 and nothing else", "PDF file that is damaged: "),
        (pdf_of(PAGES, b"<</Type/Pages/Kids[]/Count 0>>"), "PDF file without pages"),
        (picture_of_size(30_000, 30_000), "picture of 30000x30000 pixels; at most 50,000,000"),
        (small_pdf(b"", box=b"0 0 1000000 1000000"), "page of 1e[+]06x1e[+]06 points"),
    ],
)
def test_files_that_cannot_or_must_not_be_drawn_are_refused(content, message):
    with pytest.raises(PictureError, match=message):
        decode(content)


def test_a_locked_file_is_refused():
    start = SEEDS["pdf"].index(b"trailer\n<<") + len(b"trailer\n<<")
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<00><00>]"
    locked = SEEDS["pdf"][:start] + lock % (b"11" * 32, b"22" * 32) + SEEDS["pdf"][start:]
    with pytest.raises(PictureError, match="locked"):
        decode(locked)


def test_pages_are_drawn_one_by_one():
    content = pdf_of(
        PAGES, b"<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>", PAGE, b"<</Type/Nothing>>"
    )
    first = next(pdf_pages(content, Limits(), 4000))
    assert (first.width, first.height, first.mode) == (1000, 500, "RGB")
    assert bytes(first.pixels) == b"\xff" * 1_500_000
