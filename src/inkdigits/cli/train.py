"""`inkdigits train`: from a recipe to a finished run folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from inkdigits.cli.extras import need_training_extra
from inkdigits.cli.output import JsonOption, percent_range, print_json, stdout
from inkdigits.cli.progress import TerminalObserver
from inkdigits.cli.quiet import hold_back_stderr
from inkdigits.errors import InterruptedRunError, UsageError
from inkdigits.formats import percent
from inkdigits.runs.folder import RunFolder, create_run, find_unfinished_run
from inkdigits.runs.manifest import Manifest
from inkdigits.runs.recipe_file import read_recipe
from inkdigits.runs.start import read_start
from inkdigits.training.recipe import Recipe
from inkdigits.workflows.stopwatch import Stopwatch

DEFAULT_RECIPE = "tutorial"
MAX_SEED = 2**31 - 1


def train(
    recipe: Annotated[
        str | None,
        typer.Option(
            help="A built-in recipe (tutorial, published) or the path of a JSON file; "
            "tutorial if not given.",
            show_default=False,
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(help="Passes over the training images, instead of the recipe's."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random, from 0.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The run folder to write, new or empty; the next runs/RECIPE-N if not given.",
            show_default=False,
        ),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with the run in this folder.", show_default=False)
    ] = None,
    json: JsonOption = False,
) -> None:
    """Train a network on MNIST, measure it and write its run folder.

    The folder holds the network (Keras, ONNX and safetensors), its figures, plots and a report.

    Example: inkdigits train --recipe tutorial --seed 1 --out runs/mine
    """
    started = time.perf_counter()
    if not 0 <= seed <= MAX_SEED:
        raise UsageError(f"`--seed` must be between 0 and {MAX_SEED:,}; received {seed}")
    if resume:
        if recipe or epochs is not None or out or seed:
            raise UsageError("`--resume` goes with no other option: the run knows its own")
        run = find_unfinished_run(resume)
        chosen, _ = read_start(run)
        need_training_extra()
    else:
        chosen = _choose_recipe(recipe or DEFAULT_RECIPE, epochs)
        need_training_extra()
        run = create_run(chosen.name, out)
    run, manifest = _work(run, chosen, seed, bool(resume), started)
    if json:
        print_json(train_document(run, chosen, manifest))
    else:
        _print_result(run, manifest)


def _choose_recipe(name_or_path: str, epochs: int | None) -> Recipe:
    recipe = read_recipe(name_or_path)
    return recipe if epochs is None else recipe.replace(epochs=epochs)


def _work(
    run: RunFolder, recipe: Recipe, seed: int, resumed: bool, started: float
) -> tuple[RunFolder, Manifest]:
    with TerminalObserver(recipe.epochs) as observer:
        # Importing Keras takes seconds: only now, when everything cheap has been checked.
        with hold_back_stderr():
            from inkdigits.training.threads import share_cores
            from inkdigits.workflows import train as workflow

            share_cores(recipe.micro_batches)
        stopwatch = Stopwatch(started)
        try:
            if resumed:
                return workflow.resume(run.path, observer=observer, stopwatch=stopwatch)
            return workflow.start(run, recipe, seed=seed, observer=observer, stopwatch=stopwatch)
        except KeyboardInterrupt:  # the second Ctrl-C
            raise InterruptedRunError(
                "stopped at once; the last finished epoch is kept: "
                f"go on with `inkdigits train --resume {run.path}`"
            ) from None


def train_document(run: RunFolder, recipe: Recipe, manifest: Manifest) -> dict[str, Any]:
    """Return what `inkdigits train --json` prints."""
    document = manifest.model_dump(
        mode="json",
        include={"command", "seed", "test", "test_augmented", "validation", "train", "timing"},
    )
    return {
        "run": str(run.path),
        "report": str(run.report),
        "recipe": recipe.name,
        "network": recipe.network,
        **document,
    }


def _print_result(run: RunFolder, manifest: Manifest) -> None:
    test, flawed = manifest.test, manifest.test_augmented
    also = f"; on augmented test images {percent(flawed.accuracy)}" if flawed else ""
    stdout().print(
        f"test accuracy {percent(test.accuracy)} (95 % interval "
        f"{percent_range(test.interval95)}){also}; report: {run.report}",
        markup=False,
    )
