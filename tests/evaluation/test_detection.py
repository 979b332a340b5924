import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from inkdigits.evaluation.detection import (
    auroc,
    false_positive_rate_at,
    rejection_rate,
    threshold_for,
)


def scores(*values):
    return np.array(values, np.float32)


# Few different values, so that ties are common.
some_scores = st.lists(st.integers(-3, 3), min_size=1, max_size=30).map(lambda v: scores(*v))
shares = st.integers(0, 99).map(lambda percent: percent / 100)


@pytest.mark.parametrize(
    ("inside", "outside", "area"),
    [
        ([0, 1], [2, 3], 1),
        ([2, 3], [0, 1], 0),
        ([0, 2], [1, 3], 3 / 4),
        ([1], [1], 1 / 2),
        ([1, 1], [1, 1, 1], 1 / 2),
        ([0, 1], [1, 2], 3.5 / 4),  # one of the four pairs is a tie
        ([0, 1, 1, 3], [1, 2], 5 / 8),  # of 1: one above, two ties; of 2: three above
        ([0], [-1, 0, 1, 1], 2.5 / 4),
    ],
)
def test_area_is_the_share_of_pairs_in_order_with_ties_counting_half(inside, outside, area):
    assert auroc(scores(*inside), scores(*outside)) == area


def test_area_with_infinite_scores():
    assert auroc(scores(-np.inf, 0), scores(0, np.inf)) == 3.5 / 4


@given(some_scores, some_scores)
def test_area_is_the_mann_whitney_statistic_of_scipy(inside, outside):
    statistic = stats.mannwhitneyu(outside, inside, method="asymptotic").statistic
    assert auroc(inside, outside) == pytest.approx(statistic / (len(inside) * len(outside)))


@given(some_scores, some_scores)
def test_area_of_the_exchanged_sets_is_the_rest(inside, outside):
    assert auroc(inside, outside) + auroc(outside, inside) == pytest.approx(1)


@given(some_scores, some_scores)
def test_area_depends_on_the_order_alone(inside, outside):
    assert auroc(np.exp(inside), np.exp(outside)) == auroc(inside, outside)


def test_area_of_many_scores_does_not_overflow():
    low, high = np.zeros(100_000, np.float32), np.ones(100_000, np.float32)
    assert auroc(low, high) == 1


@pytest.mark.parametrize(
    ("share", "threshold"), [(0.0, 10), (0.05, 10), (0.1, 9), (0.29, 8), (0.3, 7), (0.95, 1)]
)
def test_threshold_is_the_highest_score_that_stays(share, threshold):
    assert threshold_for(scores(3, 1, 2, 10, 4, 6, 5, 8, 7, 9), share) == threshold


def test_threshold_rejects_one_in_a_hundred_unless_told_otherwise():
    digits = np.arange(1000, dtype=np.float32)
    assert threshold_for(digits) == 989
    assert rejection_rate(digits, threshold_for(digits)) == 0.01


def test_ties_on_the_threshold_are_all_accepted():
    digits = scores(1, 2, 2, 2)
    assert threshold_for(digits, 0.5) == 2
    assert rejection_rate(digits, 2.0) == 0


def test_equal_scores_are_never_rejected():
    assert rejection_rate(scores(5, 5, 5), threshold_for(scores(5, 5, 5), 0.99)) == 0


def test_one_digit_stays():
    assert threshold_for(scores(7), 0.999) == 7


def test_a_share_next_to_1_keeps_the_lowest_score():
    assert threshold_for(scores(3, 1, 2), np.nextafter(1, 0)) == 1


@given(some_scores, shares)
def test_no_more_than_the_share_is_rejected_and_no_lower_threshold_does_that(inside, share):
    threshold = threshold_for(inside, share)
    assert threshold in inside
    assert rejection_rate(inside, threshold) <= share + 1e-12
    lower = inside[inside < threshold]
    if len(lower):
        assert rejection_rate(inside, float(lower.max())) > share


@pytest.mark.parametrize("share", [-0.01, 1.0, 1.5, float("nan")])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(ValueError, match=rf"at least 0 and below 1; received {share}"):
        threshold_for(scores(1, 2), share)


def test_rejected_is_what_is_above_the_threshold():
    assert rejection_rate(scores(1, 2, 3, 4, 5), 3.0) == 0.4
    assert rejection_rate(scores(1), np.inf) == 0
    assert rejection_rate(scores(1), -np.inf) == 1


def test_a_threshold_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="`threshold` must be a number; received nan"):
        rejection_rate(scores(1), float("nan"))


def test_outliers_below_the_score_that_most_digits_keep_to_are_false_positives():
    digits = np.arange(1, 21, dtype=np.float32)
    # 19 of 20 digits are at most 19.
    assert false_positive_rate_at(digits, scores(18, 19, 19.5, 20, 21)) == 0.4
    assert false_positive_rate_at(digits, scores(18, 19, 19.5, 20, 21), 1.0) == 0.8
    assert false_positive_rate_at(digits, scores(18, 19, 19.5, 20, 21), 0.9) == 0.2


def test_a_digit_more_is_accepted_where_the_rate_falls_between_two():
    # 95 % of 10 digits is 9.5: accepting nine would be too few.
    assert false_positive_rate_at(np.arange(10, dtype=np.float32), scores(9, 10)) == 0.5


@pytest.mark.parametrize("n", [20, 40, 60, 80, 100, 140])
def test_five_in_a_hundred_is_exactly_that_whatever_the_rounding(n):
    digits = np.arange(n, dtype=np.float32)
    below, above = n * 19 // 20 - 1, n * 19 // 20
    assert false_positive_rate_at(digits, scores(below)) == 1
    assert false_positive_rate_at(digits, scores(above)) == 0


@given(some_scores, some_scores, shares)
def test_false_positives_are_the_outliers_that_the_threshold_accepts(inside, outside, share):
    threshold = threshold_for(inside, share)
    expected = 1 - rejection_rate(outside, threshold)
    assert false_positive_rate_at(inside, outside, 1 - share) == pytest.approx(expected)


@pytest.mark.parametrize("rate", [-0.5, 0.0, 1.01, float("nan")])
def test_a_rate_out_of_range_is_refused(rate):
    with pytest.raises(ValueError, match=rf"above 0 and at most 1; received {rate}"):
        false_positive_rate_at(scores(1), scores(2), rate)


@pytest.mark.parametrize("figure", [auroc, false_positive_rate_at])
def test_both_kinds_of_scores_are_required(figure):
    with pytest.raises(ValueError, match="`inside` must hold at least one score; received none"):
        figure(scores(), scores(1))
    with pytest.raises(ValueError, match="`outside` must hold at least one score; received none"):
        figure(scores(1), scores())
    with pytest.raises(ValueError, match="`inside` must hold numbers; received nan at index 1"):
        figure(scores(1, np.nan), scores(1))
    with pytest.raises(ValueError, match="`outside` must hold numbers; received nan at index 0"):
        figure(scores(1), scores(np.nan, 1))


def test_scores_are_required_for_a_threshold_and_a_rate():
    with pytest.raises(ValueError, match="`inside` must hold at least one score"):
        threshold_for(scores())
    with pytest.raises(ValueError, match="`inside` must hold numbers; received nan at index 0"):
        threshold_for(scores(np.nan))
    with pytest.raises(ValueError, match="`scores` must hold at least one score"):
        rejection_rate(scores(), 0.0)
    with pytest.raises(ValueError, match="`scores` must hold numbers; received nan at index 1"):
        rejection_rate(scores(0, np.nan), 0.0)
