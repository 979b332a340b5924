"""The last word on what is a digit: whether it fits the others of its line and of its page.

Comes in: lines of hypotheses, and which of them look like digits. Goes out: which are kept. The
network sees one piece of ink at a time; that it is much smaller or fainter than all other digits,
or stands amid letters, only the page tells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import TypeAlias

from inkdigits.recognition.hypotheses import Hypothesis

Judged: TypeAlias = tuple[Hypothesis, bool]
Flags: TypeAlias = list[bool]

_ONE = 1
_LENIENT = 1.6  # for all but a 1, which any stray stroke may be
_HEIGHTS = (0.45, 2.2)  # of most digits' height
_FAINTEST = 0.4  # of most digits' darkest ink
_STROKES = (0.15, 2.5)  # of most digits' stroke width
_FAINT, _THIN = 0.6, 0.4  # of both: what is below is no digit if there is any doubt
_LIKELY = 0.1  # confidence of what is taken for a digit if it stands in a number
_ALIKE = (0.8, 1.3)  # of most digits' height: the longer side of one there
_COMPANY = 2  # digits without doubt beside it
_NEAR = 3.0  # of most digits' height: how far these may be
_TALL = 0.35  # of most digits' height: what counts as a letter, if it is no digit
_DARK = 0.5  # of most digits' darkest ink: what counts as one
_FLAT = 6  # times as wide as high: a line, no letter
_LETTER = 0.8  # of its height: about how wide a letter is
_FEW = 2.5  # letters that tell writing from a stray sign
_TEXT_PAGE = 0.6  # share of a page's letters and digits: if more are no digits, it is text


def judge(lines: Sequence[Sequence[Judged]]) -> list[Flags]:
    """Decide for each hypothesis whether it is kept as a digit.

    Args:
        lines: Lines of a page; each hypothesis with whether it looks like a digit.

    Returns:
        The same lines. A flag turns True only in a number of digits without doubt.
    """
    kept = [[flag for _, flag in line] for line in lines]
    digits = [one for line in lines for one, flag in line if flag]
    if not digits:
        return kept
    usual = Usual(digits)
    for line, flags in zip(lines, kept, strict=True):
        flags[:] = [flag and usual.fits(one) for one, flag in line]
        _accept_in_number([one for one, _ in line], flags, usual)
    _drop_text(lines, kept, usual)
    _drop_lone(lines, kept)
    return kept


class Usual:
    """What most digits of a page are like."""

    def __init__(self, digits: Sequence[Hypothesis]) -> None:
        """Measure digits, at least one: those without doubt if there are any."""
        sure = [one for one in digits if one.sure] or list(digits)

        def usual(measure: Callable[[Hypothesis], float]) -> float:
            return float(median(measure(one) for one in sure))

        self.height, self.level, self.stroke = usual(_height), usual(_level), usual(_stroke)

    def fits(self, one: Hypothesis) -> bool:
        """Whether size, ink and strokes of a digit are like the others'."""
        lenient = 1.0 if one.guess == _ONE else _LENIENT
        height, level = _height(one) / self.height, _level(one) / self.level
        stroke = _stroke(one) / self.stroke
        if one.doubtful and (level < _FAINT or stroke < _THIN):
            return False
        return (
            _HEIGHTS[0] / lenient <= height <= _HEIGHTS[1] * lenient
            and level >= _FAINTEST / lenient
            and _STROKES[0] <= stroke <= _STROKES[1] * lenient
        )

    def alike(self, one: Hypothesis) -> bool:
        """Whether it fits and is about as long as the others are high, in whichever direction."""
        low, high = _ALIKE
        return self.fits(one) and low <= max(one.box[2:]) / self.height <= high


def _accept_in_number(line: Sequence[Hypothesis], flags: Flags, usual: Usual) -> None:
    """Accept what may well be a digit, has the size of one and stands in a number of others."""
    sure = [one.box for one, flag in zip(line, flags, strict=True) if flag and one.sure]
    for i, one in enumerate(line):
        near = sum(_distance(one.box, box) <= _NEAR * usual.height for box in sure)
        likely = one.confidence >= _LIKELY and one.guess != _ONE
        if not flags[i] and near >= _COMPANY and likely:
            flags[i] = usual.alike(one)


def _distance(box: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> int:
    """Return the columns between two boxes."""
    return max(box[0], other[0]) - min(box[0] + box[2], other[0] + other[2])


def _drop_text(lines: Sequence[Sequence[Judged]], kept: Sequence[Flags], usual: Usual) -> None:
    """Keep no digit where most of the marks around are none: these are letters.

    A digit counts as much as it is sure, whatever its width.
    """
    digits = others = 0.0
    for line, flags in zip(lines, kept, strict=True):
        read = sum(one.confidence for one in _where(True, line, flags))
        strange = _letters(_where(False, line, flags), usual)
        digits, others = digits + read, others + strange
        if strange >= _FEW and strange > read:
            flags[:] = [False] * len(flags)
    if others >= _FEW and others > _TEXT_PAGE * (digits + others):
        for flags in kept:
            if sum(flags) < _FEW:
                flags[:] = [False] * len(flags)


def _drop_lone(lines: Sequence[Sequence[Judged]], kept: Sequence[Flags]) -> None:
    """Drop a digit alone in its line that may be an edge or a margin, where there are numbers.

    It is a 1 left or right of all numbers, or in doubt where a number is without.
    """
    read = [_where(True, line, flags) for line, flags in zip(lines, kept, strict=True)]
    numbers = [line for line in read if len(line) > 1]
    if not numbers:
        return
    boxes = [one.box for line in numbers for one in line]
    left, right = min(x for x, *_ in boxes), max(x + width for x, _, width, _ in boxes)
    sure = any(sum(one.sure for one in line) >= _COMPANY for line in numbers)
    for line, flags in zip(read, kept, strict=True):
        if len(line) == 1:
            (one,) = line
            x, _, width, _ = one.box
            beside = one.guess == _ONE and (x + width < left or x > right)
            if beside or (sure and one.doubtful):
                flags[:] = [False] * len(flags)


def _where(flag: bool, line: Sequence[Judged], flags: Flags) -> list[Hypothesis]:
    """Return those hypotheses of a line that have this flag now."""
    return [one for (one, _), kept in zip(line, flags, strict=True) if kept == flag]


def _letters(hypotheses: Sequence[Hypothesis], usual: Usual) -> float:
    """Return how many letters the hypotheses may be, by their widths."""
    tall = [
        one.box
        for one in hypotheses
        if _height(one) > _TALL * usual.height and _level(one) > _DARK * usual.level
    ]
    return sum(
        max(1.0, width / (_LETTER * high)) for *_, width, high in tall if width < _FLAT * high
    )


def _height(one: Hypothesis) -> float:
    return float(one.box[3])


def _level(one: Hypothesis) -> float:
    return max(mark.level for mark in one.marks)


def _stroke(one: Hypothesis) -> float:
    """Return about the width of the strokes: the area over the length of a plain stroke."""
    area = sum(int(mark.mask.sum()) for mark in one.marks)
    return area / (one.box[2] + one.box[3])
