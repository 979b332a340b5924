"""Comparison: whether one network reads the same images better than another, or was lucky.

Comes in: the evaluations of two networks on the same images. Goes out: on how many images they
differ, and McNemar's exact test of it. Images that both read rightly or both wrongly say nothing
about which is better; were the networks equally good, each image that only one of them reads
would be a toss of a fair coin. It does not know what the networks are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkdigits.evaluation.metrics import Evaluation


@dataclass(frozen=True)
class Comparison:
    """How two networks' answers to the same images differ.

    Attributes:
        only_first: Images that only the first network reads rightly.
        only_second: Images that only the second network reads rightly.
        both_right: Images that both read rightly.
        both_wrong: Images that both read wrongly, with the same answer or not.
        p_value: Probability of a difference at least this large between equally good networks,
            0 to 1; 1 where they differ on no image.
    """

    only_first: int
    only_second: int
    both_right: int
    both_wrong: int
    p_value: float


def compare(first: Evaluation, second: Evaluation) -> Comparison:
    """Compare two networks by McNemar's test, in its exact and two-sided form.

    Sources: Q. McNemar, "Note on the sampling error of the difference between correlated
    proportions or percentages", 1947; for the exact form, Fagerland, Lydersen and Laake, "The
    McNemar test for binary matched-pairs data", 2013 (https://doi.org/10.1186/1471-2288-13-91).

    Args:
        first: What one network makes of the images.
        second: What another makes of the same images, in the same order.

    Raises:
        ValueError: If the labels differ, so that the images cannot be the same.

    Example:
        >>> from inkdigits.evaluation.metrics import evaluate
        >>> labels = np.zeros(4, dtype=np.uint8)
        >>> right, wrong = [0.9, 0.1], [0.1, 0.9]
        >>> first = evaluate(np.array([right, right, right, wrong], dtype=np.float32), labels)
        >>> second = evaluate(np.array([right, wrong, wrong, wrong], dtype=np.float32), labels)
        >>> compare(first, second)
        Comparison(only_first=2, only_second=0, both_right=1, both_wrong=1, p_value=0.5)
    """
    _require_same_labels(first, second)
    one = first.probabilities.argmax(axis=1) == first.labels
    two = second.probabilities.argmax(axis=1) == second.labels
    only_first, only_second = int((one & ~two).sum()), int((two & ~one).sum())
    return Comparison(
        only_first=only_first,
        only_second=only_second,
        both_right=int((one & two).sum()),
        both_wrong=int((~one & ~two).sum()),
        p_value=_two_sided(only_first, only_second),
    )


def _two_sided(heads: int, tails: int) -> float:
    """Twice the probability of so few of the rarer side in tosses of a fair coin, at most 1."""
    n, rarer = heads + tails, min(heads, tails)
    # Whole numbers are exact for any n; only the last division rounds.
    ways = below = 1
    for k in range(rarer):
        ways = ways * (n - k) // (k + 1)
        below += ways
    return min(1.0, 2 * below / (1 << n))


def _require_same_labels(first: Evaluation, second: Evaluation) -> None:
    if first.n != second.n:
        raise ValueError(
            "both evaluations must be of the same images; "
            f"received one of {first.n} and one of {second.n}"
        )
    differing = np.flatnonzero(first.labels != second.labels)
    if len(differing):
        index = differing[0]
        raise ValueError(
            "both evaluations must be of the same images; received the labels "
            f"{first.labels[index]} and {second.labels[index]} for image {index}"
        )
