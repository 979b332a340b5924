"""What `inkdigits train` is given to do, from its options: a run's folder and what is learnt in it.

Comes in: options. Goes out: an `Assignment`, its folder made, everything cheap checked. What must
be told of the data goes to stderr.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from inkdigits.cli.extras import need_training_extra
from inkdigits.cli.output import stderr
from inkdigits.cli.quiet import keras_import
from inkdigits.datasets.dataset import Dataset, Form
from inkdigits.errors import UsageError
from inkdigits.formats import count
from inkdigits.runs.folder import RunFolder, create_run, find_unfinished_run
from inkdigits.runs.recipe_file import read_recipe
from inkdigits.runs.start import read_start
from inkdigits.training.recipe import Frozen, Recipe

if TYPE_CHECKING:
    from inkdigits.workflows.base import Base
    from inkdigits.workflows.teaching import TeachingRun


@dataclass(frozen=True)
class Assignment:
    """A run and what it learns from.

    Attributes:
        run: Its folder.
        recipe: How it learns.
        dataset: What it learns; None for MNIST.
        base: The network that it goes on from; None for fresh weights.
        teaching: The run whose answers it learns; None for the labels.
        resumed: Whether it has begun already; then its folder knows all but the recipe.
    """

    run: RunFolder
    recipe: Recipe
    dataset: Dataset | None = None
    base: Base | None = None
    teaching: TeachingRun | None = None
    resumed: bool = False


def resumed(folder: Path) -> Assignment:
    """Return what is left of a run that was stopped."""
    run = find_unfinished_run(folder)
    recipe, _ = read_start(run)
    need_training_extra()
    return Assignment(run, recipe, resumed=True)


def fine_tuning(
    base: Path, data: str, frozen: Frozen, epochs: int | None, out: Path | None
) -> Assignment:
    """Let a finished network go on with data of one's own."""
    need_training_extra()
    with keras_import():
        from inkdigits.workflows.tuning import prepare_tuning
    tuning = prepare_tuning(base, data, frozen, epochs, _tell)
    run = create_run(tuning.recipe.name, out)
    return Assignment(run, tuning.recipe, tuning.dataset, tuning.base)


def from_scratch(
    recipe: str,
    data: str | None,
    form: Form | None,
    side: int | None,
    *,
    epochs: int | None,
    teacher: Path | None,
    out: Path | None,
) -> Assignment:
    """Let fresh weights learn by a recipe."""
    chosen = read_recipe(recipe)
    if epochs is not None:
        chosen = chosen.replace(epochs=epochs)
    need_training_extra()
    dataset = _load(data, form, side)
    chosen = _fit(chosen, dataset, epochs) if dataset else chosen
    teaching = _load_teacher(teacher) if teacher else None
    return Assignment(create_run(chosen.name, out), chosen, dataset, teaching=teaching)


def check_fine_tuning(
    recipe: str | None, data: str | None, members: int, teacher: Path | None
) -> None:
    """Refuse options that do not go with a network to go on from.

    Raises:
        UsageError: If one is given, or no data are.
    """
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
