from dataclasses import replace

import numpy as np
import pytest

from inkdigits.errors import ModelFileError
from inkdigits.recognition.answers import Answers, Rejection
from inkdigits.recognition.cascade import ONE, Cascade, Clear, is_clear
from tests.recognition.stand_ins import SIGNATURE, Fixed, numbered

TELLS_NONE = replace(SIGNATURE, tells_none=True)


@pytest.fixture
def quick():
    """Sure of 0, unsure of 1, sure of 2 but finds it strange, sure of 3."""
    rows = [[1, 0], [0.6, 0.4], [1, 0], [0, 1]]
    signature = replace(SIGNATURE, rejection=Rejection("energy", 2.0, 1.0))
    return Fixed(rows, [-5, -5, 2.5, 1.5], signature)


@pytest.fixture
def thorough():
    return Fixed([[0, 1], [0, 1], [0.5, 0.5], [1, 0]], [-3, -3, 0, -3])


@pytest.fixture
def cascade(quick, thorough):
    return Cascade(quick, lambda: thorough)


def test_the_large_network_is_asked_about_what_is_not_clear_alone(cascade, quick, thorough):
    answers = cascade.answers(numbered(4))
    assert quick.asked == [[0, 1, 2, 3]] and thorough.asked == [[1, 2]]
    assert answers.probabilities.tolist() == [[1, 0], [0, 1], [0.5, 0.5], [0, 1]]


def test_outlierness_is_told_from_the_small_networks_threshold(cascade):
    # The large one's -1.0 is the small one's 2.0, so -3 becomes 0 and 0 becomes 3.
    answers = cascade.answers(numbered(4))
    assert answers.outlierness.tolist() == [-5, 0, 3, 1.5]
    assert answers.rejected.tolist() == [False, False, True, False]
    assert cascade.rejection.threshold == 2.0


def test_where_all_is_clear_the_large_network_is_not_loaded(quick):
    cascade = Cascade(quick, lambda: pytest.fail("it was loaded"))
    assert cascade.answers(numbered(1)).probabilities.tolist() == [[1, 0]]


def test_the_large_network_is_loaded_once(quick, thorough):
    loaded = []
    cascade = Cascade(quick, lambda: loaded.append("once") or thorough)
    for _ in range(2):
        cascade.answers(numbered(2))
    assert loaded == ["once"]


def test_the_large_network_can_be_loaded_before_it_is_needed(quick, thorough):
    loaded = []
    cascade = Cascade(quick, lambda: loaded.append("once") or thorough)
    cascade.load()
    assert loaded == ["once"] and quick.asked == thorough.asked == []
    cascade.answers(numbered(2))
    assert loaded == ["once"]


def test_of_three_networks_each_is_asked_what_is_clear_to_none_before(thorough):
    quick, medium = (
        Fixed(rows, [-5, -5, -5], replace(SIGNATURE, rejection=Rejection("energy", threshold, 1)))
        for rows, threshold in (
            ([[1, 0], [0.5, 0.5], [0.5, 0.5]], 2.0),
            ([[0, 1], [1, 0], [0.6, 0.4]], 0.0),
        )
    )
    cascade = Cascade(quick, lambda: Cascade(medium, lambda: thorough))
    answers = cascade.answers(numbered(3))
    assert (medium.asked, thorough.asked) == ([[1, 2]], [[2]])
    assert answers.probabilities.tolist() == [[1, 0], [1, 0], [0.5, 0.5]]
    # Thresholds are 2, 0 and -1: the medium one's -5 is -3 here, and the large one's 0 is 3.
    assert answers.outlierness.tolist() == [-5, -3, 3]
    assert answers.rejected.tolist() == [False, False, True]


def test_loading_ahead_loads_all_of_them(quick, thorough):
    loaded = []
    medium = Cascade(thorough, lambda: loaded.append("large") or thorough)
    Cascade(quick, lambda: loaded.append("medium") or medium).load()
    assert loaded == ["medium", "large"]


def test_what_may_be_none_is_not_clear():
    quick = Fixed([[1, 0]] * 3, [-5] * 3, TELLS_NONE, none=[0, 0.04, 0.06])
    thorough = Fixed([[0, 1]] * 3, [-5] * 3, TELLS_NONE, none=[0, 0, 0.25])
    answers = Cascade(quick, lambda: thorough).answers(numbered(3))
    assert thorough.asked == [[2]]
    assert answers.probabilities.tolist() == [[1, 0], [1, 0], [0, 1]]
    np.testing.assert_allclose(answers.none, [0, 0.04, 0.25], rtol=1e-6)


def test_what_is_none_without_doubt_is_clear_though_it_is_rejected_and_of_no_class():
    quick = Fixed([[0.5, 0.5]] * 3, [-5, 5, -5], TELLS_NONE, none=[0.99, 0.99, 0.97])
    thorough = Fixed([[0, 1]] * 3, [-5] * 3, TELLS_NONE, none=[0, 0, 0.25])
    answers = Cascade(quick, lambda: thorough).answers(numbered(3))
    assert thorough.asked == [[2]]
    np.testing.assert_allclose(answers.none, [0.99, 0.99, 0.25], rtol=1e-6)
    assert answers.rejected.tolist() == [False, True, False]


def test_how_sure_the_small_network_must_be_can_be_told():
    quick = Fixed([[0.9, 0.1]] * 3, [-5] * 3, TELLS_NONE, none=[0.1, 0.3, 0.8])
    thorough = Fixed([[0, 1]] * 3, [-5] * 3, TELLS_NONE, none=[0, 0, 0])
    Cascade(quick, lambda: thorough, Clear(0.9, 0.2, 0.7)).answers(numbered(3))
    Cascade(quick, lambda: thorough, Clear(0.95, 0.2, 0.9)).answers(numbered(3))
    assert thorough.asked == [[1], [0, 1, 2]]


def test_outputs_are_those_of_the_answers(cascade):
    answers = cascade.answers(numbered(4))
    probabilities, far = cascade.run(numbered(4), ["probabilities", "outlierness"])
    assert np.array_equal(probabilities, answers.probabilities)
    assert np.array_equal(far, answers.outlierness)
    assert np.array_equal(cascade.probabilities(numbered(4)), answers.probabilities)


def test_it_says_what_the_small_network_says_of_itself(cascade, quick):
    assert (cascade.signature, cascade.runtime) == (quick.signature, quick.runtime)


def test_without_outlier_scores_there_are_none():
    signature = replace(SIGNATURE, rejection=None)
    quick = Fixed([[1, 0], [0.5, 0.5]], signature=signature)
    thorough = Fixed([[1, 0], [0, 1]], signature=signature)
    answers = Cascade(quick, lambda: thorough).answers(numbered(2))
    assert answers.outlierness is None and not answers.rejected.any()
    assert answers.probabilities.tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    "other",
    [
        replace(SIGNATURE, class_names=("1", "0")),
        replace(SIGNATURE, rejection=None),
        replace(SIGNATURE, rejection=Rejection("max-softmax", -1.0, 1.0)),
        TELLS_NONE,
    ],
)
def test_networks_that_do_not_tell_the_same_apart_are_refused(other, thorough):
    cascade = Cascade(Fixed([[0.5, 0.5]], [-5], other, none=[0]), lambda: thorough)
    with pytest.raises(ModelFileError, match="must tell apart 0, 1 by energy"):
        cascade.answers(numbered(1))


def test_clear_is_what_has_at_least_that_probability_and_is_not_rejected():
    sure = np.float32(ONE.sure)
    below = np.nextafter(sure, np.float32(0))
    rows = np.array([[sure, 1 - sure], [below, 1 - below], [0, 1]], np.float32)
    answers = Answers(rows, None, np.array([False, False, True]))
    assert is_clear(answers).tolist() == [sure >= ONE.sure, False, False]
