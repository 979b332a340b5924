"""A generated page -> the marks that a reader finds on it, each with the digits that it shows.

Comes in: a page and its truth. Goes out: marks with the text that stands in them. It does not know
any network.
"""

from __future__ import annotations

from collections.abc import Iterator

from inkdigits.imaging.finding import find_lines
from inkdigits.imaging.marks import Mark
from inkdigits.imaging.pages.truth import InkBox, Page

_WHOLE = 0.75  # share of a digit's box that a mark covers which shows the digit
_PART = 0.35  # share above which it may do so, or show too much of it to be called none


def labelled_marks(page: Page) -> Iterator[tuple[Mark, str]]:
    """Find the marks of a page and tell which digits each shows.

    Args:
        page: A page with its truth.

    Yields:
        A mark, and its digits from left to right: "7", or "17" where a 1 and a 7 touch; "" for a
        mark that shows no digit or a small part of one. Marks that show the greater part of a
        digit, but not the whole, are left out.

    Example:
        >>> import numpy as np
        >>> from inkdigits.datasets.mnist import load_mnist
        >>> from inkdigits.imaging.pages.page import pair
        >>> page = pair(load_mnist().train, np.random.default_rng(0))
        >>> page.text, [text for _, text in labelled_marks(page)]
        ('67', ['67'])
    """
    found = find_lines(page.pixels)
    for mark in (mark for line in found.lines for mark in line):
        covered = [
            (digit.digit, _covered(digit.box, mark, found.factor))
            for line in page.lines
            for digit in line.digits
        ]
        whole = [digit for digit, share in covered if share >= _WHOLE]
        if not any(_PART < share < _WHOLE for _, share in covered):
            yield mark, "".join(map(str, whole))


def _covered(box: InkBox, mark: Mark, factor: float) -> float:
    """Return the share of a digit's box that a mark's box covers."""
    left, right = max(box.x, mark.x * factor), min(box.x + box.width, mark.right * factor)
    top, bottom = max(box.y, mark.y * factor), min(box.y + box.height, mark.bottom * factor)
    return max(0.0, right - left) * max(0.0, bottom - top) / (box.width * box.height)
