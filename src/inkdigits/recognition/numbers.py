"""Digits of a line -> numbers, parted where the line has a gap.

Comes in: boxes from left to right. Goes out: which number each belongs to. It does not know what
they were read as.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from inkdigits.recognition.reading import Box

_WIDER = 2.0  # times the usual gap
_AND = 0.5  # usual heights on top of that
_TWO = 1.5  # usual heights that part two digits, which have but one gap


def number_of_each(boxes: Sequence[Box]) -> list[int]:
    """Tell numbers apart by the gaps between them.

    Within a number gaps are alike; a gap between numbers is more than twice as wide as most, and
    by half a digit's height.

    Args:
        boxes: From left to right.

    Returns:
        For each box the number that it belongs to, from 0.

    Example:
        >>> number_of_each([Box(x, 0, 20, 30) for x in (0, 25, 50, 110, 135)])
        [0, 0, 0, 1, 1]
    """
    if not boxes:
        return []
    height = median(box.height for box in boxes)
    gaps = [max(0, later.x - former.x - former.width) for former, later in pairwise(boxes)]
    widest = _WIDER * median(gaps) + _AND * height if len(gaps) > 1 else _TWO * height
    numbers = [0]
    for gap in gaps:
        numbers.append(numbers[-1] + (gap > widest))
    return numbers
