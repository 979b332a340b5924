import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.evaluation.corruptions.suite import CORRUPTIONS, corrupt
from inkdigits.evaluation.metrics import evaluate
from inkdigits.evaluation.robustness import SAMPLES, CorruptionSuite, measure_corruptions
from inkdigits.recognition.answers import Answers


def always(answer):
    """What a network says that gives every image the same answer."""

    def give(images):
        rows = np.full((len(images), 10), 0.05, np.float32)
        rows[:, answer] = 0.55
        return Answers(rows, None, np.zeros(len(images), bool))

    return give


@pytest.fixture(scope="module")
def few(mnist):
    """The first four test images: 7, 2, 1 and 0."""
    return mnist.test.take(slice(4))


@pytest.fixture(scope="module")
def suite(few):
    return measure_corruptions(always(7), few)


def test_every_corruption_is_measured_on_every_image(suite):
    assert list(suite.evaluations) == list(CORRUPTIONS)
    # One of the four is a 7, whatever happens to it.
    assert {(each.correct, each.n) for each in suite.evaluations.values()} == {(1, 4)}
    assert suite.mean_accuracy == 0.25


def test_the_network_is_shown_the_corrupted_images(few):
    shown = []
    answer = always(0)

    def watch(images):
        shown.append(images)
        return answer(images)

    measure_corruptions(watch, few, seed=3)
    for images, name in zip(shown, CORRUPTIONS, strict=True):
        np.testing.assert_array_equal(images, corrupt(name, few.images, seed=3))


def test_the_first_images_of_each_are_kept(suite, few):
    assert list(suite.samples) == list(CORRUPTIONS)
    for name, images in suite.samples.items():
        np.testing.assert_array_equal(images, corrupt(name, few.images))


def test_no_more_are_kept_than_promised(mnist, monkeypatch):
    one = {"stripe": CORRUPTIONS["stripe"]}
    monkeypatch.setattr("inkdigits.evaluation.corruptions.suite.CORRUPTIONS", one)
    result = measure_corruptions(always(0), mnist.test.take(slice(SAMPLES + 7)))
    assert result.samples["stripe"].shape == (SAMPLES, 28, 28)
    assert result.samples["stripe"].base is None  # nothing else is kept alive by them
    assert result.evaluations["stripe"].n == SAMPLES + 7


def test_progress_names_each_with_its_number(few):
    told = []
    measure_corruptions(always(0), few, progress=told.append)
    assert told[0] == "corruption 1 of 15: shot_noise"
    assert told[-1] == "corruption 15 of 15: canny_edges"
    assert len(told) == 15


def test_the_mean_counts_every_corruption_alike_and_the_worst_is_named():
    labels = np.array([0, 1, 1, 1], np.uint8)
    rows = {
        "a": [[1, 0], [1, 0], [0, 1], [0, 1]],  # 3 of 4
        "b": [[1, 0], [1, 0], [1, 0], [1, 0]],  # 1 of 4
        "c": [[0, 1], [1, 0], [1, 0], [0, 1]],  # 1 of 4
    }
    answers = {name: evaluate(np.array(each, np.float32), labels) for name, each in rows.items()}
    suite = CorruptionSuite(answers, {})
    assert suite.mean_accuracy == pytest.approx((0.75 + 0.25 + 0.25) / 3)
    assert suite.worst == "b"


def test_all_black_and_all_white_images_can_be_measured():
    images = np.stack([np.zeros((28, 28), np.uint8), np.full((28, 28), 255, np.uint8)])
    suite = measure_corruptions(always(1), LabelledImages(images, np.array([1, 0], np.uint8)))
    assert suite.mean_accuracy == 0.5


def test_no_images_are_refused():
    none = LabelledImages(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8))
    with pytest.raises(ValueError, match="one label for each row of probabilities"):
        measure_corruptions(always(0), none)
