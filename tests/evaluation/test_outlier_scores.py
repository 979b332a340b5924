from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from inkdigits.evaluation.outlier_choice import choose_score
from inkdigits.evaluation.outlier_scores import (
    KINDS,
    REFERENCES,
    SHRINKAGE,
    Energy,
    Mahalanobis,
    MaxSoftmax,
    NearestNeighbour,
    NoneClass,
    OutlierScore,
    fit_scores,
)

WITHOUT_NONE = [kind for kind in KINDS if kind != "none-class"]
LARGEST = np.finfo(np.float32).max


def rows(*values):
    return np.array(values, np.float32)


def labels(*values):
    return np.array(values, np.uint8)


def zeros(n, width=2):
    return np.zeros((n, width), np.float32)


def score(one, features):
    """The scores of pictures with these features and any logits."""
    return one.score(zeros(len(features)), features)


@pytest.fixture
def crosses():
    """Four pictures around (10, 0) and four around (0, 10), with variance 1 in x and 9 in y."""
    step = rows([sqrt(2), 0], [-sqrt(2), 0], [0, 3 * sqrt(2)], [0, -3 * sqrt(2)])
    features = np.concatenate([rows([10, 0]) + step, rows([0, 10]) + step])
    return fit_scores(zeros(8), features, np.repeat(labels(0, 1), 4))


@pytest.fixture(scope="module")
def blobs():
    """2,500 pictures of three classes with five features, and their scores."""
    rng = np.random.default_rng(0)
    truth = np.arange(2500, dtype=np.uint8) % 3
    features = (rng.normal(0, 1, (2500, 5)) + 8 * np.eye(5)[truth]).astype(np.float32)
    logits = features[:, :3].copy()
    return logits, features, truth, fit_scores(logits, features, truth)


def test_max_softmax_is_what_the_largest_probability_lacks():
    logits = np.log(rows([1, 2, 5], [1, 1, 1], [8, 1, 1]))
    np.testing.assert_allclose(MaxSoftmax().score(logits, zeros(3)), [3 / 8, 2 / 3, 0.2], rtol=1e-6)


def test_max_softmax_tells_apart_what_rounds_to_probability_1():
    result = MaxSoftmax().score(rows([30, 0], [40, 0], [2000, 0]), zeros(3))
    np.testing.assert_allclose(result[:2], [exp(-30), exp(-40)], rtol=1e-5)
    assert result[2] == 0


def test_energy_is_minus_the_log_of_the_sum_of_powers():
    logits = np.log(rows([1, 2, 5], [1, 1, 1]))
    np.testing.assert_allclose(Energy().score(logits, zeros(2)), [-log(8), -log(3)], rtol=1e-6)


def test_energy_falls_by_what_is_added_to_all_logits_and_max_softmax_stays():
    logits = rows([1, 4], [2, 2])
    energy, softmax = Energy(), MaxSoftmax()
    expected = energy.score(logits, zeros(2)) - 100
    np.testing.assert_allclose(energy.score(logits + 100, zeros(2)), expected, rtol=1e-6)
    np.testing.assert_allclose(
        softmax.score(logits + 100, zeros(2)), softmax.score(logits, zeros(2)), rtol=1e-6
    )


@given(st.integers(1, 20), st.integers(1, 10), st.integers(0, 1000))
def test_scores_of_logits_are_those_of_scipy(n, classes, seed):
    logits = np.random.default_rng(seed).normal(0, 10, (n, classes)).astype(np.float32)
    exact = logits.astype(np.float64)
    np.testing.assert_allclose(
        Energy().score(logits, zeros(n)), -special.logsumexp(exact, axis=1), rtol=1e-5, atol=1e-6
    )
    expected = 1 - special.softmax(exact, axis=1).max(axis=1)
    np.testing.assert_allclose(MaxSoftmax().score(logits, zeros(n)), expected, atol=1e-7)


def test_none_class_is_the_log_odds_of_showing_no_class():
    # Odds of 8 to 1 + 2 + 5, of 6 to 1 + 1 + 1 and of 1 to 4 + 4 + 2.
    logits = np.log(rows([1, 2, 5, 8], [1, 1, 1, 6], [4, 4, 2, 1]))
    result = NoneClass().score(logits, zeros(3))
    np.testing.assert_allclose(result, [0, log(2), -log(10)], rtol=1e-6, atol=1e-6)
    by_softmax = special.softmax(logits.astype(float), axis=1)[:, :-1].sum(axis=1)
    np.testing.assert_allclose(1 / (1 + np.exp(result)), by_softmax, rtol=1e-6)


def test_what_stands_for_no_class_is_left_out_of_the_scores_of_the_classes():
    logits = np.log(rows([1, 2, 5], [1, 1, 1], [8, 1, 1]))
    for none in (-50, 0, 50):
        more = np.concatenate([logits, np.full((3, 1), none, np.float32)], axis=1)
        for kind in (MaxSoftmax, Energy):
            expected = kind().score(logits, zeros(3))
            np.testing.assert_array_equal(kind(none_class=True).score(more, zeros(3)), expected)


def test_scores_of_the_largest_logits_are_finite():
    logits = rows([LARGEST, -LARGEST], [-LARGEST, -LARGEST], [LARGEST, LARGEST])
    assert MaxSoftmax().score(logits, zeros(3)).tolist() == [0, 0.5, 0.5]
    assert Energy().score(logits, zeros(3)).tolist() == [-LARGEST, LARGEST, -LARGEST]
    assert NoneClass().score(logits, zeros(3)).tolist() == [-LARGEST, 0, 0]


def test_mahalanobis_counts_standard_deviations_to_the_nearest_mean(crosses):
    result = score(crosses["mahalanobis"], rows([10, 0], [12, 0], [10, 6], [0, 16], [1, 10]))
    # Shrunk by a thousandth towards the mean variance 5: 1.004 in x and 8.996 in y.
    expected = [0, 4 / 1.004, 36 / 8.996, 36 / 8.996, 1 / 1.004]
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)


def test_mahalanobis_knows_that_features_go_together():
    # Within each class x and y rise together: variances 5 / 2, covariance 2, determinant 9 / 4.
    spread = rows([2, 1], [1, 2], [-2, -1], [-1, -2])
    features = np.concatenate([spread, spread + 100])
    fitted = fit_scores(zeros(8), features, np.repeat(labels(0, 1), 4))["mahalanobis"]
    result = score(fitted, rows([1, 1], [1, -1]))
    along, across = 2 / 4.5, 2 / 0.5
    np.testing.assert_allclose(result, [along, across], rtol=5e-3)
    keep, even = 1 - SHRINKAGE, SHRINKAGE * 2.5
    expected = [2 / (keep * 4.5 + even), 2 / (keep * 0.5 + even)]
    np.testing.assert_allclose(result, expected, rtol=1e-5)


def test_mahalanobis_is_a_linear_map_and_squared_distances(blobs):
    logits, features, _, scores = blobs
    fitted = scores["mahalanobis"]
    assert fitted.whitening.dtype == fitted.centres.dtype == np.float32
    assert fitted.whitening.shape == (5, 5)
    assert fitted.centres.shape == (3, 5)
    moved = (features @ fitted.whitening)[:, np.newaxis] - fitted.centres
    np.testing.assert_allclose(
        fitted.score(logits, features), (moved**2).sum(axis=2).min(axis=1), rtol=1e-3
    )


def test_whitened_features_have_unit_covariance_around_their_means(blobs):
    _, features, truth, scores = blobs
    fitted = scores["mahalanobis"]
    spread = features @ fitted.whitening - fitted.centres[truth]
    np.testing.assert_allclose(spread.T @ spread / len(truth), np.eye(5), atol=2e-3)


def test_a_feature_that_never_varies_counts_but_within_bounds():
    features = rows([1, 5], [-1, 5], [11, 5], [9, 5])
    fitted = fit_scores(zeros(4), features, labels(0, 0, 1, 1))["mahalanobis"]
    # The variances 1 and 0 have the mean 0.5; a thousandth of it stands in for the 0.
    expected = [0, 1 / (SHRINKAGE * 0.5)]
    np.testing.assert_allclose(score(fitted, rows([0, 5], [0, 6])), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("value", [1.0, 0.1, 255.0])
def test_where_nothing_varies_mahalanobis_is_the_plain_distance(value):
    features = np.repeat(rows([value, 0], [0, value]), 77, axis=0)
    fitted = fit_scores(zeros(154), features, np.repeat(labels(0, 1), 77))["mahalanobis"]
    np.testing.assert_allclose(score(fitted, rows([value + 3, 2])), [13], rtol=1e-4)


def test_nearest_neighbour_is_the_distance_between_directions():
    fitted = NearestNeighbour(rows([1, 0], [0, 1]))
    assert fitted.neighbour == 1
    result = score(fitted, rows([7, 0], [-3, 0], [5, 5], [0, 0], [-1, -1]))
    to_the_diagonal = sqrt(2 - sqrt(2))
    expected = [0, sqrt(2), to_the_diagonal, 1, sqrt(2 + sqrt(2))]
    np.testing.assert_allclose(result, expected, rtol=1e-6, atol=1e-7)


def test_the_opposite_of_all_references_is_2_away():
    assert score(NearestNeighbour(rows([1, 0])), rows([-4, 0])).tolist() == [2]


@pytest.mark.parametrize(("references", "k"), [(1, 1), (1999, 1), (2000, 2), (5000, 5)])
def test_neighbour_is_one_in_a_thousand(references, k):
    directions = np.repeat(rows([1, 0]), references, axis=0)
    directions[: k - 1] = rows([0, 1])
    fitted = NearestNeighbour(directions)
    assert fitted.neighbour == k
    # All but the k - 1 nearest are at right angles.
    np.testing.assert_allclose(score(fitted, rows([0, 3])), [sqrt(2)], rtol=1e-6)


def test_references_have_unit_length_and_come_from_the_training_set(blobs):
    _, features, _, scores = blobs
    references = scores["nearest-neighbour"].references
    assert references.shape == (REFERENCES, 5)
    assert references.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(references, axis=1), 1, rtol=1e-6)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    nearest = (references @ unit.T).argmax(axis=1)
    assert len(set(nearest.tolist())) == REFERENCES
    np.testing.assert_allclose(unit[nearest], references, atol=1e-6)


def test_the_seed_decides_the_references(blobs):
    logits, features, truth, scores = blobs
    drawn = [
        fit_scores(logits, features, truth, seed=seed)["nearest-neighbour"].references
        for seed in (0, 1)
    ]
    np.testing.assert_array_equal(drawn[0], scores["nearest-neighbour"].references)
    assert (drawn[0] != drawn[1]).any()


def test_features_without_direction_are_no_references():
    features = rows([0, 0], [3, 4], [0, 0], [0, 2])
    references = fit_scores(zeros(4), features, labels(0, 0, 1, 1))["nearest-neighbour"].references
    np.testing.assert_allclose(sorted(references.tolist()), [[0, 1], [0.6, 0.8]], rtol=1e-6)


def test_more_pictures_than_one_block_are_scored_like_single_ones(blobs):
    logits, features, _, scores = blobs
    for one in scores.values():
        together = one.score(logits, features)
        assert together.shape == (2500,)
        for index in (0, 1023, 1024, 2499):
            alone = one.score(logits[[index]], features[[index]])
            assert alone[0] == pytest.approx(together[index], rel=1e-4, abs=1e-6)


def test_the_scores_come_in_order_under_their_names_and_that_of_none_where_there_is_one(blobs):
    logits, features, truth, without = blobs
    more = np.concatenate([logits, -logits[:, :1]], axis=1)
    scores = fit_scores(more, features, truth, none_class=True)
    assert tuple(scores) == KINDS
    assert tuple(without) == tuple(kind for kind in KINDS if kind != "none-class")
    assert [one.kind for one in scores.values()] == list(KINDS)
    classes = (MaxSoftmax, Energy, NoneClass, Mahalanobis, NearestNeighbour)
    for one, expected in zip(scores.values(), classes, strict=True):
        assert isinstance(one, OutlierScore)
        assert type(one) is expected


def test_with_an_output_for_none_the_classes_are_scored_as_without(blobs):
    logits, features, truth, without = blobs
    more = np.concatenate([logits, -logits[:, :1]], axis=1)
    scores = fit_scores(more, features, truth, none_class=True)
    for kind, one in without.items():
        expected = one.score(logits, features)
        np.testing.assert_array_equal(scores[kind].score(more, features), expected)


def test_no_picture_may_be_labelled_with_the_output_for_none():
    features = rows([1, 0], [0, 1])
    with pytest.raises(ValueError, match="labels must be below 1; received 1"):
        fit_scores(features, features, labels(0, 1), none_class=True)


@pytest.mark.parametrize("kind", WITHOUT_NONE)
def test_scores_are_float32_one_a_picture_and_none_for_none(crosses, kind):
    for n in (0, 1, 3):
        result = crosses[kind].score(zeros(n), np.ones((n, 2), np.float32))
        assert result.shape == (n,)
        assert result.dtype == np.float32


@pytest.mark.parametrize("kind", ["mahalanobis", "nearest-neighbour"])
def test_features_of_the_largest_size_have_finite_scores(crosses, kind):
    result = score(crosses[kind], rows([LARGEST, LARGEST], [-LARGEST, 0]))
    assert np.isfinite(result).all()
    if kind == "mahalanobis":
        assert result.tolist() == [LARGEST, LARGEST]


@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_very_small_and_very_large_features_can_be_fitted(size):
    step = rows([1, 0], [-1, 0], [0, 1], [0, -1])
    features = np.concatenate([step + rows([9, 0]), step + rows([0, 9])]) * np.float32(size)
    scores = fit_scores(zeros(8), features, np.repeat(labels(0, 1), 4))
    result = score(scores["mahalanobis"], rows([9, 0], [0, 10], [0, 0]) * np.float32(size))
    np.testing.assert_allclose(result, [0, 2, 162], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", WITHOUT_NONE)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused_and_named(crosses, kind, value):
    good, bad = zeros(2), rows([0, 0], [value, 0])
    with pytest.raises(ValueError, match=f"`logits` must be finite; received {value} in row 1"):
        crosses[kind].score(bad, good)
    with pytest.raises(ValueError, match=f"`features` must be finite; received {value} in row 1"):
        crosses[kind].score(good, bad)
    with pytest.raises(ValueError, match="`logits` must be finite"):
        fit_scores(bad, good, labels(0, 1))
    with pytest.raises(ValueError, match="`features` must be finite"):
        fit_scores(good, bad, labels(0, 1))


@pytest.mark.usefixtures("unchecked_arrays")
def test_one_row_of_each_for_a_picture_is_required(crosses):
    with pytest.raises(ValueError, match=r"received \{'logits': 2, 'features': 3\}"):
        crosses["energy"].score(zeros(2), zeros(3))
    with pytest.raises(ValueError, match=r"received \{'logits': 2, 'features': 3\}"):
        fit_scores(zeros(2), zeros(3), labels(0, 1))
    with pytest.raises(ValueError, match="received 2 rows and 3 labels"):
        fit_scores(zeros(2), zeros(2), labels(0, 1, 1))
    with pytest.raises(ValueError, match="received 0 rows and 0 labels"):
        fit_scores(zeros(0), zeros(0), labels())


def test_every_class_needs_a_picture_and_every_label_a_column():
    features = rows([1, 0], [0, 1])
    with pytest.raises(ValueError, match=r"every class .* received of each class \[1, 0, 1\]"):
        fit_scores(zeros(2, 3), features, labels(0, 2))
    with pytest.raises(ValueError, match="labels must be below 2; received 2"):
        fit_scores(zeros(2), features, labels(0, 2))


def test_features_must_not_all_be_zero():
    with pytest.raises(ValueError, match="must not all be zero; received 2 zero rows"):
        fit_scores(zeros(2), zeros(2), labels(0, 1))


def test_the_score_with_the_best_worst_set_is_chosen():
    scores = {"max-softmax": MaxSoftmax(), "energy": Energy()}
    inside = rows([4, 0], [5, 0])
    # Of the first set one picture looks sure; the second set is sure throughout, but faint.
    first, second = rows([0, 0], [6, 0]), rows([-20, -26], [-20, -26])
    kind, areas = choose_score(
        scores, (inside, inside), {"a": (first, first), "b": (second, second)}
    )
    assert areas == {"max-softmax": {"a": 0.5, "b": 0.0}, "energy": {"a": 0.5, "b": 1.0}}
    assert kind == "energy"


def test_a_better_mean_does_not_make_up_for_a_worse_worst_set():
    inside = (rows([4, 0], [6, 0]), rows([1, 0], [0, 1]))
    scores = {"energy": Energy(), "nearest-neighbour": NearestNeighbour(rows([1, 0], [0, 1]))}
    outside = {
        "a": (rows([0, 0], [0, 0]), rows([1, 0], [0, 1])),
        "b": (rows([1, 0], [0, 1]), rows([1, 0], [0, 1])),
        "c": (rows([9, 0], [9, 0]), rows([1, 0], [0, 1])),
    }
    kind, areas = choose_score(scores, inside, outside)
    assert areas["energy"] == {"a": 1, "b": 1, "c": 0}
    assert areas["nearest-neighbour"] == {"a": 0.5, "b": 0.5, "c": 0.5}
    assert kind == "nearest-neighbour"


def test_of_equals_the_simpler_is_chosen_whatever_the_order_given(blobs):
    logits, features, _, scores = blobs
    same = (logits, features)
    for order in (WITHOUT_NONE, WITHOUT_NONE[::-1]):
        kind, areas = choose_score({name: scores[name] for name in order}, same, {"same": same})
        assert kind == "max-softmax"
        assert areas == {name: {"same": 0.5} for name in WITHOUT_NONE}
    deeper = {name: scores[name] for name in ("nearest-neighbour", "mahalanobis")}
    assert choose_score(deeper, same, {"same": same})[0] == "mahalanobis"


def test_features_far_from_all_classes_are_found_by_their_distance(blobs):
    logits, features, _, scores = blobs
    far = (logits[:50], -features[:50])
    kind, areas = choose_score(scores, (logits, features), {"far": far})
    assert areas["mahalanobis"]["far"] == 1
    assert areas["max-softmax"]["far"] == pytest.approx(0.5, abs=0.1)
    assert kind == "mahalanobis"


def test_a_choice_needs_known_scores_and_outliers():
    pictures = (zeros(1), zeros(1))
    with pytest.raises(ValueError, match=r"received the scores \[\] and the sets \['a'\]"):
        choose_score({}, pictures, {"a": pictures})
    with pytest.raises(ValueError, match=r"received the scores \['energy'\] and the sets \[\]"):
        choose_score({"energy": Energy()}, pictures, {})
    with pytest.raises(ValueError, match=r"out of max-softmax, energy, .* received .*'entropy'"):
        choose_score({"entropy": Energy()}, pictures, {"a": pictures})
    with pytest.raises(ValueError, match="`outside` must hold at least one score"):
        choose_score({"energy": Energy()}, pictures, {"a": (zeros(0), zeros(0))})
    with pytest.raises(ValueError, match="`inside` must hold at least one score"):
        choose_score({"energy": Energy()}, (zeros(0), zeros(0)), {"a": pictures})
