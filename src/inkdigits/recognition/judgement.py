"""The last word on what is a digit: whether it fits the others of its line and of its page.

Comes in: lines of hypotheses, and which of them look like digits. Goes out: which are kept. The
network sees one piece of ink at a time; that it is much smaller or fainter than all other digits,
or stands in a word, only the page tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from inkdigits.recognition.hypotheses import ONE, Hypothesis, columns_between
from inkdigits.recognition.slashes import are_slashes
from inkdigits.recognition.usual import Usual
from inkdigits.recognition.words import in_numbers

Judged: TypeAlias = tuple[Hypothesis, bool]
Flags: TypeAlias = list[bool]

_LIKELY = 0.1  # confidence of what is taken for a digit if it stands in a number
_COMPANY = 2  # digits without doubt beside it
_NEAR = 3.0  # of most digits' height: how far these may be
_BESIDE = 1.0  # of most digits' height: how far a 1 alone may be from the columns of all numbers


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
        _drop_slashes([one for one, _ in line], flags)
    _drop_words(lines, kept, usual)
    _drop_lone(lines, kept, usual)
    return kept


def _accept_in_number(line: Sequence[Hypothesis], flags: Flags, usual: Usual) -> None:
    """Accept what may well be a digit, has the size of one and stands in a number of others."""
    sure = [one.box for one, flag in zip(line, flags, strict=True) if flag and one.sure]
    for i, one in enumerate(line):
        if flags[i] or one.confidence < _LIKELY or one.guess == ONE:
            continue
        near = sum(columns_between(one.box, box) <= _NEAR * usual.height for box in sure)
        flags[i] = near >= _COMPANY and usual.alike(one)


def _drop_slashes(line: Sequence[Hypothesis], flags: Flags) -> None:
    """Keep no digit that is a slash between others."""
    places = [i for i, flag in enumerate(flags) if flag]
    for place, slash in zip(places, are_slashes([line[i] for i in places]), strict=True):
        flags[place] = not slash


def _drop_words(lines: Sequence[Sequence[Judged]], kept: Sequence[Flags], usual: Usual) -> None:
    """Keep no digit that stands in a word: it is a letter."""
    looks = [
        [flag or look for (_, look), flag in zip(line, flags, strict=True)]
        for line, flags in zip(lines, kept, strict=True)
    ]
    numbers = in_numbers([[one for one, _ in line] for line in lines], looks, usual)
    for flags, states in zip(kept, numbers, strict=True):
        flags[:] = [flag and state for flag, state in zip(flags, states, strict=True)]


def _drop_lone(lines: Sequence[Sequence[Judged]], kept: Sequence[Flags], usual: Usual) -> None:
    """Drop a digit alone in its line that may be an edge or a margin, where there are numbers.

    It is a 1 left or right of all numbers, unless it is close to their columns and like their
    digits, or in doubt where a number is without.
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
            beside = max(left - x - width, x - right)
            near = _BESIDE * usual.height if usual.as_strong(one) and not one.doubtful else 0.0
            if (one.guess == ONE and beside > near) or (sure and one.doubtful):
                flags[:] = [False] * len(flags)


def _where(flag: bool, line: Sequence[Judged], flags: Flags) -> list[Hypothesis]:
    """Return those hypotheses of a line that have this flag now."""
    return [one for (one, _), kept in zip(line, flags, strict=True) if kept == flag]
