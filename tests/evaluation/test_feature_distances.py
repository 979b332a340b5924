from math import sqrt

import numpy as np
import pytest

from inkdigits.evaluation.feature_distances import (
    REFERENCES,
    SHRINKAGE,
    NeighbourDistance,
    by_network,
    fit_mahalanobis,
    fit_neighbours,
)


def rows(*values):
    return np.array(values, np.float32)


def labels(*values):
    return np.array(values, np.uint8)


def distances(fitted, features):
    return fitted.of(features.astype(np.float64))


@pytest.fixture
def crosses():
    """Four pictures around (10, 0) and four around (0, 10), with variance 1 in x and 9 in y."""
    step = rows([sqrt(2), 0], [-sqrt(2), 0], [0, 3 * sqrt(2)], [0, -3 * sqrt(2)])
    features = np.concatenate([rows([10, 0]) + step, rows([0, 10]) + step])
    return fit_mahalanobis(features, np.repeat(labels(0, 1), 4), 2)


@pytest.fixture(scope="module")
def blobs():
    """The five features of 2,500 pictures of three classes, and these."""
    rng = np.random.default_rng(0)
    truth = np.arange(2500, dtype=np.uint8) % 3
    return (rng.normal(0, 1, (2500, 5)) + 8 * np.eye(5)[truth]).astype(np.float32), truth


def test_mahalanobis_counts_standard_deviations_to_the_nearest_mean(crosses):
    result = distances(crosses, rows([10, 0], [12, 0], [10, 6], [0, 16], [1, 10]))
    # Shrunk by a thousandth towards the mean variance 5: 1.004 in x and 8.996 in y.
    expected = [0, 4 / 1.004, 36 / 8.996, 36 / 8.996, 1 / 1.004]
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)


def test_mahalanobis_knows_that_features_go_together():
    # Within each class x and y rise together: variances 5 / 2, covariance 2, determinant 9 / 4.
    spread = rows([2, 1], [1, 2], [-2, -1], [-1, -2])
    features = np.concatenate([spread, spread + 100])
    fitted = fit_mahalanobis(features, np.repeat(labels(0, 1), 4), 2)
    result = distances(fitted, rows([1, 1], [1, -1]))
    along, across = 2 / 4.5, 2 / 0.5
    np.testing.assert_allclose(result, [along, across], rtol=5e-3)
    keep, even = 1 - SHRINKAGE, SHRINKAGE * 2.5
    expected = [2 / (keep * 4.5 + even), 2 / (keep * 0.5 + even)]
    np.testing.assert_allclose(result, expected, rtol=1e-5)


def test_mahalanobis_is_a_linear_map_and_squared_distances(blobs):
    features, truth = blobs
    fitted = fit_mahalanobis(features, truth, 3)
    assert fitted.whitening.dtype == fitted.centres.dtype == np.float32
    assert fitted.whitening.shape == (5, 5)
    assert fitted.centres.shape == (3, 5)
    moved = (features @ fitted.whitening)[:, np.newaxis] - fitted.centres
    np.testing.assert_allclose(
        distances(fitted, features), (moved**2).sum(axis=2).min(axis=1), rtol=1e-3
    )


def test_whitened_features_have_unit_covariance_around_their_means(blobs):
    features, truth = blobs
    fitted = fit_mahalanobis(features, truth, 3)
    spread = features @ fitted.whitening - fitted.centres[truth]
    np.testing.assert_allclose(spread.T @ spread / len(truth), np.eye(5), atol=2e-3)


def test_a_feature_that_never_varies_counts_but_within_bounds():
    features = rows([1, 5], [-1, 5], [11, 5], [9, 5])
    fitted = fit_mahalanobis(features, labels(0, 0, 1, 1), 2)
    # The variances 1 and 0 have the mean 0.5; a thousandth of it stands in for the 0.
    expected = [0, 1 / (SHRINKAGE * 0.5)]
    np.testing.assert_allclose(
        distances(fitted, rows([0, 5], [0, 6])), expected, rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("value", [1.0, 0.1, 255.0])
def test_where_nothing_varies_mahalanobis_is_the_plain_distance(value):
    features = np.repeat(rows([value, 0], [0, value]), 77, axis=0)
    fitted = fit_mahalanobis(features, np.repeat(labels(0, 1), 77), 2)
    np.testing.assert_allclose(distances(fitted, rows([value + 3, 2])), [13], rtol=1e-4)


def test_nearest_neighbour_is_the_distance_between_directions():
    fitted = NeighbourDistance(rows([1, 0], [0, 1]))
    assert fitted.neighbour == 1
    result = distances(fitted, rows([7, 0], [-3, 0], [5, 5], [0, 0], [-1, -1]))
    to_the_diagonal = sqrt(2 - sqrt(2))
    expected = [0, sqrt(2), to_the_diagonal, 1, sqrt(2 + sqrt(2))]
    np.testing.assert_allclose(result, expected, rtol=1e-6, atol=1e-7)


def test_the_opposite_of_all_references_is_2_away():
    assert distances(NeighbourDistance(rows([1, 0])), rows([-4, 0])).tolist() == [2]


@pytest.mark.parametrize(("references", "k"), [(1, 1), (1999, 1), (2000, 2), (5000, 5)])
def test_neighbour_is_one_in_a_thousand(references, k):
    directions = np.repeat(rows([1, 0]), references, axis=0)
    directions[: k - 1] = rows([0, 1])
    fitted = NeighbourDistance(directions)
    assert fitted.neighbour == k
    # All but the k - 1 nearest are at right angles.
    np.testing.assert_allclose(distances(fitted, rows([0, 3])), [sqrt(2)], rtol=1e-6)


def test_references_have_unit_length_and_come_from_the_training_set(blobs):
    features, _ = blobs
    references = fit_neighbours(features, seed=0).references
    assert references.shape == (REFERENCES, 5)
    assert references.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(references, axis=1), 1, rtol=1e-6)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    nearest = (references @ unit.T).argmax(axis=1)
    assert len(set(nearest.tolist())) == REFERENCES
    np.testing.assert_allclose(unit[nearest], references, atol=1e-6)


def test_the_seed_decides_the_references(blobs):
    first, again, other = (fit_neighbours(blobs[0], seed).references for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_features_without_direction_are_no_references():
    features = rows([0, 0], [3, 4], [0, 0], [0, 2])
    references = fit_neighbours(features, seed=0).references
    np.testing.assert_allclose(sorted(references.tolist()), [[0, 1], [0.6, 0.8]], rtol=1e-6)


def test_without_any_feature_there_are_no_neighbours():
    with pytest.raises(ValueError, match="must not all be zero; received 3 zero rows"):
        fit_neighbours(np.zeros((3, 2), np.float32), seed=0)


def test_features_are_parted_in_the_order_of_the_networks():
    first, second = by_network(rows([1, 2, 3], [4, 5, 6]), [1, 2])
    assert first.tolist() == [[1], [4]]
    assert second.tolist() == [[2, 3], [5, 6]]
