"""Training from a recipe to a finished run folder: one network, or several as one.

Comes in: a recipe and a folder. Goes out: the folder, filled, and its manifest. A run may be
stopped or fail at any moment: what its folder holds is complete, and `resume` goes on from it.
"""

from __future__ import annotations

from pathlib import Path

from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.mnist import load_mnist
from inkdigits.errors import UsageError
from inkdigits.runs.folder import RunFolder, create_run, find_unfinished_run
from inkdigits.runs.manifest import Manifest
from inkdigits.runs.start import MAX_MEMBERS, Interval, read_start, start_on
from inkdigits.training.observer import Observer
from inkdigits.training.recipe import Frozen, Recipe
from inkdigits.workflows.base import Base
from inkdigits.workflows.data import load_again
from inkdigits.workflows.ensemble import Ensemble, resume_members, train_members
from inkdigits.workflows.single_run import resume_run, start_run
from inkdigits.workflows.stopwatch import Stopwatch
from inkdigits.workflows.teaching import TeachingRun, load_teacher, load_teacher_again
from inkdigits.workflows.tuning import prepare_tuning


def train(
    recipe: Recipe,
    *,
    seed: int = 0,
    members: int = 1,
    deterministic: bool = False,
    checkpoints: Interval | None = None,
    out: Path | None = None,
    dataset: Dataset | None = None,
    teacher: str | Path | None = None,
    observer: Observer | None = None,
    stopwatch: Stopwatch | None = None,
) -> tuple[RunFolder, Manifest]:
    """Train a network and write its run folder.

    Args:
        recipe: What to train, and how.
        seed: Seed of everything random, at least 0.
        members: Networks to train, with this seed and the following; of more than one, the result
            answers with the mean of their logits.
        deterministic: Give the same bits whenever the run is made on this machine; this process
            computes so until it ends.
        checkpoints: When they are due within an epoch; None for once a minute.
        out: The folder to write, new or empty; None for the next `runs/<recipe>-<n>`.
        dataset: What to learn from and measure on; None for MNIST.
        teacher: A finished run's folder, or "shipped": its answers to the training images, changed
            as the network sees them, are learnt in place of their labels. None for the labels.
        observer: Is told how the run goes, and may stop it.
        stopwatch: Measures the parts; give one that started with the process to count start-up.

    Returns:
        The folder and what its manifest says.

    Raises:
        ModelFileError: If there is no such teacher, or it is damaged.
        UsageError: If `out` is not empty or another process writes there, recipe or teacher do not
            fit the data, or `members` is not 1 to 100.
        OutputError: If something cannot be written.
        InterruptedRunError: If the observer stopped the run.

    Example:
        >>> from inkdigits.training.recipes import TUTORIAL
        >>> run, manifest = train(TUTORIAL, seed=1)  # doctest: +SKIP
        >>> manifest.test.accuracy  # doctest: +SKIP
        0.9951
    """
    _check_members(members)
    teaching = load_teacher(Path(teacher)) if teacher is not None else None
    run = create_run(recipe.name, out)
    manifest = start(
        run,
        recipe,
        seed=seed,
        members=members,
        deterministic=deterministic,
        checkpoints=checkpoints,
        dataset=dataset,
        teaching=teaching,
        observer=observer,
        stopwatch=stopwatch,
    )
    return run, manifest


def fine_tune(
    network: str | Path,
    data: str | Path | Dataset,
    *,
    frozen: Frozen = "features",
    epochs: int | None = None,
    seed: int = 0,
    out: Path | None = None,
    observer: Observer | None = None,
) -> tuple[RunFolder, Manifest]:
    """Let a finished network go on learning from other images, without forgetting its own.

    Where it knows all classes of these, as many images that it learnt from are mixed in, and the
    manifest's `base` says how well it reads both, before and after. Otherwise it gets a new last
    layer, for these classes.

    Args:
        network: A run folder, or "shipped" for the network of the package.
        data: What to learn from and measure on: what `load_dataset` takes, or a data set in the
            network's size.
        frozen: Which layers keep their weights: "features" for all but the last dense one, or
            "nothing", which takes three times as long and forgets more, for many images.
        epochs: Passes over the images; None for 5.
        seed: Seed of everything random, at least 0.
        out: The folder to write, new or empty; None for the next `runs/<recipe>-tuned-<n>`.
        observer: Is told how the run goes, and may stop it.

    Returns:
        The folder and what its manifest says.

    Raises:
        ModelFileError: If there is no such network, or it is damaged.
        DataError: If the data are missing or damaged.
        UsageError: If `out` is not empty, or the images do not fit the network.
        OutputError: If something cannot be written.
        InterruptedRunError: If the observer stopped the run.

    Example:
        >>> run, manifest = fine_tune("shipped", "my-digits")  # doctest: +SKIP
        >>> manifest.base.before.accuracy, manifest.test.accuracy  # doctest: +SKIP
        (0.94, 0.985)
    """
    tuning = prepare_tuning(network, data, frozen, epochs)
    run = create_run(tuning.recipe.name, out)
    manifest = start(
        run,
        tuning.recipe,
        seed=seed,
        dataset=tuning.dataset,
        base=tuning.base,
        observer=observer,
    )
    return run, manifest


def start(
    run: RunFolder,
    recipe: Recipe,
    *,
    seed: int,
    members: int = 1,
    deterministic: bool = False,
    checkpoints: Interval | None = None,
    dataset: Dataset | None = None,
    base: Base | None = None,
    teaching: TeachingRun | None = None,
    observer: Observer | None = None,
    stopwatch: Stopwatch | None = None,
) -> Manifest:
    """Train into a folder that `create_run` made; otherwise like `train` and `fine_tune`."""
    _check_members(members)
    if base and members > 1:
        raise UsageError(f"one network goes on from another, not several; received {members}")
    if members == 1:
        return start_run(
            run,
            recipe,
            seed=seed,
            deterministic=deterministic,
            checkpoints=checkpoints,
            dataset=dataset,
            base=base,
            teaching=teaching,
            observer=observer,
            stopwatch=stopwatch,
        )
    dataset = dataset or load_mnist()
    begun = start_on(
        dataset,
        seed,
        members,
        deterministic=deterministic,
        checkpoints=checkpoints or Interval(),
        teacher=teaching.record if teaching else None,
    )
    return train_members(Ensemble(run, recipe, begun, dataset, observer, teaching), stopwatch)


def resume(
    path: Path,
    *,
    dataset: Dataset | None = None,
    observer: Observer | None = None,
    stopwatch: Stopwatch | None = None,
) -> tuple[RunFolder, Manifest]:
    """Go on with a run that was stopped or failed.

    Args:
        path: The run's folder.
        dataset: What the run learns from; None to load it from where it came from.
        observer: Is told how the run goes, and may stop it.
        stopwatch: Measures the parts.

    Returns:
        The folder and what its manifest says.

    Raises:
        ModelFileError: If there is no run, it is damaged, or it learnt from other data.
        DataError: If what it learnt from is missing or damaged.
        UsageError: If the run is finished already, or another process is writing it.
        OutputError: If something cannot be written.
        InterruptedRunError: If the observer stopped the run.
    """
    run = find_unfinished_run(path)
    recipe, begun = read_start(run)
    if begun.members == 1:
        manifest = resume_run(run, dataset=dataset, observer=observer, stopwatch=stopwatch)
    else:
        teaching = load_teacher_again(begun.teacher) if begun.teacher else None
        data = dataset or load_again(begun)
        ensemble = Ensemble(run, recipe, begun, data, observer, teaching)
        manifest = resume_members(ensemble, stopwatch)
    return run, manifest


def _check_members(members: int) -> None:
    if not 1 <= members <= MAX_MEMBERS:
        raise UsageError(f"`members` must be between 1 and {MAX_MEMBERS}; received {members}")
