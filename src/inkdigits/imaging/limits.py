"""How large a picture file and its pages may be.

Comes in: sizes that a file claims. Goes out: nothing, or a `PictureError`. It knows no format.
"""

from __future__ import annotations

from dataclasses import dataclass

from inkdigits.errors import PictureError


@dataclass(frozen=True)
class Limits:
    """How large a picture may be.

    Attributes:
        max_bytes: Size of the file.
        max_pixels: Width times height of each page.
        max_pages: Pages or frames, when all of them are wanted.
    """

    max_bytes: int = 50_000_000
    max_pixels: int = 50_000_000
    max_pages: int = 1_000

    def check_bytes(self, size: int) -> None:
        """Refuse a file of more than `max_bytes` bytes, or of none.

        Raises:
            PictureError: If the file is too large or empty.

        Example:
            >>> Limits(max_bytes=10).check_bytes(10)
        """
        if not size:
            raise PictureError("received an empty file; it should hold a picture")
        if size > self.max_bytes:
            raise PictureError(
                f"received a file of {size:,} bytes; at most {self.max_bytes:,} are allowed"
            )

    def check_size(self, width: int, height: int) -> None:
        """Refuse a page of more than `max_pixels` pixels, or of none.

        Raises:
            PictureError: If the page is too large or empty.

        Example:
            >>> Limits(max_pixels=20).check_size(5, 4)
        """
        if width < 1 or height < 1:
            raise PictureError(
                f"received a picture of {width}x{height} pixels; it should have at least one"
            )
        if width * height > self.max_pixels:
            raise PictureError(
                f"received a picture of {width}x{height} pixels; "
                f"at most {self.max_pixels:,} in all are allowed"
            )

    def check_page(self, page: int) -> None:
        """Refuse a page, counted from 1, beyond `max_pages`.

        Raises:
            PictureError: If there are too many pages.

        Example:
            >>> Limits(max_pages=3).check_page(3)
        """
        if page > self.max_pages:
            raise PictureError(
                f"received a file of more than {self.max_pages:,} pages; split it into smaller ones"
            )
