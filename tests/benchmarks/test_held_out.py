import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.recognition.answers import Classifier, Rejection, Signature


@pytest.fixture
def held_out(load):
    return load("held_out")


class AlwaysSeven(Classifier):
    """Takes every image for a 7, and finds it the stranger the more ink it has."""

    def __init__(self, rejection=None):
        names = tuple("0123456789")
        super().__init__(Signature("images", (28, 28, 1), names, rejection))

    @property
    def runtime(self):
        return "none"

    def _run(self, images, outputs):
        sevens = np.zeros((len(images), 10), np.float32)
        sevens[:, 7] = 1
        ink = images.mean(axis=(1, 2), dtype=np.float32)
        return [{"probabilities": sevens, "outlierness": ink}[name] for name in outputs]


@pytest.fixture(scope="module")
def some(mnist):
    """Ten images, of which three are a 7."""
    labels = mnist.train.labels
    sevens, others = np.flatnonzero(labels == 7)[:3], np.flatnonzero(labels != 7)[:7]
    return mnist.train.take(np.concatenate([sevens, others]))


def test_the_held_out_images_are_those_of_the_recipes(held_out, mnist):
    digits = held_out.held_out_digits()
    assert len(digits) == 5000
    assert min(digits.class_counts(10)) > 400


def test_who_holds_out_more_holds_out_the_same_and_others(held_out):
    few, many = (held_out.held_out_digits(count).images for count in (100, 300))
    assert (len(few), len(many)) == (100, 300)
    assert {image.tobytes() for image in few} <= {image.tobytes() for image in many}


def test_each_figure_is_told(held_out, some, monkeypatch):
    monkeypatch.setattr(held_out, "OUTLIERS", 5)
    classifier = AlwaysSeven(Rejection("energy", 0.5, 1.0))
    figures = dict(held_out.figures(classifier, some, 10, 1))
    assert figures["as they are"] == "30.00% (7 wrong)"
    assert figures["mean of fifteen corruptions"] == "30.00%"
    assert figures["canny edges"] == "30.00%"
    drawn = {what: figure for what, figure in figures.items() if what.startswith("drawn")}
    assert drawn == {
        "drawn 0s, of 1,000": "0.00%",
        "drawn 1s, of 2,000": "0.00%",
        "drawn 7s, of 1,000": "100.00%",
    }
    assert figures["area under the ROC curve, blank"].startswith("0.")
    assert {
        "clean, of 1",
        "hard, of 1",
        "pairs, of 1",
        "pasted, of 10",
        "forms, of 1",
        "words, of 1",
        "labels, of 1",
        "text, of 1",
        "screens, of 1",
        "sheets, of 1",
    } <= figures.keys()
    assert len(figures) == 1 + 15 + 1 + 3 + 4 + 10


def test_fewer_images_may_be_corrupted(held_out, some):
    figures = held_out.figures(AlwaysSeven(), some, 3, 1)
    assert dict(next(figures) for _ in range(2)) == {
        "as they are": "30.00% (7 wrong)",
        "shot noise": "100.00%",  # the first three are sevens
    }


def test_a_network_without_an_outlier_score_has_no_such_figures(held_out, some):
    figures = dict(held_out.figures(AlwaysSeven(), some, 3, 1))
    assert not [what for what in figures if "ROC" in what]


def test_strangeness_is_the_networks_own_score(held_out):
    images = np.full((2, 28, 28), 9, np.uint8)
    scores = held_out.strangeness(AlwaysSeven(Rejection("energy", 0.5, 1.0)), images)
    assert scores.tolist() == [9, 9]


def test_accuracy_is_the_share_of_right_answers(held_out):
    digits = LabelledImages(np.zeros((4, 28, 28), np.uint8), np.array([7, 7, 7, 1], np.uint8))
    assert held_out.accuracy(AlwaysSeven(), digits) == 0.75
