"""A generated page -> the marks that a reader finds on it, each with the digits that it shows.

Comes in: a page and its truth. Goes out: marks, and parts of those that show several digits, with
the text that stands in them. It does not know any network.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from inkdigits.array_types import Int64
from inkdigits.imaging.cuts import cut
from inkdigits.imaging.finding import find_lines
from inkdigits.imaging.marks import Mark
from inkdigits.imaging.pages.truth import InkBox, Page

_WHOLE = 0.75  # share of a digit's box that a mark covers which shows the digit
_PART = 0.35  # share above which it may do so, or show too much of it to be called none
# Shares of the ink that a mark has of a digit. Where digits touch, no cut is exact.
_ALL, _LITTLE = 0.75, 0.25  # a part with more shows the digit, with less does not
_MOST, _SOME = 0.65, 0.35  # between these, it is cut in the wrong place


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


def labelled_parts(page: Page) -> Iterator[tuple[tuple[Mark, ...], str]]:
    """Cut the marks of a page that show several digits, and tell which digits each part shows.

    Args:
        page: A page with its truth.

    Yields:
        The ink of neighbouring pieces, and its digits from left to right; "" where it shows a piece
        of one, with or without others that are whole: it was cut in the wrong place. Parts that are
        nearly right are left out, and so are whole marks.

    Example:
        >>> from inkdigits.datasets.mnist import load_mnist
        >>> from inkdigits.imaging.pages.page import pair
        >>> page = pair(load_mnist().train, np.random.default_rng(0))
        >>> {"", "6", "7"} <= {text for _, text in labelled_parts(page)}
        True
    """
    found = find_lines(page.pixels)
    digits = [digit.digit for digit in page.digits]
    for mark in (mark for line in found.lines for mark in line):
        pieces = cut(mark)
        inks = np.stack([_ink_of_each(piece, page, found.factor) for piece in pieces])
        whole = inks.sum(axis=0)
        if np.count_nonzero(whole) <= 1:
            continue
        for start, stop in combinations(range(len(pieces) + 1), 2):
            text = _text_of(inks[start:stop].sum(axis=0), whole, digits)
            if text is not None and stop - start < len(pieces):
                yield tuple(pieces[start:stop]), text


def _text_of(
    ink: Int64[np.ndarray, " digits"], of_mark: Int64[np.ndarray, " digits"], digits: Sequence[int]
) -> str | None:
    """Return which digits a part with so many pixels of each shows; None if that is hard to say."""
    shares = ink / np.maximum(of_mark, 1)
    if ((shares > _SOME) & (shares < _MOST)).any():
        return ""
    if ((shares > _LITTLE) & (shares < _ALL)).any():
        return None
    return "".join(str(digit) for digit, share in zip(digits, shares, strict=True) if share >= _ALL)


def _ink_of_each(mark: Mark, page: Page, factor: float) -> Int64[np.ndarray, " digits"]:
    """Count the pixels of a mark that are each digit's."""
    rows, columns = np.nonzero(mark.mask)
    height, width = page.owners.shape
    y = np.minimum(((rows + mark.y + 0.5) * factor).astype(int), height - 1)
    x = np.minimum(((columns + mark.x + 0.5) * factor).astype(int), width - 1)
    return np.bincount(page.owners[y, x], minlength=len(page.digits) + 1)[1:]


def _covered(box: InkBox, mark: Mark, factor: float) -> float:
    """Return the share of a digit's box that a mark's box covers."""
    left, right = max(box.x, mark.x * factor), min(box.x + box.width, mark.right * factor)
    top, bottom = max(box.y, mark.y * factor), min(box.y + box.height, mark.bottom * factor)
    return max(0.0, right - left) * max(0.0, bottom - top) / (box.width * box.height)
