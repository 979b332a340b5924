"""Training several networks of one recipe, and making one of them all.

Comes in: a recipe, a number and a folder. Goes out: the folder with a finished run for each
network and, beside these, one ONNX file whose logits are the mean of theirs. No network is
chosen or left out. Stopped at any moment, it goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from inkdigits import __version__
from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InterruptedRunError, OutputError
from inkdigits.evaluation.metrics import evaluate
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.networks.network import Network
from inkdigits.networks.weight_shapes import weight_shapes
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.runs.files import make_folder, write_whole
from inkdigits.runs.finished import FinishedRun, digest_files, open_finished, read_weights
from inkdigits.runs.folder import RunFolder, find_unfinished_run, refuse_begun_run
from inkdigits.runs.lock import sole_writer
from inkdigits.runs.machine import describe_machine, peak_memory_mib
from inkdigits.runs.manifest import Manifest, Training
from inkdigits.runs.start import Start, write_start
from inkdigits.training.observer import Observer
from inkdigits.training.recipe import Recipe
from inkdigits.workflows.confidence import InnerNetwork
from inkdigits.workflows.data import Parts, check_same, network_for, split_for
from inkdigits.workflows.records import command_for, confidence_record, score
from inkdigits.workflows.single_run import resume_run, start_run
from inkdigits.workflows.stopwatch import Stopwatch
from inkdigits.workflows.teaching import TeachingRun, check_classes


@dataclass(frozen=True)
class Ensemble:
    """An ensemble in the making.

    Attributes:
        run: Its folder.
        recipe: How each network is trained.
        begun: First seed, data and number of networks; the next network has the next seed.
        dataset: What they learn from.
        observer: Is told how each network's run goes, and may stop it.
        teaching: The run whose answers each network learns; None for the labels.
    """

    run: RunFolder
    recipe: Recipe
    begun: Start
    dataset: Dataset
    observer: Observer | None = None
    teaching: TeachingRun | None = None


def train_members(ensemble: Ensemble, stopwatch: Stopwatch | None = None) -> Manifest:
    """Train every network, then join them.

    Args:
        ensemble: What to train, in an empty folder.
        stopwatch: Measures the parts.

    Returns:
        The manifest of the whole, as written.

    Raises:
        UsageError: If the recipe does not fit the data.
        OutputError: If something cannot be written.
        InterruptedRunError: If the observer stopped a run.
    """
    # What does not fit is told with nothing written.
    split_for(ensemble.dataset, ensemble.recipe)
    network_for(ensemble.recipe, ensemble.dataset)
    if ensemble.teaching:
        check_classes(ensemble.teaching, ensemble.dataset)
    with sole_writer(ensemble.run):
        refuse_begun_run(ensemble.run)
        write_start(ensemble.run, ensemble.recipe, ensemble.begun)
        return _go_on(ensemble, stopwatch or Stopwatch())


def resume_members(ensemble: Ensemble, stopwatch: Stopwatch | None = None) -> Manifest:
    """Train the networks that are not finished yet, then join all.

    Args:
        ensemble: As it was begun.
        stopwatch: Measures the parts.

    Returns:
        The manifest of the whole, as written.

    Raises:
        ModelFileError: If a file is damaged, or the ensemble was begun on other data.
        OutputError: If something cannot be written.
        InterruptedRunError: If the observer stopped a run.
    """
    check_same(ensemble.dataset, ensemble.begun)
    with sole_writer(ensemble.run):
        find_unfinished_run(ensemble.run.path)
        return _go_on(ensemble, stopwatch or Stopwatch())


def _go_on(ensemble: Ensemble, stopwatch: Stopwatch) -> Manifest:
    try:
        for number in range(1, ensemble.begun.members + 1):
            if not ensemble.run.member(number).manifest.is_file():
                _train_member(ensemble, number)
        stopwatch.lap("members")
        return _join(ensemble, stopwatch)
    except OutputError as error:
        # A network's run names its own folder to go on with; the cause is what happened.
        reason = error.__cause__ if isinstance(error.__cause__, OutputError) else error
        raise OutputError(
            f"{reason}; every finished network and epoch is kept: make room, then go on with "
            f"`inkdigits train --resume {ensemble.run.path}`"
        ) from error


def _train_member(ensemble: Ensemble, number: int) -> None:
    member, dataset, observer = ensemble.run.member(number), ensemble.dataset, ensemble.observer
    try:
        if member.recipe.is_file():
            resume_run(member, dataset=dataset, observer=observer)
        else:
            make_folder(member.path)
            start_run(
                member,
                ensemble.recipe,
                seed=ensemble.begun.seed + number - 1,
                deterministic=ensemble.begun.deterministic,
                checkpoints=ensemble.begun.checkpoints,
                dataset=dataset,
                teaching=ensemble.teaching,
                observer=observer,
            )
    except InterruptedRunError:
        raise InterruptedRunError(
            f"stopped in network {number} of {ensemble.begun.members}; nothing is lost: go on "
            f"with `inkdigits train --resume {ensemble.run.path}`"
        ) from None


def _join(ensemble: Ensemble, stopwatch: Stopwatch) -> Manifest:
    run, dataset = ensemble.run, ensemble.dataset
    names, form = dataset.class_names, dataset.form
    parts = split_for(ensemble.dataset, ensemble.recipe)
    architecture = network_for(ensemble.recipe, dataset)
    members = [open_finished(each.path) for each in _members(ensemble)]
    shapes = weight_shapes(architecture)
    networks = [Network(architecture, read_weights(each, shapes)) for each in members]
    confidence = None
    if ensemble.recipe.validation == "held-out":
        inner = InnerNetwork(networks, names, form)
        confidence = inner.fit(parts.train, parts.validation)
    stopwatch.lap("confidence")
    content = to_onnx(networks, names, form=form, confidence=confidence)
    write_whole(run.onnx, content)
    classifier = OnnxClassifier(run.onnx)
    stopwatch.lap("export")
    manifest = _describe(ensemble, parts, classifier, members).model_copy(
        update={"confidence": confidence_record(confidence) if confidence else None}
    )
    stopwatch.lap("evaluate")
    manifest = manifest.model_copy(update={"timing": stopwatch.timing()})
    write_whole(run.manifest, manifest.to_json())
    return manifest


def _members(ensemble: Ensemble) -> list[RunFolder]:
    return [ensemble.run.member(number) for number in range(1, ensemble.begun.members + 1)]


def _describe(
    ensemble: Ensemble,
    parts: Parts,
    classifier: OnnxClassifier,
    finished: list[FinishedRun],
) -> Manifest:
    run, begun = ensemble.run, ensemble.begun
    members = [each.manifest for each in finished]
    test, validation = (
        evaluate(classifier.probabilities(part.images), part.labels)
        for part in (parts.test, parts.validation)
    )
    return members[0].model_copy(
        update={
            "inkdigits": __version__,
            "command": command_for(
                ensemble.recipe,
                begun.seed,
                run,
                begun.members,
                dataset=ensemble.dataset,
                teacher=begun.teacher.network if begun.teacher else None,
                deterministic=begun.deterministic,
            ),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "seed": begun.seed,
            "data": members[0].data.model_copy(update={"validation_images": validation.n}),
            "machine": describe_machine(),
            "train": _sum_up([each.train for each in members]),
            "validation": score(validation),
            "test": score(test),
            "test_augmented": None,
            "members": tuple(each.test for each in members),
            "sha256": digest_files(run),
        }
    )


def _sum_up(runs: list[Training]) -> Training:
    seconds, images = sum(each.seconds for each in runs), sum(each.images for each in runs)
    return runs[0].model_copy(
        update={
            "seconds": seconds,
            "images": images,
            "images_per_second": images / seconds,
            "peak_memory_mib": peak_memory_mib(),
        }
    )
