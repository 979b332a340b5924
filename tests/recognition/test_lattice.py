from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.recognition.lattice import Span, best_path


def test_no_pieces_need_no_spans():
    assert best_path(0, [], []) == []


def test_two_pieces_are_joined_if_that_scores_higher():
    spans = [Span(0, 1), Span(1, 2), Span(0, 2)]
    assert best_path(2, spans, [-1.0, -1.0, -1.5]) == [2]
    assert best_path(2, spans, [-1.0, -1.0, -2.5]) == [0, 1]


def test_the_best_sum_counts_and_not_the_best_single_span():
    # The best span of all, over the middle, leaves poor ones at both sides: -8 against -3.
    spans = [Span(0, 1), Span(1, 3), Span(3, 4), Span(0, 2), Span(2, 4)]
    assert best_path(4, spans, [-4.0, 0.0, -4.0, -1.0, -2.0]) == [3, 4]


def test_the_order_of_spans_does_not_matter():
    spans = [Span(2, 3), Span(0, 3), Span(0, 1), Span(1, 2)]
    assert best_path(3, spans, [-0.1, -9.0, -0.1, -0.1]) == [2, 3, 0]


def test_of_two_scores_for_the_same_pieces_the_higher_counts():
    assert best_path(1, [Span(0, 1), Span(0, 1)], [-2.0, -1.0]) == [1]


@pytest.mark.parametrize(
    "spans", [[], [Span(0, 1)], [Span(1, 2)], [Span(0, 1), Span(0, 1)], [Span(0, 3)]]
)
def test_pieces_that_cannot_be_covered_are_refused(spans):
    pieces = 2 if Span(0, 3) not in spans else 4
    with pytest.raises(ValueError, match="covers all pieces"):
        best_path(pieces, spans, [0.0] * len(spans))


@given(st.integers(1, 8), st.data())
def test_a_path_covers_every_piece_once_and_is_no_worse_than_single_pieces(pieces, data):
    spans = [Span(i, j) for i in range(pieces) for j in range(i + 1, pieces + 1)]
    score = st.integers(-100, 100)
    scores = data.draw(st.lists(score, min_size=len(spans), max_size=len(spans)))
    path = [spans[i] for i in best_path(pieces, spans, scores)]
    assert (path[0].start, path[-1].stop) == (0, pieces)
    assert all(one.stop == other.start for one, other in pairwise(path))
    of = dict(zip(spans, scores, strict=True))
    assert sum(of[span] for span in path) >= sum(of[Span(i, i + 1)] for i in range(pieces))
