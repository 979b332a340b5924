from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.dataset import Dataset, LabelledImages
from inkdigits.networks.weights import get_weights
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import PUBLISHED
from inkdigits.training.trainer import Trainer
from inkdigits.workflows.base import Base
from inkdigits.workflows.data import split_for
from inkdigits.workflows.material import Material
from inkdigits.workflows.run_figures import measure
from tests.hand_made_networks import write_network


def count(part: LabelledImages, digit: int) -> int:
    return int((part.labels == digit).sum())


@pytest.fixture
def answering(tmp_path: Path) -> Callable[[int], OnnxClassifier]:
    """A function that makes a network which always gives the same answer."""
    return lambda digit: OnnxClassifier(write_network(tmp_path / f"{digit}.onnx", digit))


def made_from(recipe: Recipe, dataset: Dataset) -> tuple[Trainer, Material]:
    parts = split_for(dataset, recipe)
    trainer = Trainer(recipe, parts.train, parts.validation)
    return trainer, Material(dataset, parts, trainer.architecture)


def test_the_network_is_measured_on_test_and_held_out_images(
    small: Dataset, quick: Recipe, answering: Callable
):
    trainer, material = made_from(quick, small)
    figures = measure(trainer, material, answering(7))
    assert (figures.test.correct, figures.test.n) == (count(small.test, 7), 200)
    held_out = material.parts.validation
    assert (figures.validation.correct, figures.validation.n) == (count(held_out, 7), 128)
    # Its answer has the logit 2, the nine others 0.
    confidence = np.exp(2) / (np.exp(2) + 9)
    error = abs(confidence - count(small.test, 7) / 200)
    assert figures.calibration.expected_error == pytest.approx(error, abs=1e-6)
    assert figures.base is None


def test_what_was_validated_on_changed_test_images_is_measured_on_the_same(
    small: Dataset, answering: Callable
):
    trainer, material = made_from(PUBLISHED, small)
    figures = measure(trainer, material, answering(7))
    inputs, labels = trainer.validation_set(PUBLISHED.epochs)
    answers = trainer.predict(inputs).argmax(axis=1)
    assert (figures.validation.n, len(labels)) == (192, 192)  # three full batches of 64
    assert figures.validation.correct == (answers == labels).sum()
    assert figures.test.correct == count(small.test, 7)


def test_a_network_that_went_on_from_another_is_measured_beside_it(
    small: Dataset, quick: Recipe, answering: Callable
):
    trainer, material = made_from(quick, small)
    base = Base(
        name="/runs/three",
        sha256="3" * 64,
        recipe=quick,
        architecture=trainer.architecture,
        class_names=small.class_names,
        form="digits",
        source=None,
        weights=get_weights(trainer.model),
        classifier=answering(3),
    )
    known = replace(small, name="known", test=small.train.take(slice(50)))
    record = measure(trainer, replace(material, base=base, known=known), answering(7)).base
    assert record and record.before and record.known_before and record.known_after
    assert (record.network, record.known_data) == ("/runs/three", "known")
    assert (record.before.correct, record.before.n) == (count(small.test, 3), 200)
    assert (record.known_before.correct, record.known_before.n) == (count(known.test, 3), 50)
    assert record.known_after.correct == count(known.test, 7)
