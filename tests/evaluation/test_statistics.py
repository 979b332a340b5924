import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from inkdigits.evaluation.statistics import mean_interval, wilson_interval

counts = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
confidences = st.floats(0.5, 0.999)


@given(counts, confidences)
def test_wilson_interval_is_that_of_scipy(count, confidence):
    expected = stats.binomtest(*count).proportion_ci(confidence, method="wilson")
    assert wilson_interval(*count, confidence) == pytest.approx(tuple(expected), abs=1e-12)


def test_wilson_interval_of_the_papers_formula_for_half_of_ten():
    # With z = 1.959964 and z^2 = 3.841459: (0.5 +- z sqrt(0.025 + z^2 / 400)) pulled to the middle.
    assert wilson_interval(5, 10) == pytest.approx((0.236593, 0.763407), abs=1e-6)


@given(counts)
def test_wilson_interval_contains_the_share_and_stays_between_0_and_1(count):
    low, high = wilson_interval(*count)
    correct, n = count
    assert 0 <= low <= correct / n <= high <= 1
    assert low < high


@given(counts)
def test_wilson_interval_of_the_failures_mirrors_that_of_the_successes(count):
    correct, n = count
    low, high = wilson_interval(correct, n)
    assert wilson_interval(n - correct, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_more_trials_make_the_interval_narrower_and_more_confidence_wider():
    widths = [high - low for low, high in (wilson_interval(99 * k, 100 * k) for k in (1, 10, 100))]
    assert widths[0] > widths[1] > widths[2]
    low95, high95 = wilson_interval(90, 100, 0.95)
    low99, high99 = wilson_interval(90, 100, 0.99)
    assert low99 < low95
    assert high99 > high95


def test_all_right_does_not_mean_certainly_right():
    assert wilson_interval(10, 10) == pytest.approx((0.722467, 1.0), abs=1e-6)
    assert wilson_interval(0, 10) == pytest.approx((0.0, 0.277533), abs=1e-6)


@pytest.mark.parametrize(("correct", "n"), [(-1, 10), (11, 10), (0, 0), (1, 0), (0, -1)])
def test_impossible_counts_are_refused_and_named(correct, n):
    with pytest.raises(ValueError, match=f"between 0 and n; received {correct} of {n}"):
        wilson_interval(correct, n)


@pytest.mark.parametrize("n", range(2, 32))
def test_mean_interval_is_students_for_every_number_of_values(n):
    values = np.random.default_rng(n).normal(99.5, 0.1, n).tolist()
    expected = stats.t.interval(0.95, n - 1, loc=np.mean(values), scale=stats.sem(values))
    low, high = mean_interval(values)
    # The quantiles of the table have three decimals.
    assert (low, high) == pytest.approx(expected, abs=5e-4 * stats.sem(values) + 1e-12)


def test_mean_interval_of_equal_values_is_a_point():
    assert mean_interval([0.99, 0.99, 0.99]) == pytest.approx((0.99, 0.99))


@pytest.mark.parametrize("n", [0, 1, 32])
def test_mean_interval_refuses_too_few_and_too_many_values(n):
    with pytest.raises(ValueError, match=f"there must be 2 to 31 values; received {n}"):
        mean_interval([1.0] * n)
