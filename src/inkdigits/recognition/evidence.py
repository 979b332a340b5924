"""What the number of digits in a mark says for or against a hypothesis.

Comes in: a hypothesis and a count. Goes out: the hypothesis, changed. It does not know which of the
hypotheses explains the ink best.
"""

from __future__ import annotations

from math import log

import numpy as np

from inkdigits.array_types import Float32
from inkdigits.recognition.counts import Count
from inkdigits.recognition.hypotheses import Hypothesis
from inkdigits.recognition.lattice import Span

_TINY_CHANCE = 1e-4  # keeps logarithms finite
_SECOND = 0.7  # what the second network says of a part counts, and the rest what the first said
# Logarithms: digits touch less often than those that the second network learnt from, and what
# stands alone is still oftener one digit.
_TOUCH, _TOUCH_ALONE = -0.5, -1.0
_LOOKS = 0.1  # of the logarithm: what a part looks like by itself tells where two digits part


def weigh(one: Hypothesis, whole: Span, count: Count, *, alone: bool = False) -> None:
    """Give a hypothesis what the number of digits in a mark says for or against it.

    Args:
        one: Any hypothesis of the line; is changed if it has to do with the mark. That there are
            two is less likely than the count says, which comes of marks that mostly touch.
        whole: The pieces of the mark.
        count: How many digits it shows, and which.
        alone: Whether no other mark is in its line.
    """
    starts, stops = one.span.start == whole.start, one.span.stop == whole.stop
    if starts and stops:
        one.evidence = logarithm(1 - count.two)
    elif one.span.within(whole) and (starts or stops):
        digit = count.left if starts else count.right
        looks = _LOOKS * logarithm(float(one.probabilities[digit.argmax()]))
        touch = _TOUCH_ALONE if alone else _TOUCH
        one.evidence = looks + (0.0 if starts else touch + logarithm(1 - count.one))
        one.part = count.two
        one.probabilities = _mixed(count.two, digit, one.probabilities)
    elif one.cut and whole.start < one.span.start < whole.stop < one.span.stop:
        one.evidence = logarithm(1 - count.one)


def weigh_part(one: Hypothesis, more: float, count: Count) -> None:
    """Give a hypothesis what the second network says of it as one of three digits and more.

    Args:
        one: A part of such a mark; is changed. What the network says counts more than what the
            first one said, which learnt no parts.
        more: Probability that the mark shows three digits and more.
        count: How many digits the part shows, and which.
    """
    seen = np.float32(count.one) * count.digit
    one.probabilities = _mixed(_SECOND * more, seen, one.probabilities)
    one.evidence, one.part = 0.0, more


def logarithm(chance: float) -> float:
    """Return the logarithm of a probability, of almost none that of a small one."""
    return log(max(chance, _TINY_CHANCE))


def _mixed(
    share: float, seen: Float32[np.ndarray, " classes"], known: Float32[np.ndarray, " classes"]
) -> Float32[np.ndarray, " classes"]:
    mixed = np.float32(share) * seen + np.float32(1 - share) * known
    return np.asarray(mixed, np.float32)
