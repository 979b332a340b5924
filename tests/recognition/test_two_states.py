from itertools import pairwise, product

import numpy as np
import pytest

from inkdigits.recognition.two_states import likeliest_states


def score(states, evidence, changes, start):
    total = start * states[0] + sum(e for e, second in zip(evidence, states, strict=True) if second)
    pairs = zip(pairwise(states), changes, strict=True)
    return total - sum(change for (one, other), change in pairs if one != other)


def test_nothing_has_no_states():
    assert likeliest_states([], []) == []


@pytest.mark.parametrize(
    ("evidence", "start", "states"),
    [([1.0], 0, [True]), ([-1.0], 0, [False]), ([-1.0], 2, [True]), ([1.0], -2, [False])],
)
def test_one_thing_is_in_the_state_that_more_speaks_for(evidence, start, states):
    assert likeliest_states(evidence, [], start) == states


def test_a_thing_follows_its_neighbours_where_changes_cost_more_than_it_says():
    assert likeliest_states([2, -3, 2], [2, 2]) == [True, True, True]
    assert likeliest_states([2, -3, 2], [1, 1]) == [True, False, True]


def test_no_other_states_have_a_higher_sum(rng):
    for _ in range(200):
        n = int(rng.integers(1, 8))
        evidence = rng.normal(0, 3, n).tolist()
        changes = rng.uniform(0, 6, n - 1).tolist()
        start = float(rng.normal(0, 2))
        best = max(score(s, evidence, changes, start) for s in product((False, True), repeat=n))
        found = likeliest_states(evidence, changes, start)
        assert np.isclose(score(found, evidence, changes, start), best)


@pytest.mark.parametrize("changes", [[], [1.0], [1.0] * 3])
def test_there_is_one_change_fewer_than_things(changes):
    with pytest.raises(ValueError, match="zip"):
        likeliest_states([1.0, 2.0, 3.0], changes)
