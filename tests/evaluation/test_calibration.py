import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.evaluation.calibration import reliability


def two_classes(confidences):
    """Answers for class 0 with these confidences, at least one half each."""
    first = np.array(confidences, np.float32)
    return np.stack([first, 1 - first], axis=1)


def test_bins_hold_mean_confidence_and_share_of_right_answers():
    probabilities = two_classes([0.625, 0.6875, 0.875, 0.9375, 1.0])
    result = reliability(probabilities, np.array([0, 1, 0, 0, 1], np.uint8), bins=4)
    assert result.edges.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert result.count.tolist() == [0, 0, 2, 3]
    np.testing.assert_allclose(result.confidence, [np.nan, np.nan, 0.65625, 0.9375])
    np.testing.assert_allclose(result.accuracy, [np.nan, np.nan, 0.5, 2 / 3])
    expected = (2 * abs(0.65625 - 0.5) + 3 * abs(0.9375 - 2 / 3)) / 5
    assert result.expected_error == pytest.approx(expected)


def test_a_confidence_on_an_edge_belongs_to_the_bin_below_it():
    result = reliability(two_classes([0.5, 0.75, 1.0]), np.zeros(3, np.uint8), bins=4)
    assert result.count.tolist() == [0, 1, 1, 1]


def test_answers_that_are_right_as_often_as_they_claim_have_no_error():
    probabilities = two_classes([0.75] * 4)
    assert reliability(probabilities, np.array([0, 0, 0, 1], np.uint8)).expected_error == 0


def test_certain_and_always_wrong_is_the_largest_error():
    assert reliability(two_classes([1.0, 1.0]), np.ones(2, np.uint8)).expected_error == 1


def test_one_bin_compares_the_mean_confidence_with_the_accuracy():
    result = reliability(two_classes([0.5, 1.0]), np.array([0, 1], np.uint8), bins=1)
    assert result.expected_error == pytest.approx(abs(0.75 - 0.5))


def test_fifteen_bins_unless_told_otherwise():
    assert len(reliability(two_classes([0.5]), np.zeros(1, np.uint8)).count) == 15


@given(st.integers(1, 80), st.integers(1, 20), st.integers(0, 1000))
def test_bins_together_hold_all_answers(n, bins, seed):
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.ones(3), n).astype(np.float32)
    labels = rng.integers(0, 3, n).astype(np.uint8)
    result = reliability(probabilities, labels, bins)
    filled = result.count > 0
    assert result.count.sum() == n
    assert 0 <= result.expected_error <= 1
    np.testing.assert_array_equal(np.isnan(result.confidence), ~filled)
    np.testing.assert_array_equal(np.isnan(result.accuracy), ~filled)
    assert (result.confidence[filled] <= result.edges[1:][filled] + 1e-9).all()
    assert (result.confidence[filled] >= result.edges[:-1][filled] - 1e-9).all()
    right = (probabilities.argmax(axis=1) == labels).sum()
    assert (result.accuracy[filled] * result.count[filled]).sum() == pytest.approx(right)
    gap = np.abs(result.confidence - result.accuracy)[filled]
    assert (gap * result.count[filled]).sum() / n == pytest.approx(result.expected_error)
