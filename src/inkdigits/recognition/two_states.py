"""A row of things, each in one of two states -> which state each is in.

Comes in: what speaks for the second state at each thing, and what a change costs between two. Goes
out: the likeliest states (Viterbi, "Error bounds for convolutional codes and an asymptotically
optimum decoding algorithm", 1967). It does not know what the states mean.
"""

from __future__ import annotations

from collections.abc import Sequence


def likeliest_states(
    evidence: Sequence[float], changes: Sequence[float], start: float = 0.0
) -> list[bool]:
    """Return the states with the highest sum of evidence, less what their changes cost.

    Args:
        evidence: For each thing the logarithm of how much likelier it is in the second state than
            in the first.
        changes: For each two neighbours, so one fewer, what a change between them costs, at
            least 0.
        start: What speaks for the second state before the first thing.

    Returns:
        For each thing whether it is in the second state.

    Example:
        >>> likeliest_states([-3, 0.3, -3, 2, 0.3], [4, 4, 1, 4])
        [False, False, False, True, True]
    """
    if not evidence:
        return []
    first, second = 0.0, start + evidence[0]
    before: list[tuple[bool, bool]] = []  # the state from which each is best come to
    for speaks, change in zip(evidence[1:], changes, strict=True):
        before.append((second - change > first, second >= first - change))
        first, second = max(first, second - change), max(second, first - change) + speaks
    states = [second > first]
    for to_first, to_second in reversed(before):
        states.append(to_second if states[-1] else to_first)
    return states[::-1]
