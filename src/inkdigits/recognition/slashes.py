"""Slashes, as in a date or a fraction: strokes like a 1 that part digits.

Comes in: the digits of a line. Goes out: which of them are slashes. It asks no network: to that a
slash and a leaning 1 are the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inkdigits.imaging.glyph import draw_together
from inkdigits.recognition.hypotheses import ONE, Hypothesis

# A slash goes beyond both digits beside it, above and below, by this share of their height, and
# leans by so many columns per row: of 656 ones on generated pages of training digits one does.
_BEYOND = 0.05
_LEANS = 0.25


def are_slashes(digits: Sequence[Hypothesis]) -> list[bool]:
    """Tell which digits of a line are slashes between others.

    Args:
        digits: From left to right.

    Returns:
        For each whether it is a slash. The first and the last never are.
    """
    between = zip(digits, digits[1:], digits[2:], strict=False)
    inner = [one.guess == ONE and _parts(one, left, right) for left, one, right in between]
    return [False, *inner, False][: len(digits)]


def _parts(one: Hypothesis, left: Hypothesis, right: Hypothesis) -> bool:
    """Whether a stroke is longer than the digits on either side of it, and leans to the right."""
    top, bottom = one.box[1], one.box[1] + one.box[3]
    beyond = _BEYOND * (left.box[3] + right.box[3]) / 2
    longer = all(
        top < other.box[1] - beyond and bottom > other.box[1] + other.box[3] + beyond
        for other in (left, right)
    )
    return longer and _slant(one) > _LEANS


def _slant(one: Hypothesis) -> float:
    """Return by how many columns per row its ink leans to the right."""
    rows, columns = np.nonzero(draw_together(one.marks))
    return -float(np.polyfit(rows, columns, 1)[0])
