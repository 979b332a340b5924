from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from inkdigits.arrays import Images
from inkdigits.datasets.dataset import Dataset, LabelledImages
from inkdigits.evaluation.choosing_sets import CHOOSING_SETS, choosing_set
from inkdigits.evaluation.confidence import Confidence, Inner
from inkdigits.evaluation.metrics import evaluate
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.manifest import Manifest
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import ROBUST
from inkdigits.training.trainer import Trainer
from inkdigits.workflows import finish as workflow
from inkdigits.workflows.aside import Aside
from inkdigits.workflows.confidence import InnerNetwork
from inkdigits.workflows.data import split_for
from inkdigits.workflows.finish import Finished, drawing_outliers, finish
from inkdigits.workflows.material import Material
from inkdigits.workflows.records import score
from inkdigits.workflows.stopwatch import Stopwatch
from inkdigits.workflows.train import train


@pytest.fixture(scope="module")
def once(quick: Recipe) -> Recipe:
    return quick.replace(name="once", epochs=1)


class Witness:
    """Sees what a confidence is fitted on."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.looked_at: list[Images] = []
        self.fitted_on: list[LabelledImages] = []
        real_look, real_fit = InnerNetwork.look_at, InnerNetwork.fit

        def look_at(network: InnerNetwork, images: Images) -> Inner:
            self.looked_at.append(images)
            return real_look(network, images)

        def fit(
            network: InnerNetwork, train: LabelledImages, validation: LabelledImages, outliers: Any
        ) -> Confidence | None:
            self.fitted_on.extend([train, validation])
            return real_fit(network, train, validation, outliers)

        patch.setattr(InnerNetwork, "look_at", look_at)
        patch.setattr(InnerNetwork, "fit", fit)


@pytest.fixture(scope="module")
def witnessed(
    small: Dataset, once: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> tuple[RunFolder, Manifest, Witness]:
    """A run of one epoch, and what its confidence was fitted on."""
    with pytest.MonkeyPatch.context() as patch:
        witness = Witness(patch)
        out = tmp_path_factory.mktemp("runs") / "once"
        run, manifest = train(once, seed=3, out=out, dataset=small)
    return run, manifest, witness


def as_set(images: Images) -> set[bytes]:
    return {image.tobytes() for image in images}


def test_the_confidence_is_fitted_on_training_and_held_out_images(
    witnessed: tuple[RunFolder, Manifest, Witness], small: Dataset, once: Recipe
):
    parts = split_for(small, once)
    learnt, held_out = witnessed[2].fitted_on
    for received, expected in ((learnt, parts.train), (held_out, parts.validation)):
        np.testing.assert_array_equal(received.images, expected.images)
        np.testing.assert_array_equal(received.labels, expected.labels)


def test_no_test_image_is_looked_at_for_the_confidence(
    witnessed: tuple[RunFolder, Manifest, Witness], small: Dataset
):
    looked_at = set().union(*map(as_set, witnessed[2].looked_at))
    assert looked_at.isdisjoint(as_set(small.test.images))
    assert looked_at >= as_set(small.train.images)  # the witness did see


def test_the_manifest_holds_the_confidence_of_the_file(
    witnessed: tuple[RunFolder, Manifest, Witness],
):
    run, manifest, _ = witnessed
    rejection = OnnxClassifier(run.onnx).rejection
    assert manifest.confidence
    assert rejection
    assert (rejection.temperature, rejection.score, rejection.threshold) == (
        manifest.confidence.temperature,
        manifest.confidence.score,
        manifest.confidence.threshold,
    )
    worst = {kind: min(sets.values()) for kind, sets in manifest.confidence.areas.items()}
    assert len(worst) == 4
    assert worst[rejection.score] == max(worst.values())


def test_a_network_with_an_output_for_none_is_trained_measured_and_written(
    small: Dataset, tmp_path: Path
):
    recipe = ROBUST.replace(
        name="brief",
        epochs=1,
        batch_size=128,
        averaging=0.0,
        no_digits=64,
        coarse_digits=64,
        drawn_digits=64,
        precision="float32",
        validation_images=128,
    )
    run, manifest = train(recipe, seed=1, out=tmp_path / "brief", dataset=small)
    classifier = OnnxClassifier(run.onnx)
    assert classifier.class_names == small.class_names
    probabilities = classifier.probabilities(small.test.images)
    assert probabilities.shape == (200, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert manifest.test == score(evaluate(probabilities, small.test.labels))
    assert manifest.confidence
    assert "none-class" in manifest.confidence.areas
    assert keras.saving.load_model(run.keras).output_shape == (None, 11)


def test_the_file_rejects_one_held_out_image_in_a_hundred_at_most(
    witnessed: tuple[RunFolder, Manifest, Witness], small: Dataset, once: Recipe
):
    held_out = split_for(small, once).validation
    answers = OnnxClassifier(witnessed[0].onnx).answers(held_out.images)
    assert len(held_out) == 128
    assert answers.rejected.sum() <= 1


def test_the_figures_are_those_of_the_file(
    witnessed: tuple[RunFolder, Manifest, Witness], small: Dataset, once: Recipe
):
    run, manifest, _ = witnessed
    classifier, parts = OnnxClassifier(run.onnx), split_for(small, once)
    for part, record in ((parts.validation, manifest.validation), (parts.test, manifest.test)):
        assert record == score(evaluate(classifier.probabilities(part.images), part.labels))
    assert (manifest.validation.n, manifest.test.n) == (128, 200)
    assert manifest.test_augmented is None


def test_fitting_the_confidence_has_its_part_of_the_timing(
    witnessed: tuple[RunFolder, Manifest, Witness],
):
    timing = witnessed[1].timing
    assert timing["confidence"] > 0
    assert timing["total"] == pytest.approx(sum(timing.values()) - timing["total"])


@pytest.fixture
def untrained(small: Dataset, once: Recipe, tmp_path: Path) -> Finished:
    parts = split_for(small, once)
    trainer = Trainer(once, parts.train, parts.validation)
    return Finished(RunFolder(tmp_path), trainer, Material(small, parts, trainer.architecture))


def test_outliers_are_drawn_where_a_confidence_will_be_fitted(untrained: Finished, once: Recipe):
    drawing = drawing_outliers(once, untrained.material)
    assert tuple(drawing) == CHOOSING_SETS["digits"]
    assert drawing["noise"]() is choosing_set("noise")
    flawed = once.replace(validation="augmented-test")
    assert drawing_outliers(flawed, untrained.material) == {}


def test_an_export_that_answers_otherwise_than_keras_is_told_and_not_kept(
    untrained: Finished, monkeypatch: pytest.MonkeyPatch
):
    real = workflow.get_weights

    def changed_weights(model: keras.Model) -> dict[str, np.ndarray]:
        return {name: array + np.float32(0.01) for name, array in real(model).items()}

    monkeypatch.setattr(workflow, "get_weights", changed_weights)
    monkeypatch.setattr(workflow, "to_keras", lambda *_: untrained.trainer.model)
    with (
        Aside() as aside,
        pytest.raises(RuntimeError, match=r"must be within 0\.0001 of Keras's; the largest diff"),
    ):
        finish(untrained, aside, Stopwatch())
    assert not untrained.run.onnx.exists()
    assert not untrained.run.manifest.exists()
