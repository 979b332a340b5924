import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.evaluation import choosing_sets
from inkdigits.evaluation.choosing_sets import CHOOSING_SETS
from inkdigits.evaluation.confidence import Confidence
from inkdigits.evaluation.outlier_scores import KINDS, Energy, Mahalanobis
from inkdigits.evaluation.outliers import outlier_set
from inkdigits.evaluation.temperature import fit_temperature
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.networks.architecture import Architecture, Dense, Flatten, Relu, Softmax
from inkdigits.networks.network import Network
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.workflows import confidence as confidence_workflow
from inkdigits.workflows.confidence import InnerNetwork, sets_to_choose_by

NETWORK = Architecture("small", (28, 28, 1), (Flatten(), Dense(12), Relu(), Dense(10), Softmax()))
NONE_CLASS = Architecture(
    "none", (28, 28, 1), (Flatten(), Dense(12), Relu(), Dense(11), Softmax()), none_class=True
)
TINY = Architecture("tiny", (3, 5, 1), (Flatten(), Dense(4), Softmax()))


def draw_weights(seed: int, outputs: int = 10, hidden: int = 12) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        "dense1/kernel": rng.normal(0, 0.1, (784, hidden)).astype(np.float32),
        "dense1/bias": np.zeros(hidden, np.float32),
        "dense2/kernel": rng.normal(0, 1, (hidden, outputs)).astype(np.float32),
        "dense2/bias": rng.normal(0, 1, outputs).astype(np.float32),
    }


@pytest.fixture(autouse=True)
def _few_outliers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing_sets, "CHOOSING_IMAGES", 20)


@pytest.fixture(scope="module")
def learnt(mnist) -> LabelledImages:
    part: LabelledImages = mnist.train.take(slice(400))
    return part


@pytest.fixture(scope="module")
def validation(mnist) -> LabelledImages:
    part: LabelledImages = mnist.train.take(slice(1000, 1250))
    return part


def file_with(fitted: Confidence, members: list[Network]) -> OnnxClassifier:
    return OnnxClassifier(to_onnx(members, DIGIT_NAMES, confidence=fitted))


def test_logits_and_features_are_those_worked_out_by_hand(learnt: LabelledImages):
    weights = draw_weights(0)
    inner = InnerNetwork([Network(NETWORK, weights)], DIGIT_NAMES).look_at(learnt.images[:7])
    rows = learnt.images[:7].reshape(7, 784) / 255
    features = np.maximum(rows @ weights["dense1/kernel"], 0)
    np.testing.assert_allclose(inner.features, features, rtol=1e-4, atol=1e-5)
    logits = features @ weights["dense2/kernel"] + weights["dense2/bias"]
    np.testing.assert_allclose(inner.logits, logits, rtol=1e-4, atol=1e-4)


def test_no_images_have_no_rows(learnt: LabelledImages):
    inner = InnerNetwork([Network(NETWORK, draw_weights(0))], DIGIT_NAMES).look_at(
        learnt.images[:0]
    )
    assert (inner.logits.shape, inner.features.shape) == ((0, 10), (0, 12))


@pytest.mark.parametrize("seed", range(4))
def test_the_file_rejects_two_of_250_validation_images_at_most(
    learnt: LabelledImages, validation: LabelledImages, seed: int
):
    members = [Network(NETWORK, draw_weights(seed))]
    fitted = InnerNetwork(members, DIGIT_NAMES).fit(learnt, validation)
    assert fitted
    assert file_with(fitted, members).answers(validation.images).rejected.sum() == 2


@pytest.mark.parametrize("kind", KINDS)
def test_no_score_rejects_one_more_by_rounding(
    learnt: LabelledImages,
    validation: LabelledImages,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
):
    """Whichever score were chosen, the threshold is one that the file gives itself."""
    from inkdigits.evaluation import confidence

    def choose(scores: dict, *_: object) -> tuple[str, dict]:
        return kind, {}

    monkeypatch.setattr(confidence, "choose_score", choose)
    for seed in (0, 2, 3):
        members = [Network(NONE_CLASS, draw_weights(seed, outputs=11))]
        fitted = InnerNetwork(members, DIGIT_NAMES).fit(learnt, validation)
        assert fitted
        assert fitted.score.kind == kind
        assert file_with(fitted, members).answers(validation.images).rejected.sum() == 2


def test_temperature_and_areas_are_those_of_the_logits(
    learnt: LabelledImages, validation: LabelledImages
):
    network = InnerNetwork([Network(NETWORK, draw_weights(0))], DIGIT_NAMES)
    fitted = network.fit(learnt, validation)
    assert fitted
    logits = network.look_at(validation.images).logits
    assert fitted.temperature == fit_temperature(logits, validation.labels)
    assert tuple(fitted.areas) == tuple(kind for kind in KINDS if kind != "none-class")
    assert all(tuple(sets) == CHOOSING_SETS["digits"] for sets in fitted.areas.values())
    worst = {kind: min(sets.values()) for kind, sets in fitted.areas.items()}
    assert worst[fitted.score.kind] == max(worst.values())


def test_an_output_for_none_is_offered_as_a_score_and_the_temperature_is_that_of_the_digits(
    learnt: LabelledImages, validation: LabelledImages
):
    network = InnerNetwork([Network(NONE_CLASS, draw_weights(0, outputs=11))], DIGIT_NAMES)
    fitted = network.fit(learnt, validation)
    assert fitted
    logits = network.look_at(validation.images).logits
    assert logits.shape == (250, 11)
    assert fitted.temperature == fit_temperature(logits[:, :10], validation.labels)
    assert tuple(fitted.areas) == KINDS


def test_it_chooses_by_sets_for_choosing_and_learns_from_the_first_images(
    learnt: LabelledImages, validation: LabelledImages, monkeypatch: pytest.MonkeyPatch
):
    asked, looked_at = [], []
    real_look = InnerNetwork.look_at

    def draw(name: str) -> np.ndarray:
        asked.append(name)
        images = choosing_sets.choosing_set(name)
        np.testing.assert_array_equal(images, outlier_set(name, "choosing", 20))
        return images

    def look_at(network: InnerNetwork, images: np.ndarray) -> object:
        looked_at.append(images)
        return real_look(network, images)

    monkeypatch.setattr(confidence_workflow, "LEARNT_IMAGES", 300)
    monkeypatch.setattr(InnerNetwork, "look_at", look_at)
    InnerNetwork([Network(NETWORK, draw_weights(0))], DIGIT_NAMES).fit(learnt, validation, draw)
    assert tuple(asked) == CHOOSING_SETS["digits"]
    expected = [learnt.images[:300], validation.images]
    for images, wanted in zip(looked_at[:2], expected, strict=True):
        np.testing.assert_array_equal(images, wanted)
    assert [len(images) for images in looked_at[2:]] == [20] * 4


def test_several_networks_have_one_confidence(learnt: LabelledImages, validation: LabelledImages):
    members = [Network(NETWORK, draw_weights(seed)) for seed in (0, 1)]
    network = InnerNetwork(members, DIGIT_NAMES)
    assert network.look_at(learnt.images[:3]).features.shape == (3, 24)
    fitted = network.fit(learnt, validation)
    assert fitted
    assert file_with(fitted, members).answers(validation.images).rejected.sum() == 2


def test_images_of_another_size_than_the_outliers_have_none():
    weights = {"dense1/kernel": np.ones((15, 4), np.float32), "dense1/bias": np.zeros(4, "f4")}
    part = LabelledImages(np.ones((4, 3, 5), np.uint8), np.arange(4, dtype=np.uint8))
    assert InnerNetwork([Network(TINY, weights)], "abcd").fit(part, part) is None


def test_a_class_that_was_not_looked_at_leaves_none(
    learnt: LabelledImages, validation: LabelledImages
):
    without_sevens = learnt.take(np.flatnonzero(learnt.labels != 7))
    network = InnerNetwork([Network(NETWORK, draw_weights(0))], DIGIT_NAMES)
    assert network.fit(without_sevens, validation) is None


@pytest.mark.parametrize("value", [0, np.nan, np.inf])
def test_a_network_whose_training_failed_has_none(
    learnt: LabelledImages, validation: LabelledImages, value: float
):
    weights = draw_weights(0)
    weights["dense1/kernel"] = np.full((784, 12), value, np.float32)
    failed, good = Network(NETWORK, weights), Network(NETWORK, draw_weights(1))
    for members in ([failed], [good, failed]):
        assert InnerNetwork(members, DIGIT_NAMES).fit(learnt, validation) is None


def test_several_networks_look_at_their_features_by_themselves(
    learnt: LabelledImages, validation: LabelledImages, monkeypatch: pytest.MonkeyPatch
):
    wider = Architecture("wider", (28, 28, 1), (Flatten(), Dense(20), Relu(), Dense(10), Softmax()))
    members = [Network(NETWORK, draw_weights(0)), Network(wider, draw_weights(1, hidden=20))]
    monkeypatch.setattr(
        "inkdigits.evaluation.confidence.choose_score", lambda *_: ("mahalanobis", {})
    )
    fitted = InnerNetwork(members, DIGIT_NAMES).fit(learnt, validation)
    assert fitted and isinstance(fitted.score, Mahalanobis)
    assert [each.whitening.shape for each in fitted.score.networks] == [(12, 12), (20, 20)]
    assert file_with(fitted, members).answers(validation.images).rejected.sum() == 2


def test_fitting_leaves_the_network_as_it_was(learnt: LabelledImages, validation: LabelledImages):
    network = InnerNetwork([Network(NETWORK, draw_weights(0))], DIGIT_NAMES)
    before = network.look_at(learnt.images[:5])
    assert network.fit(learnt, validation)
    after = network.look_at(learnt.images[:5])
    np.testing.assert_array_equal(before.logits, after.logits)
    assert network.classifier.rejection is None


def test_meta_scores_of_numpy_alone_would_reject_one_more(
    learnt: LabelledImages, validation: LabelledImages
):
    """The threshold of the file guards against something: float32 rounds otherwise."""
    images = validation.images
    for seed in range(20):
        members = [Network(NETWORK, draw_weights(seed))]
        inner = InnerNetwork(members, DIGIT_NAMES).look_at(images)
        exact = np.sort(Energy().score(inner.logits, inner.features))[-3]
        fitted = Confidence(1.0, Energy(), float(exact), areas={})
        if file_with(fitted, members).answers(images).rejected.sum() == 3:
            return
    pytest.fail("no threshold of NumPy's rejected one image more")


def test_pictures_need_no_size_and_digits_no_number(learnt: LabelledImages):
    assert sets_to_choose_by("digits", learnt.take(slice(1))) == CHOOSING_SETS["digits"]
    assert sets_to_choose_by("pictures", learnt.take(slice(100))) == CHOOSING_SETS["pictures"]
    assert sets_to_choose_by("pictures", learnt.take(slice(99))) == ()
    wide = LabelledImages(np.zeros((400, 28, 29), np.uint8), learnt.labels)
    assert sets_to_choose_by("digits", wide) == ()
    assert sets_to_choose_by("pictures", wide) == CHOOSING_SETS["pictures"]
