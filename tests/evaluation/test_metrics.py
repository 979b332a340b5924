from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.evaluation.metrics import evaluate
from inkdigits.evaluation.statistics import wilson_interval


def judged(rows, labels):
    return evaluate(np.array(rows, np.float32), np.array(labels, np.uint8))


@pytest.fixture
def five():
    """Five answers: right, right, wrong (0 for 1), wrong (2 for 1), right."""
    return judged(
        [[0.5, 0.25, 0.25], [0, 1, 0], [0.75, 0.25, 0], [0, 0.125, 0.875], [0, 0.5, 0.5]],
        [0, 1, 1, 1, 1],
    )


def test_counts_and_accuracy(five):
    assert (five.n, five.correct, five.accuracy) == (5, 3, 0.6)
    assert five.interval95 == wilson_interval(3, 5)


def test_confusion_has_the_truth_in_its_rows_and_the_answer_in_its_columns(five):
    assert five.confusion.tolist() == [[1, 0, 0], [1, 2, 1], [0, 0, 0]]
    assert five.confusion.dtype == np.int64


def test_precision_is_the_share_of_a_classes_answers_that_is_right(five):
    assert five.precision.tolist() == [0.5, 1.0, 0.0]


def test_recall_is_the_share_of_a_classes_images_that_is_found(five):
    assert five.recall[:2].tolist() == [1.0, 0.5]
    assert np.isnan(five.recall[2])


def test_precision_of_an_answer_never_given_is_not_a_number():
    result = judged([[1, 0, 0], [1, 0, 0]], [0, 1])
    np.testing.assert_array_equal(result.precision, [0.5, np.nan, np.nan])
    np.testing.assert_array_equal(result.recall, [1.0, 0.0, np.nan])


def test_log_loss_is_the_mean_of_minus_the_log_of_the_true_probability(five):
    expected = -(log(0.5) + log(1) + log(0.25) + log(0.125) + log(0.5)) / 5
    assert five.log_loss == pytest.approx(expected)


def test_log_loss_of_an_impossible_truth_is_large_but_finite():
    assert judged([[1, 0]], [1]).log_loss == pytest.approx(126 * log(2))


def test_brier_score_sums_squared_differences_over_the_classes(five):
    per_image = [0.25 + 0.0625 * 2, 0, 0.75**2 + 0.75**2, 0.875**2 * 2, 0.5]
    assert five.brier == pytest.approx(sum(per_image) / 5)


def test_brier_score_runs_from_0_to_2():
    assert judged([[1, 0]], [0]).brier == 0
    assert judged([[1, 0]], [1]).brier == 2


def test_mistakes_come_with_the_most_confident_first(five):
    assert five.mistakes.tolist() == [3, 2]


def test_mistakes_of_equal_confidence_keep_the_order_of_the_images():
    assert judged([[0.75, 0.25], [0.5, 0.5], [0.75, 0.25]], [1, 1, 1]).mistakes.tolist() == [
        0,
        2,
        1,
    ]


def test_a_network_that_is_always_right_makes_no_mistakes():
    result = judged([[1, 0], [0, 1]], [0, 1])
    assert result.accuracy == 1
    assert result.mistakes.tolist() == []


@given(st.integers(1, 60), st.integers(2, 12), st.integers(0, 1000))
def test_figures_agree_with_each_other(n, classes, seed):
    rng = np.random.default_rng(seed)
    result = evaluate(
        rng.dirichlet(np.ones(classes), n).astype(np.float32),
        rng.integers(0, classes, n).astype(np.uint8),
    )
    assert result.confusion.sum() == n
    assert result.correct + len(result.mistakes) == n
    assert 0 <= result.brier <= 2
    found = result.recall * result.confusion.sum(axis=1)
    assert np.nansum(found) == pytest.approx(result.correct)
    confidence = result.probabilities[result.mistakes].max(axis=1)
    assert (np.diff(confidence) <= 0).all()


@pytest.mark.usefixtures("unchecked_arrays")
@pytest.mark.parametrize(("rows", "labels"), [(0, 0), (2, 0), (2, 3)])
def test_one_label_for_each_row_is_required(rows, labels):
    with pytest.raises(ValueError, match=f"received {rows} rows and {labels} labels"):
        evaluate(np.full((rows, 2), 0.5, np.float32), np.zeros(labels, np.uint8))
