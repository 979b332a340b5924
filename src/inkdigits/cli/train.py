"""`inkdigits train`: from a recipe to a finished run folder."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inkdigits.cli.data_options import FormOption, SideOption
from inkdigits.cli.extras import need_training_extra
from inkdigits.cli.numbers import a_number
from inkdigits.cli.output import JsonOption, print_json, stderr
from inkdigits.cli.progress import TerminalObserver
from inkdigits.cli.quiet import keras_import
from inkdigits.cli.train_result import print_result, train_document
from inkdigits.datasets.dataset import Dataset, Form
from inkdigits.errors import InterruptedRunError, UsageError
from inkdigits.formats import count
from inkdigits.runs.folder import RunFolder, create_run, find_unfinished_run
from inkdigits.runs.lock import sole_writer
from inkdigits.runs.manifest import Manifest
from inkdigits.runs.recipe_file import read_recipe
from inkdigits.runs.start import MAX_MEMBERS, Interval, read_start
from inkdigits.training.recipe import Frozen, Recipe
from inkdigits.workflows.stopwatch import Stopwatch

if TYPE_CHECKING:
    from inkdigits.workflows.base import Base
    from inkdigits.workflows.teaching import TeachingRun

DEFAULT_RECIPE = "tutorial"
MAX_SEED = 2**31 - 1


def train(
    recipe: Annotated[
        str | None,
        typer.Option(
            help="A built-in recipe (tutorial, published, fast, best, robust) or the path of a "
            "JSON file; tutorial if not given.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|PATH",
            help="What to learn from and measure on: mnist, fashion-mnist, a folder with one "
            "subfolder of pictures per class, IDX files, an .npz file in Keras's layout, or "
            "Parquet files; mnist if not given. See docs/data.md.",
            show_default=False,
        ),
    ] = None,
    form: FormOption = None,
    side: SideOption = None,
    base: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="RUN|shipped",
            help="Go on from a finished network, a run folder or `shipped`, with the data that "
            "--data names: it learns these and rehearses its own, and both figures are told.",
            show_default=False,
        ),
    ] = None,
    freeze: Annotated[
        Frozen | None,
        typer.Option(
            help="With --from, the layers that keep their weights: features, which are all but "
            "the last dense one, if not given; nothing takes longer and forgets more, but can "
            "learn what is new.",
            show_default=False,
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(help="Passes over the training images, instead of the recipe's."),
    ] = None,
    teacher: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN|shipped",
            help="Learn the answers of a finished run, of one network or of several, in place of "
            "the labels: it sees each image as the network does, changed.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random, from 0.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The run folder to write, new or empty; the next runs/RECIPE-N if not given.",
            show_default=False,
        ),
    ] = None,
    members: Annotated[
        int,
        typer.Option(
            min=1,
            max=MAX_MEMBERS,
            help="Networks to train, with this seed and the following; their mean is the result.",
        ),
    ] = 1,
    deterministic: Annotated[
        bool,
        typer.Option(
            "--deterministic",
            help="Give the same bits whenever the same command runs on this machine.",
        ),
    ] = False,
    checkpoint_seconds: Annotated[
        float,
        typer.Option(
            min=1,
            callback=a_number,
            help="Keep the run's state this often, and after each epoch.",
        ),
    ] = Interval().seconds,
    checkpoint_steps: Annotated[
        int | None,
        typer.Option(min=1, help="Keep it every so many training steps, too.", show_default=False),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with the run in this folder.", show_default=False)
    ] = None,
    json: JsonOption = False,
) -> None:
    """Train a network on MNIST or data of your own, measure it and write its run folder.

    The folder holds the network (Keras, ONNX and safetensors), its figures, plots and a report.
    While training, it holds checkpoints: however a run ends, --resume goes on from the last one.

    Example: inkdigits train --recipe tutorial --seed 1 --out runs/mine
    """
    started = time.perf_counter()
    if not 0 <= seed <= MAX_SEED:
        raise UsageError(f"`--seed` must be between 0 and {MAX_SEED:,}; received {seed}")
    if seed + members - 1 > MAX_SEED:
        raise UsageError(
            f"the last network's seed must be at most {MAX_SEED:,}; received {seed + members - 1}"
        )
    checkpoints = Interval(seconds=checkpoint_seconds, steps=checkpoint_steps)
    start_from: Base | None = None
    dataset: Dataset | None = None
    teaching: TeachingRun | None = None
    if resume:
        others = (
            *(recipe, data, form, side, base, freeze),
            *(epochs, teacher, out, members > 1, deterministic),
        )
        given = any(each not in (None, False) for each in others)
        if given or seed or checkpoints != Interval():
            raise UsageError("`--resume` goes with no other option: the run knows its own")
        run = find_unfinished_run(resume)
        chosen, _ = read_start(run)
        need_training_extra()
    elif base:
        _check_tuning(recipe, data, members, teacher)
        need_training_extra()
        with keras_import():
            from inkdigits.workflows.tuning import prepare_tuning
        tuning = prepare_tuning(base, data or "", freeze or "features", epochs, _tell)
        chosen, dataset, start_from = tuning.recipe, tuning.dataset, tuning.base
        run = create_run(chosen.name, out)
    else:
        if freeze is not None:
            raise UsageError("`--freeze` goes with `--from`: fresh weights have to be learnt")
        chosen = _choose_recipe(recipe or DEFAULT_RECIPE, epochs)
        need_training_extra()
        dataset = _load(data, form, side)
        chosen = _fit(chosen, dataset, epochs) if dataset else chosen
        teaching = _load_teacher(teacher) if teacher else None
        run = create_run(chosen.name, out)
    job = _Job(
        *(run, chosen, dataset, start_from, teaching, seed, members),
        *(deterministic, checkpoints, bool(resume), started),
    )
    with sole_writer(run):
        manifest = _work(job)
    if json:
        print_json(train_document(run, chosen, manifest))
    else:
        print_result(run, manifest)


def _choose_recipe(name_or_path: str, epochs: int | None) -> Recipe:
    recipe = read_recipe(name_or_path)
    return recipe if epochs is None else recipe.replace(epochs=epochs)


def _check_tuning(recipe: str | None, data: str | None, members: int, teacher: Path | None) -> None:
    if recipe or members > 1 or teacher:
        raise UsageError(
            "`--from` goes without `--recipe`, `--members` and `--teacher`: one network goes on as "
            "it was made"
        )
    if data is None:
        raise UsageError("`--from` needs `--data`: what the network should learn besides")


def _load(data: str | None, form: Form | None, side: int | None) -> Dataset | None:
    """Load data of one's own, and tell what of it cannot be read; None for MNIST as it is."""
    if data in (None, "mnist") and form in (None, "digits") and side is None:
        return None
    from inkdigits.sources.load import load_dataset

    return load_dataset(data or "mnist", form=form, side=side, tell=_tell)


def _load_teacher(path: Path) -> TeachingRun:
    with keras_import():
        from inkdigits.workflows.teaching import load_teacher
    return load_teacher(path)


def _fit(recipe: Recipe, dataset: Dataset, epochs: int | None) -> Recipe:
    """Fit a recipe to data, and tell what that changes."""
    from inkdigits.training.fitting import fit_recipe

    fitted = fit_recipe(recipe, dataset, epochs)
    if fitted.changes:
        images = f"{count(len(dataset.train))} images of {dataset.name}"
        _tell(f"fitted to {images}: {', '.join(fitted.changes)}")
    return fitted.recipe


def _tell(message: str) -> None:
    stderr().print(f"inkdigits: {message}", markup=False, soft_wrap=True)


@dataclass(frozen=True)
class _Job:
    run: RunFolder
    recipe: Recipe
    dataset: Dataset | None
    base: Base | None
    teaching: TeachingRun | None
    seed: int
    members: int
    deterministic: bool
    checkpoints: Interval
    resumed: bool
    started: float


def _work(job: _Job) -> Manifest:
    with TerminalObserver(job.recipe.epochs) as observer:
        # Importing Keras takes seconds: only now, when everything cheap has been checked.
        with keras_import():
            from inkdigits.training.threads import share_cores

            share_cores(job.recipe.micro_batches)
            from inkdigits.workflows import train as workflow
        stopwatch = Stopwatch(job.started)
        try:
            if job.resumed:
                return workflow.resume(job.run.path, observer=observer, stopwatch=stopwatch)[1]
            return workflow.start(
                job.run,
                job.recipe,
                seed=job.seed,
                members=job.members,
                deterministic=job.deterministic,
                checkpoints=job.checkpoints,
                dataset=job.dataset,
                base=job.base,
                teaching=job.teaching,
                observer=observer,
                stopwatch=stopwatch,
            )
        except KeyboardInterrupt:  # the second Ctrl-C
            raise InterruptedRunError(
                "stopped at once; the last checkpoint is kept: "
                f"go on with `inkdigits train --resume {job.run.path}`"
            ) from None
