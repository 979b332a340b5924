"""Words and numbers, told apart by all marks of a line and of its page.

Comes in: lines of hypotheses, which of them look like digits, and what most digits are like. Goes
out: which stand in a number. An o, an l or an S may well look like a digit; a whole word hardly
ever does, and where it ends there is a gap. So a line is a row of marks in one of two states, word
and number.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from statistics import median
from typing import NamedTuple

import numpy as np

from inkdigits.recognition.hypotheses import Hypothesis, columns_between
from inkdigits.recognition.two_states import likeliest_states
from inkdigits.recognition.usual import Usual, height_of, level_of

# Logarithms of how much likelier a mark is in a number than in a word: of 5,400 marks on generated
# pages of training digits for 3,600 letters of printed words, rounded and drawn towards 0.
_STRANGE = -2.8  # what is no digit
_DOUBTFUL, _DOUBTFUL_PART = -1.0, -0.3  # a digit in doubt, one that was cut from its neighbour
_SURE = dict(enumerate((0.3, -0.5, 2.5, 2.5, 2.5, 0.3, 1.5, 0.3, 2.5, 1.5)))

# What it costs that a word ends and a number begins, by the gap in heights of the line's marks.
_GAPS, _COSTS = (0.0, 0.8, 2.0), (6.0, 1.5, 0.3)
_APART = 0.8  # heights of gap on either side of a sign rather than a letter;
_INSIDE = 0.1  # of the digits on either side, how far from their ends it lies if there is no gap;
_SIGN = 0.35  # it counts as so much of a letter
_START = 2.0  # what speaks for a number where nothing is known of the page

_TALL, _HIGHEST = 0.35, 2.2  # of most digits' height: what counts as a letter, if it is no digit
_DARK = 0.5  # of most digits' darkest ink: what counts as one
_FLAT = 6  # times as wide as high: a line, no letter
_LETTER = 0.8  # of its height: about how wide a letter is
_MOST = 1.4  # letters that one mark counts as

_WORD, _LINE = 0.9, 1.5  # letters that tell a word beside a number, and a line without one
_FEW = 2.5  # letters that tell a page of text from one with stray signs
_TEXT = 0.6  # share of a page's marks in words, above which any line is one
_ROUNDS = 3  # in which the page tells of its lines, and they of the page


def in_numbers(
    lines: Sequence[Sequence[Hypothesis]], looks: Sequence[Sequence[bool]], usual: Usual
) -> list[list[bool]]:
    """Tell which hypotheses stand in numbers.

    Args:
        lines: Lines of a page, none of them empty, each from left to right.
        looks: For each hypothesis whether it looks like a digit.
        usual: What most digits of the page are like.

    Returns:
        For each hypothesis whether it stands in a number rather than a word.
    """
    rows = [_Row(line, flags, usual) for line, flags in zip(lines, looks, strict=True)]
    text = 0.0
    for _ in range(_ROUNDS):
        states = [row.states(_START * (1 - 2 * text)) for row in rows]
        text = _share_of_words(rows, states)
    if text <= _TEXT:
        states = [row.spare(flags) for row, flags in zip(rows, states, strict=True)]
    return states


class _Weight(NamedTuple):
    """What a mark says: how many letters it may be, whether it counts, and what for a number."""

    letters: float
    counts: bool
    evidence: float


class _Row:
    """The marks of a line, and what each says of a word or a number there."""

    def __init__(self, line: Sequence[Hypothesis], looks: Sequence[bool], usual: Usual) -> None:
        boxes = [one.box for one in line]
        height = median(high for *_, high in boxes)
        gaps = [max(0, columns_between(*pair)) / height for pair in pairwise(boxes)]
        self._changes = np.interp(gaps, _GAPS, _COSTS).tolist()
        read = [one for one, digit in zip(line, looks, strict=True) if digit]
        self.weights = [
            _of_digit(one, usual) if digit else _of_other(one, sign, read, usual)
            for one, digit, sign in zip(line, looks, _are_signs(line, looks, gaps), strict=True)
        ]

    def states(self, start: float) -> list[bool]:
        """Return which marks are in numbers, where so much speaks for one."""
        evidence = [weight.evidence for weight in self.weights]
        return likeliest_states(evidence, self._changes, start)

    def spare(self, states: Sequence[bool]) -> list[bool]:
        """Return the states without those words that have too few letters."""
        needed = _WORD if any(states) else _LINE
        spared: list[bool] = []
        for number, group in groupby(states):
            start, stop = len(spared), len(spared) + len(list(group))
            letters = sum(weight.letters for weight in self.weights[start:stop])
            word = not number and letters >= needed
            spared += [not word] * (stop - start)
        return spared


def _share_of_words(rows: Sequence[_Row], states: Sequence[Sequence[bool]]) -> float:
    """Return which share of a page's marks is in words; 0 where hardly any is a letter."""
    if sum(weight.letters for row in rows for weight in row.weights) < _FEW:
        return 0.0
    known = [
        number
        for row, numbers in zip(rows, states, strict=True)
        for number, weight in zip(numbers, row.weights, strict=True)
        if weight.counts
    ]
    return known.count(False) / len(known)


def _of_digit(one: Hypothesis, usual: Usual) -> _Weight:
    """Weigh what looks like a digit."""
    if not _is_writing(one, usual):
        return _Weight(0.0, False, 0.0)
    if one.doubtful:
        return _Weight(0.0, True, _DOUBTFUL_PART if one.part or one.cut else _DOUBTFUL)
    return _Weight(0.0, True, _SURE.get(one.guess, 0.0))


def _of_other(one: Hypothesis, sign: bool, digits: Sequence[Hypothesis], usual: Usual) -> _Weight:
    """Weigh what is no digit, and may be a sign."""
    letters = _letters(one, digits, usual) * (_SIGN if sign else 1.0)
    return _Weight(letters, letters > 0, _STRANGE * letters)


def _letters(one: Hypothesis, digits: Sequence[Hypothesis], usual: Usual) -> float:
    """Return how many letters a mark may be, by its width; none if it surrounds a digit."""
    x, y, width, height = one.box
    if not _is_writing(one, usual) or height > _HIGHEST * usual.height:
        return 0.0
    for left, top, across, down in (digit.box for digit in digits):
        if x < left + across / 2 < x + width and y < top + down / 2 < y + height:
            return 0.0
    return min(_MOST, max(1.0, width / (_LETTER * height)))


def _are_signs(
    line: Sequence[Hypothesis], looks: Sequence[bool], gaps: Sequence[float]
) -> list[bool]:
    """Tell which marks stand alone, or within the height of digits, as a plus sign does."""
    around = [np.inf, *gaps, np.inf]
    signs = [min(gap, later) > _APART for gap, later in pairwise(around)]
    for i, one in enumerate(line):
        beside = [j for j in (i - 1, i + 1) if 0 <= j < len(line)]
        if beside and all(looks[j] and _inside(one, line[j]) for j in beside):
            signs[i] = True
    return signs


def _inside(one: Hypothesis, digit: Hypothesis) -> bool:
    """Whether a mark ends well below the top and above the foot of a digit."""
    (_, y, _, height), (_, top, _, high) = one.box, digit.box
    return y > top + _INSIDE * high and y + height < top + (1 - _INSIDE) * high


def _is_writing(one: Hypothesis, usual: Usual) -> bool:
    """Whether it is neither small nor faint nor a line."""
    tall, dark = height_of(one) > _TALL * usual.height, level_of(one) > _DARK * usual.level
    return tall and dark and one.box[2] < _FLAT * one.box[3]
