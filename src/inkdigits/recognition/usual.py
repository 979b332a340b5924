"""What most digits of a page are like: their height, ink and strokes.

Comes in: hypotheses. Goes out: measures, and whether another hypothesis is like them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from inkdigits.recognition.hypotheses import ONE, Hypothesis

_LENIENT = 1.6  # for all but a 1, which any stray stroke may be
_HEIGHTS = (0.45, 2.2)  # of most digits' height
_FAINTEST = 0.4  # of most digits' darkest ink
_STROKES = (0.15, 2.5)  # of most digits' stroke width
_FAINT, _THIN = 0.6, 0.4  # of both: what is below is no digit if there is any doubt
_STRONG = 0.7  # of most digits' darkest ink: no shadow or margin
_ALIKE = (0.8, 1.3)  # of most digits' height: the longer side of one that is like them
_SCRIBBLE = 1.8  # of most digits' stroke width: of what is crossed out, so much is ink


class Usual:
    """What most digits of a page are like.

    Attributes:
        height: Rows.
        level: Darkest ink.
        stroke: Width of the strokes, in pixels.
    """

    def __init__(self, digits: Sequence[Hypothesis]) -> None:
        """Measure digits, at least one: those without doubt if there are any."""
        sure = [one for one in digits if one.sure] or list(digits)

        def usual(measure: Callable[[Hypothesis], float]) -> float:
            return float(median(measure(one) for one in sure))

        self.height, self.level, self.stroke = usual(height_of), usual(level_of), usual(_stroke)

    def fits(self, one: Hypothesis) -> bool:
        """Whether size, ink and strokes of a digit are like the others'."""
        lenient = 1.0 if one.guess == ONE else _LENIENT
        height, level = height_of(one) / self.height, level_of(one) / self.level
        stroke = _stroke(one) / self.stroke
        if one.doubtful and (level < _FAINT or stroke < _THIN):
            return False
        return (
            _HEIGHTS[0] / lenient <= height <= _HEIGHTS[1] * lenient
            and level >= _FAINTEST / lenient
            and _STROKES[0] <= stroke <= _STROKES[1] * lenient
        )

    def alike(self, one: Hypothesis) -> bool:
        """Whether it fits, is about as long as the others are high, and is not crossed out."""
        low, high = _ALIKE
        long = low <= max(one.box[2:]) / self.height <= high
        return self.fits(one) and long and _stroke(one) <= _SCRIBBLE * self.stroke

    def as_strong(self, one: Hypothesis) -> bool:
        """Whether it is alike, and neither fainter nor thinner than the others."""
        level, stroke = level_of(one) / self.level, _stroke(one) / self.stroke
        return self.alike(one) and level >= _STRONG and stroke >= _THIN


def height_of(one: Hypothesis) -> float:
    """Return its height in rows."""
    return float(one.box[3])


def level_of(one: Hypothesis) -> float:
    """Return its darkest ink."""
    return max(mark.level for mark in one.marks)


def _stroke(one: Hypothesis) -> float:
    """Return about the width of the strokes: the area over the length of a plain stroke."""
    area = sum(int(mark.mask.sum()) for mark in one.marks)
    return area / (one.box[2] + one.box[3])
