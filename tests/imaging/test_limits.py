import pytest

from inkdigits.errors import PictureError
from inkdigits.imaging.limits import Limits


def test_what_is_as_large_as_allowed_passes():
    limits = Limits(max_bytes=3, max_pixels=6, max_pages=2)
    limits.check_bytes(3)
    limits.check_size(2, 3)
    limits.check_page(2)


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda limits: limits.check_bytes(0), "received an empty file"),
        (lambda limits: limits.check_bytes(1001), "1,001 bytes; at most 1,000 are allowed"),
        (lambda limits: limits.check_size(2, 4), "2x4 pixels; at most 6 in all are allowed"),
        (lambda limits: limits.check_size(0, 4), "0x4 pixels; it should have at least one"),
        (lambda limits: limits.check_page(3), "more than 2 pages"),
    ],
)
def test_what_is_larger_or_empty_is_refused(check, message):
    with pytest.raises(PictureError, match=message):
        check(Limits(max_bytes=1000, max_pixels=6, max_pages=2))
