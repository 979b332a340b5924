from math import log, sqrt
from typing import ClassVar

import numpy as np
import pytest

from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.evaluation.confidence import Confidence
from inkdigits.evaluation.feature_distances import (
    REFERENCES,
    MahalanobisDistance,
    NeighbourDistance,
)
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
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.export.onnx_nodes import Graph
from inkdigits.export.onnx_scores import append_score
from inkdigits.networks.architecture import Architecture, Dense, Flatten, Relu, Softmax
from inkdigits.networks.network import Network
from inkdigits.recognition.onnx_runtime import OnnxClassifier

# Without a bias in its first layer, a blank image has features that are all zero.
LAYERS = (Flatten(), Dense(12), Relu(), Dense(11), Softmax())
NETWORK = Architecture("small", (28, 28, 1), LAYERS, none_class=True)
# The features of an image are its two pixels, 0 to 1.
TWO_PIXELS = Architecture("two-pixels", (1, 2, 1), (Flatten(), Dense(2), Softmax()))
OUTPUTS = ["outlierness", "logits", "features"]
# ONNX Runtime computes in float32, where 1 less the cosine of a small angle has few digits left.
TOLERANCES = {
    "max-softmax": {"rtol": 1e-5, "atol": 1e-6},
    "energy": {"rtol": 1e-5, "atol": 1e-5},
    "none-class": {"rtol": 1e-5, "atol": 1e-5},
    "mahalanobis": {"rtol": 1e-4, "atol": 1e-4},
    "nearest-neighbour": {"rtol": 1e-4, "atol": 2e-4},
}


def draw_weights(seed):
    rng = np.random.default_rng(seed)
    return {
        "dense1/kernel": rng.normal(0, 0.1, (784, 12)).astype(np.float32),
        "dense1/bias": np.zeros(12, np.float32),
        "dense2/kernel": rng.normal(0, 1, (12, 11)).astype(np.float32),
        "dense2/bias": rng.normal(0, 1, 11).astype(np.float32),
    }


def load(members, names, score):
    confidence = Confidence(temperature=1.0, score=score, threshold=0.0, areas={})
    return OnnxClassifier(to_onnx(members, names, confidence=confidence, inner=True))


def alike(shape, value):
    return np.full(shape, value, np.uint8)


@pytest.fixture(scope="module", params=[1, 2], ids=["one network", "two networks"])
def members(request):
    return [Network(NETWORK, draw_weights(seed)) for seed in range(request.param)]


@pytest.fixture(scope="module")
def classifiers(members, digits):
    """For each score the network, or the two, with that score fitted on digits."""
    inner = OnnxClassifier(to_onnx(members, DIGIT_NAMES, inner=True))
    logits, features = inner.run(digits.images, ["logits", "features"])
    widths = [12] * len(members)
    scores = fit_scores(logits, features, digits.labels, widths=widths, none_class=True)
    return {kind: (load(members, DIGIT_NAMES, score), score) for kind, score in scores.items()}


@pytest.fixture(scope="module")
def pictures(mnist):
    return {
        "digits": mnist.test.images[:300],
        "blank": alike((3, 28, 28), 0),
        "full": alike((3, 28, 28), 255),
        "noise": np.random.default_rng(1).integers(0, 256, (50, 28, 28), np.uint8),
        "one": mnist.test.images[:1],
        "none": mnist.test.images[:0],
    }


@pytest.mark.parametrize("name", ["digits", "blank", "full", "noise", "one", "none"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_file_scores_pictures_as_numpy_does(classifiers, pictures, kind, name):
    classifier, score = classifiers[kind]
    outlierness, logits, features = classifier.run(pictures[name], OUTPUTS)
    assert outlierness.shape == (len(pictures[name]),)
    assert outlierness.dtype == np.float32
    expected = score.score(logits, features)
    np.testing.assert_allclose(outlierness, expected, **TOLERANCES[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_meta_scores_tell_these_pictures_apart(classifiers, pictures, kind):
    classifier, _ = classifiers[kind]
    (outlierness,) = classifier.run(pictures["digits"], ["outlierness"])
    assert outlierness.std() > 100 * TOLERANCES[kind]["atol"]


def test_a_blank_image_is_1_away_from_every_neighbour(classifiers, pictures):
    classifier, _ = classifiers["nearest-neighbour"]
    outlierness, features = classifier.run(pictures["blank"], ["outlierness", "features"])
    assert not features.any()
    assert outlierness.tolist() == [1, 1, 1]


def test_a_training_image_is_its_own_nearest_neighbour(classifiers, digits):
    classifier, _ = classifiers["nearest-neighbour"]
    (outlierness,) = classifier.run(digits.images[:50], ["outlierness"])
    np.testing.assert_allclose(outlierness, 0, atol=1e-3)
    assert (outlierness >= 0).all()


def two_pixels(score, *images):
    """Scores of images of two pixels, whose logits are always log 1 and log 3."""
    weights = {
        "dense1/kernel": np.zeros((2, 2), np.float32),
        "dense1/bias": np.log(np.array([1, 3], np.float32)),
    }
    classifier = load([Network(TWO_PIXELS, weights)], ["a", "b"], score)
    rows = np.array(images, np.uint8).reshape(-1, 1, 2)
    return classifier.run(rows, ["outlierness"])[0].tolist()


def test_scores_of_logits_by_hand():
    assert two_pixels(MaxSoftmax(), [0, 0], [9, 255]) == pytest.approx([1 / 4] * 2)
    assert two_pixels(Energy(), [0, 0], [9, 255]) == pytest.approx([-log(4)] * 2)
    # With the second logit, log 3, for no class, there is but one class, with the logit log 1.
    assert two_pixels(NoneClass(), [0, 0], [9, 255]) == pytest.approx([log(3)] * 2)
    assert two_pixels(Energy(none_class=True), [0, 0]) == pytest.approx([0])
    assert two_pixels(MaxSoftmax(none_class=True), [0, 0]) == pytest.approx([0])


def test_the_squared_distance_to_the_nearer_centre_by_hand():
    whitening = np.array([[2, 0, 0], [0, 1, 0]], np.float32)
    centres = np.array([[2, 0, 0], [0, 0, 1]], np.float32)
    score = Mahalanobis((MahalanobisDistance(whitening, centres),))
    # Whitened they lie at (2, 0, 0), (0, 0, 0) and (2, 1, 0).
    assert two_pixels(score, [255, 0], [0, 0], [255, 255]) == pytest.approx([0, 1, 1])


def test_the_distance_to_the_nearest_direction_by_hand():
    score = NearestNeighbour((NeighbourDistance(np.array([[1, 0], [-1, 0]], np.float32)),))
    assert two_pixels(score, [255, 0], [1, 0], [0, 255], [0, 0], [255, 255]) == pytest.approx(
        [0, 0, sqrt(2), 1, sqrt(2 - sqrt(2))], abs=1e-3
    )


def test_of_2000_references_the_second_nearest_counts():
    references = np.repeat(np.array([[1, 0], [0, 1]], np.float32), [1, REFERENCES - 1], axis=0)
    distance = NeighbourDistance(references)
    assert distance.neighbour == 2
    score = NearestNeighbour((distance,))
    assert two_pixels(score, [255, 0], [0, 255]) == pytest.approx([sqrt(2), 0], abs=1e-3)


class Odd(OutlierScore):
    kind: ClassVar[str] = "odd"

    def _measure(self, logits, features):
        return logits[:, 0].astype(np.float32)


def test_a_score_of_more_or_fewer_networks_is_refused():
    one = NearestNeighbour((NeighbourDistance(np.eye(2, dtype=np.float32)),))
    with pytest.raises(ValueError, match="one of 2 networks; received one of 1"):
        append_score(Graph("images"), one, "logits", ["first", "second"])


def test_a_score_without_operators_is_refused():
    with pytest.raises(TypeError, match=r"no operators for the outlier score .*Odd object"):
        append_score(Graph("images"), Odd(), "logits", ["features"])
