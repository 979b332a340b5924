"""`inkdigits train`: from a recipe to a finished run folder."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from inkdigits.cli.assignment import (
    Assignment,
    check_fine_tuning,
    fine_tuning,
    from_scratch,
    resumed,
)
from inkdigits.cli.data_options import FormOption, SideOption
from inkdigits.cli.importing import what_is_there_stays
from inkdigits.cli.numbers import a_number
from inkdigits.cli.output import JsonOption, print_json
from inkdigits.cli.progress import TerminalObserver
from inkdigits.cli.quiet import keras_import
from inkdigits.cli.train_result import print_result, train_document
from inkdigits.errors import InterruptedRunError, UsageError
from inkdigits.runs.lock import sole_writer
from inkdigits.runs.manifest import Manifest
from inkdigits.runs.start import MAX_MEMBERS, Interval
from inkdigits.training.recipe import Frozen
from inkdigits.workflows.stopwatch import Stopwatch

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
    _check_seeds(seed, members)
    checkpoints = Interval(seconds=checkpoint_seconds, steps=checkpoint_steps)
    if resume:
        others = (
            *(recipe, data, form, side, base, freeze),
            *(epochs, teacher, out, members > 1, deterministic),
        )
        given = any(each not in (None, False) for each in others)
        if given or seed or checkpoints != Interval():
            raise UsageError("`--resume` goes with no other option: the run knows its own")
        task = resumed(resume)
    elif base:
        check_fine_tuning(recipe, data, members, teacher)
        task = fine_tuning(base, data or "", freeze or "features", epochs, out)
    else:
        if freeze is not None:
            raise UsageError("`--freeze` goes with `--from`: fresh weights have to be learnt")
        chosen = recipe or DEFAULT_RECIPE
        task = from_scratch(chosen, data, form, side, epochs=epochs, teacher=teacher, out=out)
    job = _Job(task, seed, members, deterministic, checkpoints, started)
    with sole_writer(task.run):
        manifest = _work(job)
    if json:
        print_json(train_document(task.run, task.recipe, manifest))
    else:
        print_result(task.run, manifest)


def _check_seeds(seed: int, members: int) -> None:
    if not 0 <= seed <= MAX_SEED:
        raise UsageError(f"`--seed` must be between 0 and {MAX_SEED:,}; received {seed}")
    if seed + members - 1 > MAX_SEED:
        raise UsageError(
            f"the last network's seed must be at most {MAX_SEED:,}; received {seed + members - 1}"
        )


@dataclass(frozen=True)
class _Job:
    task: Assignment
    seed: int
    members: int
    deterministic: bool
    checkpoints: Interval
    started: float


def _work(job: _Job) -> Manifest:
    task = job.task
    with TerminalObserver(task.recipe.epochs) as observer:
        # Importing Keras takes seconds: only now, when everything cheap has been checked.
        with keras_import():
            from inkdigits.training.threads import share_cores

            share_cores(task.recipe.micro_batches)
            from inkdigits.workflows import train as workflow
        stopwatch = Stopwatch(job.started)
        try:
            with what_is_there_stays():
                if task.resumed:
                    return workflow.resume(task.run.path, observer=observer, stopwatch=stopwatch)[1]
                return workflow.start(
                    task.run,
                    task.recipe,
                    seed=job.seed,
                    members=job.members,
                    deterministic=job.deterministic,
                    checkpoints=job.checkpoints,
                    dataset=task.dataset,
                    base=task.base,
                    teaching=task.teaching,
                    observer=observer,
                    stopwatch=stopwatch,
                )
        except KeyboardInterrupt:  # the second Ctrl-C
            raise InterruptedRunError(
                "stopped at once; the last checkpoint is kept: "
                f"go on with `inkdigits train --resume {task.run.path}`"
            ) from None
