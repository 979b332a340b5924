from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from inkdigits.evaluation.confidence import FALSE_REJECTION, Inner, fit_confidence
from inkdigits.evaluation.outlier_scores import KINDS


def rows(*values):
    return np.array(values, np.float32)


def labels(*values):
    return np.array(values, np.uint8)


def with_features(*values):
    """Pictures of which the logits say nothing."""
    return Inner(np.zeros((len(values), 2), np.float32), rows(*values))


def with_logits(logits):
    """Pictures of which the features say nothing."""
    return Inner(logits, np.ones((len(logits), 3), np.float32))


def surer_and_surer(n):
    """n answers for class 0, each surer than the one before."""
    return with_logits(np.stack([np.arange(1, n + 1) / 10, np.zeros(n)], axis=1).astype(np.float32))


# Two classes in two directions, with a little spread in both.
LEARNT = with_features([4, 1], [4, -1], [6, 0], [1, 4], [-1, 4], [0, 6]), labels(0, 0, 0, 1, 1, 1)
UNSURE = with_logits(rows([0, 0], [0, 0]))


def test_the_temperature_is_that_of_the_validation_images():
    learnt = with_logits(rows([5, 0], [0, 5])), labels(0, 1)
    # Three answers in four are right, at odds of 9 to 1; the square root makes that 3 to 1.
    validation = with_logits(np.log(rows([9, 1], [9, 1], [9, 1], [9, 1]))), labels(0, 0, 0, 1)
    fitted = fit_confidence(learnt, validation, {"unsure": UNSURE})
    assert fitted.temperature == pytest.approx(2)


@pytest.mark.parametrize(("n", "rejected"), [(1, 0), (99, 0), (100, 1), (199, 1), (250, 2)])
def test_the_threshold_rejects_one_validation_image_in_a_hundred_at_most(n, rejected):
    inner = surer_and_surer(n)
    known = with_logits(rows([5, 0], [0, 5])), labels(0, 1)
    fitted = fit_confidence(known, (inner, np.zeros(n, np.uint8)), {"unsure": UNSURE})
    scores = fitted.score.score(inner.logits, inner.features)
    assert (scores > fitted.threshold).sum() == rejected <= FALSE_REJECTION * n
    assert fitted.score.kind == "max-softmax"
    least_sure_accepted = inner.logits[rejected, 0]
    assert fitted.threshold == pytest.approx(1 - 1 / (1 + np.exp(-least_sure_accepted)), rel=1e-5)


def test_scores_by_distance_are_measured_from_what_was_learnt():
    # The validation images lie elsewhere, and are none the nearer for that.
    validation = with_features([5, 0.5], [0.5, 5]), labels(0, 1)
    fitted = fit_confidence(LEARNT, validation, {"opposite": with_features([-5, 0], [0, -5])})
    assert fitted.score.kind == "mahalanobis"
    means = rows([14 / 3, 0], [0, 14 / 3])
    np.testing.assert_allclose(
        fitted.score.score(np.zeros((2, 2), np.float32), means), 0, atol=1e-5
    )
    assert fitted.threshold > 0.01


def test_of_every_score_and_set_the_area_is_kept():
    opposite, unsure = with_features([-5, 0], [0, -5]), with_features([5, 0], [0, 5])
    validation = with_features([5, 0], [0, 5]), labels(0, 1)
    fitted = fit_confidence(LEARNT, validation, {"opposite": opposite, "same": unsure})
    assert tuple(fitted.areas) == tuple(kind for kind in KINDS if kind != "none-class")
    for kind in ("max-softmax", "energy"):  # all logits are the same
        assert fitted.areas[kind] == {"opposite": 0.5, "same": 0.5}
    for kind in ("mahalanobis", "nearest-neighbour"):
        assert fitted.areas[kind] == {"opposite": 1.0, "same": 0.5}


def test_the_score_with_the_best_worst_set_is_chosen():
    # Hats have the logits of digits: only their features are others.
    digits = rows([9, 0], [0, 9])
    known = Inner(digits, digits), labels(0, 1)
    shoes = Inner(rows([1, 1], [2, 2]), rows([-9, -9], [-9, -9]))
    hats = Inner(digits, rows([-9, 0], [0, -9]))
    only_shoes = fit_confidence(known, known, {"shoes": shoes})
    with_hats = fit_confidence(known, known, {"shoes": shoes, "hats": hats})
    assert only_shoes.score.kind == "max-softmax"
    assert with_hats.areas["max-softmax"] == {"shoes": 1.0, "hats": 0.5}
    assert with_hats.score.kind == "mahalanobis"


def test_scores_are_compared_on_the_first_images_and_the_threshold_is_that_of_all(monkeypatch):
    monkeypatch.setattr("inkdigits.evaluation.confidence.COMPARED", 2)
    known = with_logits(rows([5, 0], [0, 5])), labels(0, 1)
    validation = surer_and_surer(4), np.zeros(4, np.uint8)  # surer by 0.1, 0.2, 0.3, 0.4
    between = with_logits(rows([0.25, 0]))  # stranger than the last two, not than the first
    fitted = fit_confidence(known, validation, {"between": between})
    assert fitted.areas["max-softmax"] == {"between": 0.0}
    scores = fitted.score.score(validation[0].logits, validation[0].features)
    assert fitted.threshold == scores.max()


def test_an_output_for_none_is_a_score_of_its_own_and_no_part_of_the_temperature():
    # The shoes look like sure digits to the classes, and only the last logit tells them.
    digits = np.log(rows([9, 1, 1], [9, 1, 1], [9, 1, 1], [9, 1, 1]))
    shoes = Inner(np.log(rows([9, 1, 40], [9, 1, 90])), np.ones((2, 3), np.float32))
    learnt = with_logits(rows([5, 0, -5], [0, 5, -5])), labels(0, 1)
    validation = with_logits(digits), labels(0, 0, 0, 1)
    fitted = fit_confidence(learnt, validation, {"shoes": shoes}, none_class=True)
    assert tuple(fitted.areas) == KINDS
    assert fitted.areas["max-softmax"] == fitted.areas["energy"] == {"shoes": 0.5}
    assert fitted.areas["none-class"] == {"shoes": 1.0}
    assert fitted.score.kind == "none-class"
    assert fitted.threshold == pytest.approx(np.log(1 / 10))
    assert fitted.temperature == pytest.approx(2)  # odds of 9 to 1, right three times in four


def test_equal_logits_leave_the_temperature_and_reject_nothing():
    known = with_logits(rows([0, 0], [0, 0])), labels(0, 1)
    fitted = fit_confidence(known, known, {"unsure": UNSURE})
    assert fitted.temperature == 1
    scores = fitted.score.score(known[0].logits, known[0].features)
    assert (scores <= fitted.threshold).all()


NOTHING = with_logits(np.zeros((0, 2), np.float32))
DIGITS = with_logits(rows([5, 0], [0, 5])), labels(0, 1)
ENDLESS = with_logits(rows([np.inf, 0], [0, 5])), labels(0, 1)


@pytest.mark.parametrize(
    ("learnt", "validation", "outliers", "message"),
    [
        ((NOTHING, labels()), DIGITS, {"a": UNSURE}, "received 0 rows and 0 labels"),
        (DIGITS, (NOTHING, labels()), {"a": UNSURE}, "at least one score; received none"),
        (DIGITS, DIGITS, {"a": NOTHING}, "at least one score; received none"),
        (DIGITS, DIGITS, {}, "at least one set of outliers"),
        ((DIGITS[0], labels(0)), DIGITS, {"a": UNSURE}, "received 2 rows and 1 labels"),
        (DIGITS, (DIGITS[0], labels(0)), {"a": UNSURE}, "received 2 rows and 1 labels"),
        ((DIGITS[0], labels(0, 0)), DIGITS, {"a": UNSURE}, "every class must have a picture"),
        ((DIGITS[0], labels(0, 2)), DIGITS, {"a": UNSURE}, "labels must be below 2; received 2"),
        (ENDLESS, DIGITS, {"a": UNSURE}, "`logits` must be finite; received inf in row 0"),
        (DIGITS, ENDLESS, {"a": UNSURE}, "`logits` must be finite; received inf in row 0"),
        (DIGITS, DIGITS, {"a": ENDLESS[0]}, "`logits` must be finite; received inf in row 0"),
        ((with_features([0, 0], [0, 0]), labels(0, 1)), DIGITS, {"a": UNSURE}, "not all be zero"),
    ],
)
def test_what_nothing_can_be_fitted_on_is_refused(
    unchecked_arrays, learnt, validation, outliers, message
):
    with pytest.raises(ValueError, match=message):
        fit_confidence(learnt, validation, outliers)


def test_logits_and_features_must_be_of_as_many_pictures():
    with pytest.raises(TypeCheckError):
        Inner(np.zeros((2, 2), np.float32), np.zeros((3, 2), np.float32))


def test_pictures_without_features_for_each_are_refused(unchecked_arrays):
    uneven = Inner(np.zeros((2, 2), np.float32), np.ones((3, 3), np.float32))
    with pytest.raises(ValueError, match="as many rows of each array"):
        fit_confidence(DIGITS, (uneven, labels(0, 1)), {"a": UNSURE})


def test_a_confidence_stays_as_it_was_fitted():
    fitted = fit_confidence(DIGITS, DIGITS, {"a": UNSURE})
    with pytest.raises(FrozenInstanceError):
        fitted.threshold = 0.0
