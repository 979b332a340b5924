from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from inkdigits.evaluation.feature_distances import (
    MahalanobisDistance,
    NeighbourDistance,
    fit_mahalanobis,
    fit_neighbours,
)
from inkdigits.evaluation.outlier_choice import choose_score
from inkdigits.evaluation.outlier_scores import (
    KINDS,
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


def nearest(*directions):
    """The score by distance from directions, of one network."""
    return NearestNeighbour((NeighbourDistance(rows(*directions)),))


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


def test_the_distances_are_those_of_the_features_of_one_network(blobs):
    logits, features, truth, scores = blobs
    exact = features[:100].astype(np.float64)
    for kind, fitted in (
        ("mahalanobis", fit_mahalanobis(features, truth, 3)),
        ("nearest-neighbour", fit_neighbours(features, seed=0)),
    ):
        expected = fitted.of(exact)
        np.testing.assert_allclose(scores[kind].score(logits[:100], features[:100]), expected, 1e-5)


def test_of_several_networks_the_distances_mean_counts_whatever_they_look_at():
    near = nearest([1, 0]).networks
    far = Mahalanobis(
        (
            MahalanobisDistance(np.eye(1, dtype=np.float32), rows([2])),
            MahalanobisDistance(2 * np.eye(2, dtype=np.float32), rows([0, 0])),
        )
    )
    # 2 - 2 = 0 and (2 * 1)^2 + (2 * 3)^2 = 40; then 5 - 2 = 3, squared, and nothing.
    assert score(far, rows([2, 1, 3], [5, 0, 0])).tolist() == [20, 4.5]
    both = NearestNeighbour((*near, NeighbourDistance(rows([0, 0, 1]))))
    # Along the first reference and opposite to the second, which is 2 away; then without direction.
    assert score(both, rows([3, 0, 0, 0, -1], [0, 0, 0, 0, 0])).tolist() == [1, 1]


def test_each_network_is_fitted_by_itself(blobs):
    logits, features, truth, alone = blobs
    beside = np.concatenate([features, features[:, :2] * 100], axis=1)
    scores = fit_scores(logits, beside, truth, widths=[5, 2])
    for kind in ("mahalanobis", "nearest-neighbour"):
        first, second = scores[kind].networks
        assert (first.width, second.width) == (5, 2)
        expected = alone[kind].networks[0]
        exact = features[:50].astype(np.float64)
        np.testing.assert_array_equal(first.of(exact), expected.of(exact))


def test_the_widths_of_the_networks_are_those_of_the_features(blobs):
    logits, features, truth, scores = blobs
    with pytest.raises(ValueError, match=r"must be 5 in all; received \[2, 2\]"):
        fit_scores(logits, features, truth, widths=[2, 2])
    with pytest.raises(ValueError, match=r"must be 4 in all; received \[5\]"):
        scores["mahalanobis"].score(logits, features[:, :4])


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
    scores = {"energy": Energy(), "nearest-neighbour": nearest([1, 0], [0, 1])}
    outside = {
        "a": (rows([0, 0], [0, 0]), rows([1, 0], [0, 1])),
        "b": (rows([1, 0], [0, 1]), rows([1, 0], [0, 1])),
        "c": (rows([9, 0], [9, 0]), rows([1, 0], [0, 1])),
    }
    kind, areas = choose_score(scores, inside, outside)
    assert areas["energy"] == {"a": 1, "b": 1, "c": 0}
    assert areas["nearest-neighbour"] == {"a": 0.5, "b": 0.5, "c": 0.5}
    assert kind == "nearest-neighbour"


@pytest.mark.parametrize(("told", "chosen"), [(960, "energy"), (940, "nearest-neighbour")])
def test_of_worst_sets_told_alike_the_mean_decides(told, chosen):
    def of_a_thousand(count, strange, usual):
        return np.repeat(rows(strange, usual), [count, 1000 - count], axis=0)

    scores = {"energy": Energy(), "nearest-neighbour": nearest([1, 0])}
    far = of_a_thousand(964, [0, 1], [1, 0])
    outside = {
        "a": (of_a_thousand(told, [0, 0], [4, 0]), far),
        "b": (of_a_thousand(1000, [0, 0], [4, 0]), far),
    }
    kind, areas = choose_score(scores, (rows([4, 0]), rows([1, 0])), outside)
    # What looks like a digit counts one half.
    assert areas["energy"] == pytest.approx({"a": (1000 + told) / 2000, "b": 1})
    assert areas["nearest-neighbour"] == pytest.approx({"a": 0.982, "b": 0.982})
    assert kind == chosen


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
