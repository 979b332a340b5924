from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, special

from inkdigits.evaluation.metrics import evaluate
from inkdigits.evaluation.temperature import COLDEST, HOTTEST, fit_temperature, softmax


def rows(values):
    return np.array(values, np.float32)


def labels(*values):
    return np.array(values, np.uint8)


def log_loss(logits, truth, temperature):
    exact = special.log_softmax(logits.astype(np.float64) / temperature, axis=1)
    return -exact[np.arange(len(truth)), truth].mean()


def random_set(n, classes, seed):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, rng.uniform(0.5, 8), (n, classes)).astype(np.float32)
    return logits, rng.integers(0, classes, n).astype(np.uint8)


def test_softmax_of_logarithms_is_their_share():
    result = softmax(np.log(rows([[1, 2, 5]])))
    np.testing.assert_allclose(result, [[0.125, 0.25, 0.625]], rtol=1e-6)
    assert result.dtype == np.float32


@pytest.mark.parametrize(("temperature", "first"), [(0.5, 81 / 82), (1.0, 9 / 10), (2.0, 3 / 4)])
def test_temperature_takes_a_root_of_the_odds(temperature, first):
    result = softmax(np.log(rows([[9, 1]])), temperature)
    np.testing.assert_allclose(result, [[first, 1 - first]], rtol=1e-5)


def test_softmax_of_the_largest_numbers_is_certain_or_even():
    largest = np.finfo(np.float32).max
    result = softmax(rows([[largest, -largest], [largest, largest], [-largest, -largest]]))
    assert result.tolist() == [[1, 0], [0.5, 0.5], [0.5, 0.5]]


def test_softmax_of_nothing_is_nothing():
    assert softmax(np.zeros((0, 10), np.float32)).shape == (0, 10)


@given(st.integers(1, 30), st.integers(1, 12), st.floats(0.05, 20), st.integers(0, 1000))
def test_softmax_rows_sum_to_1_and_keep_the_answer(n, classes, temperature, seed):
    logits, _ = random_set(n, classes, seed)
    result = softmax(logits, temperature)
    np.testing.assert_allclose(result.sum(axis=1), 1, rtol=1e-5)
    best = result[np.arange(n), logits.argmax(axis=1)]
    np.testing.assert_array_equal(best, result.max(axis=1))


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf")])
def test_softmax_refuses_a_temperature_that_is_no_positive_number(temperature):
    with pytest.raises(ValueError, match=f"must be a number above 0; received {temperature}"):
        softmax(rows([[1, 2]]), temperature)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_logits_that_are_not_finite_are_refused_and_named(value):
    logits = rows([[1, 2], [3, value]])
    with pytest.raises(ValueError, match=f"`logits` must be finite; received {value} in row 1"):
        softmax(logits)
    with pytest.raises(ValueError, match=f"`logits` must be finite; received {value} in row 1"):
        fit_temperature(logits, labels(0, 0))


@pytest.mark.parametrize("temperature", [0.1, 0.5, 1, 2, 10])
def test_the_fitted_confidence_is_the_share_of_right_answers(temperature):
    # Three in four are right, so the odds must come out as 3 to 1.
    logits = rows([[temperature * log(3), 0]] * 4)
    assert fit_temperature(logits, labels(0, 0, 0, 1)) == pytest.approx(temperature, rel=1e-6)


def test_adding_a_number_to_all_logits_of_a_row_changes_nothing():
    logits = rows([[6, 0], [6, 0], [6, 0], [6, 0]])
    shift = rows([[100], [-50], [0], [7]])
    truth = labels(0, 0, 1, 0)
    assert fit_temperature(logits + shift, truth) == fit_temperature(logits, truth)


def test_doubled_logits_have_twice_the_temperature():
    logits, truth = random_set(200, 5, 1)
    logits[np.arange(200), truth] += 3
    once = fit_temperature(logits, truth)
    assert COLDEST < once < HOTTEST / 2
    assert fit_temperature(2 * logits, truth) == pytest.approx(2 * once, rel=1e-9)


@given(st.integers(2, 60), st.integers(2, 10), st.integers(0, 1000))
def test_no_other_temperature_has_a_smaller_log_loss(n, classes, seed):
    logits, truth = random_set(n, classes, seed)
    fitted = fit_temperature(logits, truth)
    assert COLDEST <= fitted <= HOTTEST
    best = optimize.minimize_scalar(
        lambda t: log_loss(logits, truth, t), bounds=(COLDEST, HOTTEST), method="bounded"
    )
    smallest = log_loss(logits, truth, fitted)
    assert smallest <= best.fun + 1e-12
    for other in (COLDEST, 0.99 * fitted, 1.01 * fitted, HOTTEST):
        if COLDEST <= other <= HOTTEST:
            assert smallest <= log_loss(logits, truth, other) + 1e-12


def test_the_fitted_temperature_lowers_the_log_loss_that_evaluate_reports():
    logits, truth = random_set(300, 10, 2)
    logits[np.arange(300), truth] += 9
    before = evaluate(softmax(logits), truth)
    after = evaluate(softmax(logits, fit_temperature(logits, truth)), truth)
    assert after.log_loss < before.log_loss
    assert after.correct == before.correct


def test_a_set_without_mistakes_gets_the_coldest():
    assert fit_temperature(rows([[2, 0], [0, 1]]), labels(0, 1)) == COLDEST
    assert fit_temperature(rows([[9000, 0]]), labels(0)) == COLDEST


def test_a_set_of_mistakes_alone_gets_the_hottest():
    assert fit_temperature(rows([[2, 0], [0, 1]]), labels(1, 0)) == HOTTEST
    assert fit_temperature(rows([[9000, 0]]), labels(1)) == HOTTEST


def test_answers_no_better_than_chance_get_the_hottest():
    assert fit_temperature(rows([[4, 0], [4, 0]]), labels(0, 1)) == HOTTEST


@pytest.mark.parametrize("value", [0, 0.1, 255])
def test_equal_logits_get_1(value):
    assert fit_temperature(np.full((3, 10), value, np.float32), labels(1, 5, 9)) == 1


def test_the_largest_numbers_do_not_overflow():
    largest = np.finfo(np.float32).max
    logits = rows([[largest, -largest], [-largest, largest]])
    assert fit_temperature(logits, labels(0, 1)) == COLDEST
    assert fit_temperature(logits, labels(0, 0)) == HOTTEST


@pytest.mark.usefixtures("unchecked_arrays")
@pytest.mark.parametrize(("n", "truths"), [(0, 0), (2, 0), (2, 3)])
def test_one_label_for_each_row_is_required(n, truths):
    with pytest.raises(ValueError, match=f"received {n} rows and {truths} labels"):
        fit_temperature(np.zeros((n, 10), np.float32), np.zeros(truths, np.uint8))


def test_a_label_without_a_column_is_refused():
    with pytest.raises(ValueError, match="labels must be below 2; received 2"):
        fit_temperature(rows([[1, 0]]), labels(2))
