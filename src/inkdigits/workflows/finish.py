"""From a trained network to a finished run folder: files, figures, plots, report, manifest.

Comes in: a trainer that is done. Goes out: the rest of its run folder, the manifest last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import numpy as np

from inkdigits import __version__
from inkdigits.arrays import Images, scale
from inkdigits.datasets.dataset import Dataset
from inkdigits.evaluation.choosing_sets import choosing_set
from inkdigits.evaluation.confidence import Confidence
from inkdigits.evaluation.mistakes import mistakes_to_csv
from inkdigits.export.keras_file import save_keras, to_keras
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.networks.arithmetic import summarise
from inkdigits.networks.network import Network
from inkdigits.networks.weights import get_weights
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.reports.content import ReportContent
from inkdigits.reports.page import render
from inkdigits.runs.files import fill_whole, make_folder, write_whole
from inkdigits.runs.finished import digest_files
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.machine import describe_machine, peak_memory_mib
from inkdigits.runs.manifest import DataSource, Manifest, TeacherRecord, Training
from inkdigits.runs.weights_file import write_arrays
from inkdigits.training.heap import trim_heap
from inkdigits.training.prediction import among_classes, predict_at_once
from inkdigits.training.recipe import Recipe
from inkdigits.training.trainer import Trainer
from inkdigits.workflows.aside import Aside
from inkdigits.workflows.confidence import InnerNetwork, sets_to_choose_by
from inkdigits.workflows.data import Parts
from inkdigits.workflows.material import Material
from inkdigits.workflows.pictures import plots_of_answers, plots_of_training
from inkdigits.workflows.records import command_for, confidence_record, score
from inkdigits.workflows.run_figures import RunFigures, measure
from inkdigits.workflows.shown import as_shown
from inkdigits.workflows.stopwatch import Stopwatch

CHECKED_IMAGES = 200
EXPORT_TOLERANCE = 1e-4  # both compute in float32, but add in another order


@dataclass(frozen=True, eq=False)
class Finished:
    """A run whose training is done, with all that its last files are made from."""

    run: RunFolder
    trainer: Trainer
    material: Material

    @property
    def dataset(self) -> Dataset:
        """What was learnt from and measured on."""
        return self.material.dataset

    @property
    def parts(self) -> Parts:
        """How it was split."""
        return self.material.parts


def finish(done: Finished, aside: Aside, stopwatch: Stopwatch) -> Manifest:
    """Write everything that a finished run holds.

    The figures are those of the exported network in float32, read back from its file and run by
    ONNX Runtime: what is measured is what the user gets.

    Args:
        done: The run; recipe and history are in its folder already.
        aside: Draws, while other things are done here.
        stopwatch: Measures the parts.

    Returns:
        The manifest, as written.

    Raises:
        OutputError: If something cannot be written.
        RuntimeError: If the exported network does not answer as Keras does.
    """
    drawing = drawing_outliers(done.trainer.recipe, done.material)
    outliers = {name: aside.begin(draw) for name, draw in drawing.items()}
    of_training = aside.begin(plots_of_training(done.trainer, done.dataset, done.parts).draw)
    network = Network(done.trainer.architecture, get_weights(done.trainer.model))
    inner = InnerNetwork([network], done.dataset.class_names, done.dataset.form)
    _write_keras(done, network, inner.classifier)
    trim_heap()
    stopwatch.lap("export")
    confidence = _fit_confidence(done, inner, outliers)
    stopwatch.lap("confidence")
    classifier = _write_networks(done, network, confidence)
    stopwatch.lap("export")
    figures = measure(done.trainer, done.material, classifier)
    of_answers = aside.begin(
        plots_of_answers(done.dataset, done.parts, figures.test, figures.calibration).draw
    )
    write_whole(done.run.mistakes, mistakes_to_csv(figures.test, done.dataset.class_names))
    stopwatch.lap("evaluate")
    plots = {**of_training.result(), **of_answers.result()}
    _write_plots(done.run, plots)
    stopwatch.lap("plots")
    manifest = _describe(done, figures, confidence, stopwatch)
    write_whole(done.run.report, render(_report_content(done, manifest, figures, plots)))
    stopwatch.lap("report")
    changes = {"timing": stopwatch.timing(), "sha256": digest_files(done.run)}
    manifest = manifest.model_copy(update=changes)
    write_whole(done.run.manifest, manifest.to_json())
    return manifest


def drawing_outliers(recipe: Recipe, material: Material) -> dict[str, Callable[[], Images]]:
    """Return what draws the outliers that a run's confidence is fitted with, by their names.

    A second time it takes no time. There are none where no confidence will be fitted.
    """
    if recipe.validation == "augmented-test":
        return {}  # these are test images, and nothing may be fitted on them
    sets = sets_to_choose_by(material.dataset.form, material.parts.validation)
    return {name: partial(choosing_set, name) for name in sets}


def _write_keras(done: Finished, network: Network, exported: OnnxClassifier) -> None:
    """Write the network for Keras, and hold the exported one against it."""
    model = to_keras(network.architecture, network.weights)
    fill_whole(done.run.keras, lambda path: save_keras(model, path))
    images = done.parts.test.images[:CHECKED_IMAGES]
    theirs = among_classes(predict_at_once(model, scale(images)), network.architecture.classes)
    difference = np.abs(exported.probabilities(images) - theirs)
    if difference.max() > EXPORT_TOLERANCE:
        raise RuntimeError(
            f"the exported network's probabilities must be within {EXPORT_TOLERANCE} of Keras's; "
            f"the largest difference is {difference.max()}"
        )


def _fit_confidence(
    done: Finished, network: InnerNetwork, outliers: Mapping[str, Future[Images]]
) -> Confidence | None:
    if not outliers:
        return None
    return network.fit(
        done.parts.train, done.parts.validation, lambda name: outliers[name].result()
    )


def _write_networks(
    done: Finished, network: Network, confidence: Confidence | None
) -> OnnxClassifier:
    write_arrays(done.run.weights, network.weights)
    content = to_onnx(
        [network], done.dataset.class_names, form=done.dataset.form, confidence=confidence
    )
    write_whole(done.run.onnx, content)
    return OnnxClassifier(done.run.onnx)


def _write_plots(run: RunFolder, plots: Mapping[str, bytes]) -> None:
    make_folder(run.plots)
    for name, picture in plots.items():
        write_whole(run.plots / f"{name}.png", picture)


def _describe(
    done: Finished, figures: RunFigures, confidence: Confidence | None, stopwatch: Stopwatch
) -> Manifest:
    run, trainer, parts = done.run, done.trainer, done.parts
    validation = score(figures.validation)
    teaching = done.material.teaching
    flawed = done.trainer.recipe.validation == "augmented-test"
    return Manifest(
        inkdigits=__version__,
        command=command_for(
            trainer.recipe,
            trainer.seed,
            run,
            dataset=done.dataset,
            base=done.material.base,
            teacher=teaching.name if teaching else None,
            deterministic=trainer.deterministic,
        ),
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=trainer.seed,
        deterministic=trainer.deterministic,
        data=DataSource(
            name=done.dataset.name,
            sha256=done.dataset.checksum,
            train_images=len(parts.train),
            validation_images=validation.n,
            test_images=len(parts.test),
        ),
        machine=describe_machine(),
        train=_training(trainer),
        timing=stopwatch.timing(),
        validation=validation,
        test=score(figures.test),
        test_augmented=validation if flawed else None,
        confidence=confidence_record(confidence) if confidence else None,
        base=figures.base,
        teacher=(
            TeacherRecord(network=teaching.name, sha256=teaching.sha256) if teaching else None
        ),
        sha256=digest_files(run),
    )


def _training(trainer: Trainer) -> Training:
    return Training(
        seconds=trainer.seconds,
        images_per_second=trainer.images_per_second,
        images=trainer.images_seen,
        epochs=trainer.recipe.epochs,
        precision=trainer.precision,
        backend=trainer.backend,
        accelerator=trainer.accelerator,
        peak_memory_mib=peak_memory_mib(),
    )


def _report_content(
    done: Finished, manifest: Manifest, figures: RunFigures, plots: Mapping[str, bytes]
) -> ReportContent:
    classes = len(done.dataset.class_names)
    return ReportContent(
        manifest=manifest,
        recipe=done.trainer.recipe,
        summary=summarise(done.trainer.architecture),
        history=done.trainer.history,
        class_names=done.dataset.class_names,
        train_counts=tuple(done.parts.train.class_counts(classes)),
        evaluation=figures.test,
        reliability=figures.calibration,
        form=done.dataset.form,
        test=as_shown(done.parts.test, done.dataset.form),
        plots=plots,
    )
