"""Lines of marks -> all of them as one line, where they may be the parts of one broken digit.

Comes in: lines. Goes out: one line, or none. It does not know which of the two is right: lines of
writing and the halves of an 8 that was torn in two look alike to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from inkdigits.imaging.marks import Mark, extent

_MOST_MARKS = 8  # that a digit falls into
_WIDEST = 1.3  # of its height
_BREAK = 0.06  # of its height: paper between parts, one above the other
_STACKED = 0.5  # of the narrower: the columns that a part shares with those above it


def as_one_digit(lines: Sequence[Sequence[Mark]]) -> tuple[Mark, ...] | None:
    """Put lines that stand close above one another together, if nothing else is there.

    How high digits are is known from the others on a page. Where a single one is torn into parts
    that stand one above the other, each of these is taken for a line.

    Args:
        lines: All lines of a page, from top to bottom.

    Returns:
        All marks from left to right; None if they are one line already, or cannot be one digit.

    Example:
        >>> import numpy as np
        >>> disc = np.ones((10, 10), bool)
        >>> upper, lower = (Mark(5, y, disc * np.uint8(255), disc, 255.0) for y in (0, 10))
        >>> [mark.y for mark in as_one_digit([[upper], [lower]]) or ()]
        [0, 10]
    """
    marks = [mark for line in lines for mark in line]
    if len(lines) == 1 or not marks or len(marks) > _MOST_MARKS:
        return None
    first, *others = sorted(map(extent, lines), key=lambda ends: ends[1])
    left, _, right, lowest = first
    height = max(mark.bottom for mark in marks) - first[1]
    for x, top, end, bottom in others:
        shared = min(right, end) - max(left, x)
        if shared < _STACKED * min(right - left, end - x) or top - lowest > _BREAK * height:
            return None
        left, right, lowest = min(left, x), max(right, end), max(lowest, bottom)
    if right - left > _WIDEST * height:
        return None
    return tuple(sorted(marks, key=lambda mark: mark.x + mark.right))
