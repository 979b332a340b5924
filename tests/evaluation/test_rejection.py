from functools import cache

import numpy as np
import pytest

from inkdigits.arrays import WHITE
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.datasets.other_writers import load_other_writers
from inkdigits.evaluation.outliers import OUTLIER_SETS, outlier_set
from inkdigits.evaluation.rejection import measure_other_writers, measure_outliers
from inkdigits.imaging.cells import enlarge_and_normalise
from inkdigits.recognition.answers import Answers


def by_ink(threshold):
    """What a network says whose outlier score is the mean ink, 0 to 1."""

    def answer(images):
        probabilities = np.full((len(images), 10), 0.1, np.float32)
        ink = (images.mean(axis=(1, 2)) / WHITE).astype(np.float32)
        return Answers(probabilities, ink, ink > threshold)

    return answer


def without_score(images):
    rows = np.full((len(images), 10), 0.1, np.float32)
    return Answers(rows, None, np.zeros(len(images), bool))


def digits_of(grey, n=20):
    """Digits that are even grey pictures."""
    return LabelledImages(np.full((n, 28, 28), grey, np.uint8), np.zeros(n, np.uint8))


@pytest.fixture(scope="module", autouse=True)
def _made_once():
    """Sets take seconds to make and never change."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("inkdigits.evaluation.rejection.outlier_set", cache(outlier_set))
        yield


@pytest.fixture(scope="module")
def suite():
    """Digits without ink, so that everything but an empty picture is stranger than they are."""
    return measure_outliers(by_ink(0.25), digits_of(0))


def test_every_set_is_shown_its_part_for_evaluating(suite):
    assert tuple(suite.figures) == tuple(suite.answers) == tuple(suite.images) == OUTLIER_SETS
    for name in ("fashion-mnist", "noise", "blank"):
        np.testing.assert_array_equal(suite.images[name], outlier_set(name, "evaluating"))
    assert {figures.n for figures in suite.figures.values()} == {1000}


def test_pictures_that_are_all_stranger_are_told_apart_wholly(suite):
    for name in ("fashion-mnist", "letters", "letters-like-digits"):  # all of them have ink
        assert suite.figures[name].auroc == 1.0
        assert suite.figures[name].false_positive_rate == 0.0


def test_blank_pictures_that_equal_digits_pass_for_them(suite):
    empty = (suite.images["blank"].max(axis=(1, 2)) == 0).mean()
    assert empty > 0
    assert suite.figures["blank"].false_positive_rate == empty
    assert suite.figures["blank"].auroc == pytest.approx(1 - empty / 2)


def test_the_threshold_rejects_what_lies_above_it(suite):
    for name, figures in suite.figures.items():
        ink = suite.images[name].mean(axis=(1, 2)) / WHITE
        assert figures.rejected == pytest.approx((ink > 0.25).mean(), abs=1e-3)
        assert 0 < figures.rejected < 1
    assert suite.false_rejection == 0.0


def test_digits_above_the_threshold_are_rejected_falsely():
    half = np.concatenate([digits_of(0).images, digits_of(255).images])
    suite = measure_outliers(by_ink(0.25), LabelledImages(half, np.zeros(40, np.uint8)))
    assert suite.false_rejection == 0.5
    assert suite.digits.rejected.tolist() == [False] * 20 + [True] * 20


def test_where_digits_are_the_strangest_the_area_is_near_zero():
    figures = measure_outliers(by_ink(2.0), digits_of(255, n=1)).figures["letters"]
    assert figures.auroc == 0.0
    assert figures.false_positive_rate == 1.0
    assert figures.rejected == 0.0


def test_progress_names_each_set_with_its_number():
    told = []
    measure_outliers(by_ink(0.5), digits_of(0), progress=told.append)
    assert told[0] == "outliers 1 of 5: fashion-mnist"
    assert told[-1] == "outliers 5 of 5: letters-like-digits"
    assert len(told) == 5


def test_a_network_without_a_score_is_refused():
    with pytest.raises(ValueError, match="must have an outlier score; received one without"):
        measure_outliers(without_score, digits_of(0))


def test_a_network_that_loses_its_score_is_refused():
    answers = iter([by_ink(0.5), without_score])
    with pytest.raises(ValueError, match="must score every set; received answers without"):
        measure_outliers(lambda images: next(answers)(images), digits_of(0))


def test_no_digits_are_refused():
    with pytest.raises(ValueError, match="`inside` must hold at least one score; received none"):
        measure_outliers(by_ink(0.5), digits_of(0, n=0))


class TestOtherWriters:
    def test_all_of_them_are_counted_as_the_network_sees_them(self):
        cells = load_other_writers()
        shown, told = [], []

        def oracle(images):
            shown.append(images)
            rows = np.eye(10, dtype=np.float32)[cells.labels]
            return Answers(rows, None, np.zeros(len(images), bool))

        result, seen = measure_other_writers(oracle, progress=told.append)
        assert (result.correct, result.n) == (1797, 1797)
        np.testing.assert_array_equal(shown[0], seen.images)
        np.testing.assert_array_equal(seen.images[:9], enlarge_and_normalise(cells.images[:9]))
        np.testing.assert_array_equal(seen.labels, cells.labels)
        assert told == ["digits of other writers"]

    def test_a_network_that_always_says_zero_finds_the_zeros(self):
        def zero(images):
            rows = np.tile(np.eye(10, dtype=np.float32)[0], (len(images), 1))
            return Answers(rows, None, np.zeros(len(images), bool))

        result, _ = measure_other_writers(zero)
        assert result.correct == 178  # scikit-learn's digits have 178 zeros
