"""One line of marks -> what may be its digits, and which of these explain the ink best.

Comes in: marks, and the networks' answers. Goes out: hypotheses, and the best sequence of them. A
mark may be a digit, a part of one, or several; so marks are joined and cut in every way that makes
sense, and the networks' confidence decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np

from inkdigits.imaging.cuts import cut
from inkdigits.imaging.glyph import draw_together, to_glyph
from inkdigits.imaging.marks import Mark, boxes_of, extent
from inkdigits.imaging.text_lines import typical_height
from inkdigits.recognition.counts import Count
from inkdigits.recognition.evidence import logarithm, weigh, weigh_part
from inkdigits.recognition.hypotheses import LEAST_CONFIDENCE, Hypothesis, sure_height
from inkdigits.recognition.lattice import Span, best_path

_SETTLED = 0.98  # confidence of digits that need be neither joined to others nor cut
_ONE = 0.98  # probability of one digit, above which its parts cannot explain a mark better
_MORE = 0.5  # probability of three digits and more, above which parts are asked about

# Logarithms of probability, settled on generated pages of training digits.
_NONE = -1.6  # that ink as wide as a digit is none
_SMALL_NONE = -0.5  # the same for ink that is much smaller
_JOINT = -0.1  # that two marks are parts of one digit
_GAP = -1.5  # for each typical height between them
_CUT = -0.4  # that ink which hangs together is two digits
_WIDER = 3.0  # for each factor of e that a digit is wider than most of its class
_SIZE = 3.0  # for each factor of e that a digit is lower than most; half for higher ones

# Width as a share of the height that nine in ten of MNIST's training digits stay below.
_WIDTHS = dict(enumerate((1.11, 0.7, 1.25, 1.0, 1.0, 1.25, 0.95, 1.0, 1.0, 0.9)))

# All in typical heights, but `_WIDE`.
_SMALL = 0.45
_LOW, _HIGH = 0.7, 1.5  # digits as low and as high are as likely as others
_WIDE = 0.95  # of its own height: a mark that may be several digits
_CUT_LOWEST, _CUT_NARROWEST = 0.5, 0.35  # what is smaller is not cut
_WIDEST, _HIGHEST, _FARTHEST = 1.35, 1.6, 0.3  # what is joined
_WHOLE = 0.75  # a mark as high may be a digit by itself
_MOST_PIECES = 7


class LineOfMarks:
    """The hypotheses of one line, made in two rounds: the second where the first leaves doubts.

    Between the rounds it may be told how many digits doubtful marks show (`take_counts`); what that
    says for and against all hypotheses is weighed once the second round is answered.
    """

    def __init__(self, marks: Sequence[Mark], *, together: bool = False) -> None:
        """Make the first hypotheses.

        Args:
            marks: The marks of a line from left to right, at least one.
            together: Whether they are all one digit, whatever it looks like.
        """
        self._together = together
        self.height = typical_height(boxes_of(marks))
        self._pieces = list(marks)
        self._owners = list(range(len(marks)))  # the mark that each piece comes from
        self._several: list[int] = []  # marks that may be several digits
        self._counts: list[Count] = []  # how many each of them shows; empty if nobody was asked
        self._parts: list[tuple[Hypothesis, float]] = []  # what may be one of three and more
        ranges = [(0, len(marks))] if together else [(i, i + 1) for i in range(len(marks))]
        self.hypotheses = [self._hypothesis(start, stop) for start, stop in ranges]

    def settle_height(self, of_page: float | None) -> None:
        """Measure the digits' height on what the network is sure of, here or on the page.

        Args:
            of_page: Height of most of the page's sure digits; None if there are none.
        """
        here = sure_height(self.hypotheses)
        self.height = here or of_page or self.height
        if not self._together:
            whole = enumerate(self.hypotheses)
            self._several = [i for i, one in whole if self._may_be_several(one)]

    @property
    def uncounted(self) -> list[Mark]:
        """Marks of which the number of digits is in doubt, once the height is settled."""
        return [self.hypotheses[i].marks[0] for i in self._several]

    def take_counts(self, counts: Sequence[Count]) -> None:
        """Take how many digits these marks show, and which.

        Args:
            counts: One for each mark of `uncounted`.
        """
        self._counts = list(counts)

    def doubt(self) -> list[Hypothesis]:
        """Cut and join marks where that may explain them better.

        Returns:
            The new hypotheses, which the network has not seen.
        """
        if self._together:
            return []
        whole = self.hypotheses
        self._cut(whole)
        known = {one.span for one in whole}
        new = [
            self._hypothesis(start, stop)
            for start in range(len(self._pieces))
            for stop in range(start + 1, min(start + _MOST_PIECES, len(self._pieces)) + 1)
            if Span(start, stop) not in known and self._worth_trying(start, stop, whole)
        ]
        self.hypotheses = whole + new
        return new

    def weigh_counts(self) -> None:
        """Let the counts speak for and against the hypotheses, which the network has all seen."""
        wholes = [one.span for one in self.hypotheses[: self._owners[-1] + 1]]
        alone = len(wholes) == 1
        for index, count in zip(self._several, self._counts, strict=False):
            whole = wholes[index]
            for one in self.hypotheses:
                weigh(one, whole, count, alone=alone)
            if count.more > _MORE:
                self._parts += [
                    (one, count.more)
                    for one in self.hypotheses
                    if one.span != whole and one.span.within(whole) and not self._wide(one)
                ]

    @property
    def uncounted_parts(self) -> list[tuple[Mark, ...]]:
        """Ink that may be one of three digits and more, which hang together."""
        return [one.marks for one, _ in self._parts]

    def take_counts_of_parts(self, counts: Sequence[Count]) -> None:
        """Take whether these are digits by themselves, and which.

        Args:
            counts: One for each of `uncounted_parts`.
        """
        for (one, more), count in zip(self._parts, counts, strict=True):
            weigh_part(one, more, count)

    def best(self) -> list[Hypothesis]:
        """Return the hypotheses that explain the line best, each piece once."""
        spans = [one.span for one in self.hypotheses]
        scores = [self._score(one) for one in self.hypotheses]
        return [self.hypotheses[i] for i in best_path(len(self._pieces), spans, scores)]

    def is_digit(self, one: Hypothesis) -> bool:
        """Whether a hypothesis is a digit rather than none."""
        if self._together:
            return one.confidence >= LEAST_CONFIDENCE
        return one.confidence >= LEAST_CONFIDENCE and self._as_digit(one) >= self._as_none(one)

    def _score(self, one: Hypothesis) -> float:
        joints = (one.marks_joined - 1) * _JOINT + one.gap / self.height * _GAP
        digit = self._as_digit(one) - (1 - one.part) * _WIDER * _too_wide(one)
        evidence = _CUT * one.cut if one.evidence is None else one.evidence
        return max(digit, self._as_none(one)) + joints + evidence

    def _as_digit(self, one: Hypothesis) -> float:
        tall = one.box[3] / self.height
        low, high = min(tall / _LOW, 1.0), max(tall / _HIGH, 1.0)
        return logarithm(one.confidence) + _SIZE * (log(low) - log(high) / 2)

    def _as_none(self, one: Hypothesis) -> float:
        _, _, width, height = one.box
        if max(width, height) < _SMALL * self.height:
            none = _SMALL_NONE
        else:
            none = _NONE * max(1.0, width / self.height)
        return none + logarithm(1 - one.part)

    def _cut(self, whole: Sequence[Hypothesis]) -> None:
        """Replace marks that may be several digits by their parts."""
        pieces: list[Mark] = []
        owners: list[int] = []
        ones = {
            i for i, count in zip(self._several, self._counts, strict=False) if count.one > _ONE
        }
        for i, one in enumerate(whole):
            several = i in self._several and i not in ones
            parts = cut(self._pieces[i]) if several else [self._pieces[i]]
            one.span = Span(len(pieces), len(pieces) + len(parts))
            pieces += parts
            owners += [i] * len(parts)
        self._pieces, self._owners = pieces, owners

    def _may_be_several(self, one: Hypothesis) -> bool:
        _, _, width, height = one.box
        if height < _CUT_LOWEST * self.height or width < _CUT_NARROWEST * self.height:
            return False
        return one.confidence < _SETTLED or width > _WIDE * height

    def _wide(self, one: Hypothesis) -> bool:
        return one.box[2] > _WIDEST * self.height

    def _worth_trying(self, start: int, stop: int, whole: Sequence[Hypothesis]) -> bool:
        owners = sorted(set(self._owners[start:stop]))
        if len(owners) == 1:
            return True
        pieces = self._pieces[start:stop]
        x, y, right, bottom = extent(pieces)
        if right - x > _WIDEST * self.height or bottom - y > _HIGHEST * self.height:
            return False
        if _gap(pieces) > _FARTHEST * self.height:
            return False
        return not all(
            whole[i].confidence > _SETTLED and whole[i].box[3] > _WHOLE * self.height
            for i in owners
        )

    def _hypothesis(self, start: int, stop: int) -> Hypothesis:
        marks = tuple(self._pieces[start:stop])
        owners = self._owners[start:stop]
        return Hypothesis(
            span=Span(start, stop),
            marks=marks,
            gap=_gap(marks),
            marks_joined=len(set(owners)),
            cut=start > 0 and self._owners[start - 1] == owners[0],
            image=to_glyph(draw_together(marks)),
            probabilities=np.zeros(0, np.float32),
        )


def _too_wide(one: Hypothesis) -> float:
    """Return the logarithm of how much wider it is than most of its class; 0 if it is not."""
    _, _, width, height = one.box
    return max(0.0, log(width / height / _WIDTHS.get(one.guess, 1.0)))


def _gap(marks: Sequence[Mark]) -> int:
    """Return how many columns between the marks have no ink."""
    gap, right = 0, marks[0].right
    for mark in sorted(marks, key=lambda mark: mark.x):
        gap += max(0, mark.x - right)
        right = max(right, mark.right)
    return gap
