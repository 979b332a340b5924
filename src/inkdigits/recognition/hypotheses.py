"""What may be one digit: pieces of ink that stand together, and what the network makes of them.

Comes in: marks. Goes out: a hypothesis, and what hypotheses tell of a page. It does not know which
of them explains the ink best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from inkdigits.array_types import Float32
from inkdigits.arrays import Image
from inkdigits.imaging.marks import Mark, extent
from inkdigits.recognition.lattice import Span

LEAST_CONFIDENCE = 0.45  # of what is called a digit, rather than none
ONE = 1  # the digit that any upright stroke may be
SURE = 0.9  # confidence of a digit whose size tells how large digits are


@dataclass
class Hypothesis:
    """Neighbouring pieces of a line that may be one digit.

    Attributes:
        span: Which pieces.
        marks: Their ink.
        gap: Columns without ink between them.
        marks_joined: How many marks they come from.
        cut: Whether a cut parts them from the piece before.
        image: Shape (28, 28), uint8: what the network sees.
        probabilities: Shape (classes,), float32: what it answered; empty before.
        outlierness: How strange it finds the image; None before, and if it has no such score.
        evidence: Logarithm of what the number of digits in its mark says for it; None if that was
            not asked.
        part: Probability that it is one of the two digits of a mark; it is not none then, and its
            width tells nothing.
    """

    span: Span
    marks: tuple[Mark, ...]
    gap: int
    marks_joined: int
    cut: bool
    image: Image
    probabilities: Float32[np.ndarray, " classes"]
    outlierness: float | None = None
    evidence: float | None = None
    part: float = 0.0

    @cached_property
    def box(self) -> tuple[int, int, int, int]:
        """First column, first row, width and height."""
        x, y, right, bottom = extent(self.marks)
        return x, y, right - x, bottom - y

    @property
    def guess(self) -> int:
        """The most probable class."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """The probability of that class."""
        return float(self.probabilities.max())

    @property
    def sure(self) -> bool:
        """Whether this is a digit without doubt, and not a 1, which any upright stroke may be."""
        return not self.doubtful and self.guess != ONE

    @property
    def doubtful(self) -> bool:
        """Whether the network doubts that it is this digit."""
        return self.confidence <= SURE


def sure_height(hypotheses: Sequence[Hypothesis]) -> float | None:
    """Return the height of most digits that are without doubt; None if there are none."""
    heights = sorted(one.box[3] for one in hypotheses if one.sure)
    return float(heights[len(heights) // 2]) if heights else None


def columns_between(box: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> int:
    """Return the columns between two boxes, whichever is first; negative where they overlap.

    Example:
        >>> columns_between((0, 0, 10, 20), (25, 0, 10, 20))
        15
    """
    return max(box[0], other[0]) - min(box[0] + box[2], other[0] + other[2])
