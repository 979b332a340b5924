from dataclasses import replace

import numpy as np
import pytest

from inkdigits.errors import ModelFileError
from inkdigits.recognition.answers import Answers, Rejection
from inkdigits.recognition.cascade import CLEAR, Cascade, is_clear
from tests.recognition.stand_ins import SIGNATURE, Fixed, numbered


@pytest.fixture
def quick():
    """Sure of 0, unsure of 1, sure of 2 but finds it strange, sure of 3."""
    rows = [[1, 0], [0.6, 0.4], [1, 0], [0, 1]]
    signature = replace(SIGNATURE, rejection=Rejection("energy", 2.0, 1.0))
    return Fixed(rows, [-5, -5, 2.5, 1.5], signature)


@pytest.fixture
def thorough():
    return Fixed([[0, 1], [0, 1], [0.5, 0.5], [1, 0]], [-3, -3, 0, -3])


def test_the_large_network_is_asked_about_what_is_not_clear_alone(quick, thorough):
    answers = Cascade(lambda: quick, thorough).joint_answers(numbered(4))
    assert quick.asked == [[0, 1, 2, 3]] and thorough.asked == [[1, 2]]
    assert answers.probabilities[[0, 3]].tolist() == [[1, 0], [0, 1]]


def test_what_is_not_clear_has_the_mean_of_both(quick, thorough):
    answers = Cascade(lambda: quick, thorough).joint_answers(numbered(4))
    # 0.2 * (0.6, 0.4) + 0.8 * (0, 1), and 0.2 * (1, 0) + 0.8 * (0.5, 0.5).
    np.testing.assert_allclose(answers.probabilities[1], [0.12, 0.88], rtol=1e-6)
    np.testing.assert_allclose(answers.probabilities[2], [0.6, 0.4], rtol=1e-6)
    assert answers.probabilities.dtype == np.float32


def test_outlierness_is_told_from_the_large_networks_threshold(quick, thorough):
    # The small network's 2.0 is the large one's -1.0, so -5 becomes -8 and 1.5 becomes -1.5.
    answers = Cascade(lambda: quick, thorough).joint_answers(numbered(4))
    assert answers.outlierness.tolist() == [-8, -3, 0, -1.5]
    assert answers.rejected.tolist() == [False, False, True, False]


def test_where_all_is_clear_the_large_network_is_not_asked(quick, thorough):
    Cascade(lambda: quick, thorough).joint_answers(numbered(1))
    assert thorough.asked == []


def test_the_small_network_is_loaded_when_it_is_needed(quick, thorough):
    loaded = []
    cascade = Cascade(lambda: loaded.append("once") or quick, thorough)
    assert loaded == []
    cascade.joint_answers(numbered(2))
    assert loaded == ["once"]


def test_the_probability_of_none_counts_with_both():
    signature = replace(SIGNATURE, tells_none=True)
    quick = Fixed([[1, 0], [1, 0]], [-5, -5], signature, none=[0, 0.5])
    thorough = Fixed([[0, 1], [0, 1]], [-5, -5], signature, none=[0, 0.25])
    answers = Cascade(lambda: quick, thorough).joint_answers(numbered(2))
    # 0.2 * 0.5 * (1, 0) + 0.8 * 0.75 * (0, 1).
    np.testing.assert_allclose(answers.probabilities, [[1, 0], [0.1, 0.6]], rtol=1e-6)


def test_without_outlier_scores_there_are_none():
    signature = replace(SIGNATURE, rejection=None)
    quick = Fixed([[1, 0], [0.5, 0.5]], signature=signature)
    thorough = Fixed([[1, 0], [0, 1]], signature=signature)
    answers = Cascade(lambda: quick, thorough).joint_answers(numbered(2))
    assert answers.outlierness is None and not answers.rejected.any()
    np.testing.assert_allclose(answers.probabilities, [[1, 0], [0.1, 0.9]], rtol=1e-6)


@pytest.mark.parametrize(
    "other",
    [
        replace(SIGNATURE, class_names=("1", "0")),
        replace(SIGNATURE, rejection=None),
        replace(SIGNATURE, rejection=Rejection("max-softmax", -1.0, 1.0)),
    ],
)
def test_networks_that_do_not_tell_the_same_apart_are_refused(other, thorough):
    cascade = Cascade(lambda: Fixed([[1, 0]], [-5], other), thorough)
    with pytest.raises(ModelFileError, match="0, 1 by energy"):
        cascade.joint_answers(numbered(1))


def test_clear_is_what_has_at_least_that_probability_and_is_not_rejected():
    sure = np.float32(CLEAR)
    below = np.nextafter(sure, np.float32(0))
    rows = np.array([[sure, 1 - sure], [below, 1 - below], [0, 1]], np.float32)
    answers = Answers(rows, None, np.array([False, False, True]))
    assert is_clear(answers).tolist() == [sure >= CLEAR, False, False]
