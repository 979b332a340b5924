import pytest

from inkdigits.errors import PictureError
from inkdigits.imaging.kinds import kind_of
from tests.imaging.seed_files import SEEDS


@pytest.mark.parametrize("name", SEEDS)
def test_the_content_tells_the_kind(name):
    assert kind_of(SEEDS[name]).lower() == name.split("-")[0]


def test_a_pdf_file_may_begin_with_something_else():
    assert kind_of(b"\n" * 1000 + b"%PDF-1.4") == "PDF"
    with pytest.raises(PictureError):
        kind_of(b"\n" * 2000 + b"%PDF-1.4")


@pytest.mark.parametrize(
    "content",
    [b"hello world, this is text", b"\0", b"RIFF\0\0\0\0WAVE", b"\0\0\0\x18ftypmp42", b"\x89PN"],
)
def test_other_files_are_refused_in_one_line_that_shows_their_beginning(content):
    with pytest.raises(PictureError) as caught:
        kind_of(content)
    assert f"starts with {content[:12]!r}; it should be PNG" in str(caught.value)
    assert "\n" not in str(caught.value)
