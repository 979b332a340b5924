"""Pieces of ink from left to right -> which of them make up a digit together.

Comes in: hypotheses, each a range of pieces with a score. Goes out: the ranges that cover every
piece once with the highest sum (the shortest path through a lattice, as in LeCun, Bottou, Bengio
and Haffner, "Gradient-Based Learning Applied to Document Recognition", 1998, section V).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """Neighbouring pieces that may be one digit.

    Attributes:
        start: Index of the first piece.
        stop: Index after the last piece.
    """

    start: int
    stop: int

    def within(self, other: Span) -> bool:
        """Whether all of its pieces are the other's.

        Example:
            >>> Span(1, 2).within(Span(0, 2)), Span(1, 3).within(Span(0, 2))
            (True, False)
        """
        return other.start <= self.start and self.stop <= other.stop


def best_path(pieces: int, spans: Sequence[Span], scores: Sequence[float]) -> list[int]:
    """Return the indices of the spans that cover all pieces, once each, with the highest sum."""
    best = [0.0] + [float("-inf")] * pieces
    chosen = [-1] * (pieces + 1)
    for index in sorted(range(len(spans)), key=lambda i: spans[i].stop):
        span = spans[index]
        total = best[span.start] + scores[index]
        if total > best[span.stop]:
            best[span.stop], chosen[span.stop] = total, index
    if chosen[pieces] < 0 and pieces:
        raise ValueError("no sequence of spans covers all pieces")
    path = []
    at = pieces
    while at:
        path.append(chosen[at])
        at = spans[chosen[at]].start
    return path[::-1]
