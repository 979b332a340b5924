"""The networks that come with the package, and the figures on their cards."""

import hashlib

import numpy as np
import pytest

from inkdigits.datasets.mnist import load_mnist_test
from inkdigits.evaluation.calibration import reliability
from inkdigits.evaluation.metrics import evaluate
from inkdigits.evaluation.outliers import outlier_set
from inkdigits.export.onnx_weights import networks_from_onnx
from inkdigits.imaging.pages.page import pair
from inkdigits.imaging.picture import picture_of
from inkdigits.recognition.cascade import Cascade, is_clear
from inkdigits.recognition.counts import Counter
from inkdigits.recognition.hypotheses import LEAST_CONFIDENCE
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.reader import Reader
from inkdigits.recognition.shipped import (
    read_card,
    read_counter_card,
    read_medium_card,
    read_quick_card,
    shipped_counter,
    shipped_medium,
    shipped_network,
    shipped_quick,
)
from inkdigits.workflows.shipped_networks import shipped_networks

MAX_BYTES = 5_000_000


@pytest.fixture(scope="module")
def card():
    return read_card()


@pytest.fixture(scope="module")
def network():
    return OnnxClassifier(shipped_network())


@pytest.fixture(scope="module")
def test_part():
    return load_mnist_test()


@pytest.fixture(scope="module")
def answers(network, test_part):
    return network.answers(test_part.images)


def test_the_file_is_the_one_the_card_describes(card):
    content = shipped_network().read_bytes()
    assert hashlib.sha256(content).hexdigest() == card["sha256"]
    assert len(content) <= MAX_BYTES


def test_the_counters_file_is_the_one_its_card_describes():
    content = shipped_counter().read_bytes()
    assert hashlib.sha256(content).hexdigest() == read_counter_card()["sha256"]
    assert len(content) == read_counter_card()["bytes"] <= MAX_BYTES


def test_the_small_networks_file_is_the_one_its_card_describes(test_part):
    content, card = shipped_quick().read_bytes(), read_quick_card()
    assert hashlib.sha256(content).hexdigest() == card["sha256"]
    assert len(content) == card["bytes"] <= MAX_BYTES / 10
    probabilities = OnnxClassifier(content).probabilities(test_part.images)
    assert (probabilities.argmax(axis=1) == test_part.labels).sum() == card["test"]["correct"]


def test_the_medium_network_is_the_one_of_the_networks_that_its_card_names(test_part):
    content, card = shipped_medium().read_bytes(), read_medium_card()
    assert hashlib.sha256(content).hexdigest() == card["sha256"]
    assert len(content) == card["bytes"] <= MAX_BYTES / 3
    member = shipped_networks(shipped_network().read_bytes())[card["member"] - 1]
    (medium,) = networks_from_onnx(content, member.architecture)
    assert medium.weights.keys() == member.weights.keys()
    for name, weights in member.weights.items():
        np.testing.assert_array_equal(medium.weights[name], weights)
    network = OnnxClassifier(content)
    assert network.rejection.temperature == card["temperature"]
    probabilities = network.probabilities(test_part.images)
    assert (probabilities.argmax(axis=1) == test_part.labels).sum() == card["test"]["correct"]


def test_the_small_network_answers_most_digits_and_they_are_read_as_well(
    network, answers, test_part
):
    quick = OnnxClassifier(shipped_quick())
    assert is_clear(quick.answers(test_part.images)).mean() > 0.9
    both = Cascade(quick, lambda: network).answers(test_part.images).joint()
    right = [
        (each.argmax(axis=1) == test_part.labels).sum()
        for each in (both.probabilities, answers.joint().probabilities)
    ]
    assert right[0] >= right[1] - 3


def test_of_what_is_not_clear_to_the_small_network_most_is_to_the_medium_one(test_part):
    unclear = test_part.images[~is_clear(OnnxClassifier(shipped_quick()).answers(test_part.images))]
    assert is_clear(OnnxClassifier(shipped_medium()).answers(unclear)).mean() > 0.5


def test_the_small_network_takes_blank_paper_and_noise_for_no_digit():
    quick = OnnxClassifier(shipped_quick())
    for name in ("blank", "noise"):
        answers = quick.answers(outlier_set(name, "evaluating", 300))
        digits = answers.joint().probabilities.max(axis=1) >= LEAST_CONFIDENCE
        assert (is_clear(answers) & digits).mean() < 0.01


def test_with_the_counter_far_more_touching_pairs_are_read(network, test_part):
    rng = np.random.default_rng(8)
    pages = [pair(test_part, rng) for _ in range(60)]
    pictures = [picture_of(page.pixels) for page in pages]
    right = {
        counted: sum(
            reading.text == page.text
            for reading, page in zip(reader.read_many(pictures), pages, strict=True)
        )
        for counted, reader in (
            (False, Reader(network)),
            (True, Reader(network, lambda: Counter(OnnxClassifier(shipped_counter())))),
        )
    }
    assert right[True] >= 0.8 * len(pages)
    assert right[True] > right[False] + 0.15 * len(pages)


def test_the_file_reproduces_the_cards_figures(card, answers, test_part):
    result = evaluate(answers.probabilities, test_part.labels)
    assert result.correct == card["figures"]["test"]["correct"]
    assert result.n == card["figures"]["test"]["n"]
    promised = card["figures"]["test"]
    assert result.log_loss == pytest.approx(promised["loss"], abs=1e-5)
    error = reliability(result.probabilities, result.labels).expected_error
    assert error == pytest.approx(promised["calibration_error"], abs=1e-4)
    rejected = float(answers.rejected.mean())
    assert rejected == pytest.approx(card["figures"]["outliers"]["false_rejection"], abs=2e-4)


def test_the_card_names_what_the_file_holds(card, network):
    assert network.rejection is not None
    assert network.rejection.temperature == card["figures"]["rejection"]["temperature"]
    assert network.rejection.score == card["figures"]["rejection"]["score"]
    assert network.rejection.threshold == card["figures"]["rejection"]["threshold"]


@pytest.mark.parametrize("name", ["blank", "noise"])
def test_paper_and_noise_are_rejected(network, name):
    assert network.answers(outlier_set(name, "evaluating")).rejected.mean() >= 0.99
