from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from inkdigits.evaluation.comparison import Comparison, compare
from inkdigits.evaluation.metrics import evaluate


def judged(right):
    """An evaluation of images of class 0 that are read rightly where `right` is true."""
    first = np.where(np.array(right), 0.75, 0.25).astype(np.float32)
    return evaluate(np.stack([first, 1 - first], axis=1), np.zeros(len(right), np.uint8))


def compared(only_first, only_second, both_right=0, both_wrong=0):
    kinds = np.repeat([0, 1, 2, 3], [only_first, only_second, both_right, both_wrong])
    return compare(judged((kinds == 0) | (kinds == 2)), judged((kinds == 1) | (kinds == 2)))


def test_images_are_counted_by_who_reads_them():
    result = compared(1, 5, both_right=7, both_wrong=2)
    # Six tosses: 1 + 6 of 64 ways have one head or none; twice that for both sides.
    assert result == Comparison(1, 5, 7, 2, p_value=2 * (1 + 6) / 64)


@pytest.mark.parametrize(
    ("only_first", "only_second", "p_value"),
    [
        (0, 1, 1.0),
        (0, 2, 2 / 4),
        (0, 5, 2 / 32),
        (0, 6, 2 / 64),
        (1, 3, 2 * (1 + 4) / 16),
        (2, 8, 2 * (1 + 10 + 45) / 1024),
    ],
)
def test_p_values_worked_out_by_hand(only_first, only_second, p_value):
    assert compared(only_first, only_second).p_value == p_value
    assert compared(only_second, only_first).p_value == p_value


def test_images_on_which_both_agree_do_not_count():
    assert compared(1, 5, both_right=100, both_wrong=50).p_value == compared(1, 5).p_value


def test_networks_that_differ_on_nothing_are_equal():
    assert compared(0, 0, both_right=1) == Comparison(0, 0, 1, 0, p_value=1.0)
    assert compared(0, 0, both_wrong=1) == Comparison(0, 0, 0, 1, p_value=1.0)


@pytest.mark.parametrize("each", [1, 2, 10, 500])
def test_a_draw_is_no_evidence_and_never_above_1(each):
    assert compared(each, each).p_value == 1


@given(st.integers(0, 300), st.integers(0, 300))
def test_p_value_is_that_of_scipys_binomial_test(only_first, only_second):
    if only_first + only_second:
        expected = stats.binomtest(only_first, only_first + only_second, 0.5).pvalue
        assert compared(only_first, only_second).p_value == pytest.approx(expected, rel=1e-9)


def test_a_thousand_differences_are_counted_exactly():
    result = compared(450, 550)
    assert result.p_value == 2 * sum(comb(1000, k) for k in range(451)) / (1 << 1000)


def test_thousands_of_differences_are_no_trouble():
    expected = stats.binomtest(3000, 6200, 0.5).pvalue
    assert compared(3000, 3200).p_value == pytest.approx(expected, rel=1e-9)


def test_a_probability_too_small_for_a_float_is_0():
    assert compared(0, 2000).p_value == 0


def test_both_wrong_counts_different_wrong_answers_too():
    labels = np.array([0], np.uint8)
    first = evaluate(np.array([[0, 1, 0]], np.float32), labels)
    second = evaluate(np.array([[0, 0, 1]], np.float32), labels)
    assert compare(first, second) == Comparison(0, 0, 0, 1, p_value=1.0)


def test_networks_of_different_numbers_of_classes_can_be_compared():
    labels = np.array([0], np.uint8)
    two = evaluate(np.array([[1, 0]], np.float32), labels)
    three = evaluate(np.array([[0, 0, 1]], np.float32), labels)
    assert compare(two, three).only_first == 1


def test_different_labels_are_refused_and_named():
    rows = np.full((3, 10), 0.1, np.float32)
    first = evaluate(rows, np.array([4, 9, 1], np.uint8))
    second = evaluate(rows, np.array([4, 7, 2], np.uint8))
    with pytest.raises(ValueError, match="received the labels 9 and 7 for image 1"):
        compare(first, second)


def test_different_numbers_of_images_are_refused():
    with pytest.raises(ValueError, match="received one of 2 and one of 3"):
        compare(judged([True, True]), judged([True, True, True]))
