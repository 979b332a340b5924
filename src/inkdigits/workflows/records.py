"""What a manifest says: figures, confidence and command of a run.

Comes in: values of evaluation and recipe. Goes out: the manifest's own records of them.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from inkdigits.datasets.dataset import Dataset, LabelledImages
from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.evaluation.confidence import Confidence
from inkdigits.evaluation.metrics import Evaluation, evaluate
from inkdigits.recognition.answers import Classifier
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.manifest import BaseRecord, ConfidenceRecord, Score
from inkdigits.sources.forming import USUAL_SIDE
from inkdigits.training.fine_tuning import EPOCHS
from inkdigits.training.fitting import fit_recipe
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import RECIPES
from inkdigits.workflows.base import Base


def confidence_record(confidence: Confidence) -> ConfidenceRecord:
    """Return what the manifest says of a confidence."""
    return ConfidenceRecord(
        temperature=confidence.temperature,
        score=confidence.score.kind,
        threshold=confidence.threshold,
        areas={kind: dict(sets) for kind, sets in confidence.areas.items()},
    )


def score(evaluation: Evaluation) -> Score:
    """Return what the manifest says of an evaluation."""
    return Score(
        accuracy=evaluation.accuracy,
        correct=evaluation.correct,
        n=evaluation.n,
        interval95=evaluation.interval95,
        loss=evaluation.log_loss,
    )


def command_for(
    recipe: Recipe,
    seed: int,
    run: RunFolder,
    members: int = 1,
    *,
    dataset: Dataset | None = None,
    base: Base | None = None,
    teacher: str | None = None,
    deterministic: bool = False,
) -> str:
    """Return the command that makes a run again.

    A built-in recipe is called by its name, fitted to the data or not, with `--epochs` where these
    were changed; any other by the copy in the run's folder.

    Example:
        >>> from pathlib import Path
        >>> from inkdigits.training.recipes import TUTORIAL
        >>> command_for(TUTORIAL.replace(epochs=2), 3, RunFolder(Path("runs/a")))
        'inkdigits train --recipe tutorial --epochs 2 --seed 3'
    """
    words = ["inkdigits", "train"]
    if base:
        words += _base_words(recipe, base)
    else:
        words += ["--recipe", *_recipe_words(recipe, run, dataset)]
    words += _data_words(dataset) if dataset else []
    words += ["--teacher", _from_here(teacher)] if teacher else []
    if members > 1:
        words += ["--members", str(members)]
    words += ["--seed", str(seed)]
    return shlex.join([*words, "--deterministic"] if deterministic else words)


def base_record(
    base: Base, dataset: Dataset, known: Dataset | None, classifier: Classifier
) -> BaseRecord:
    """Measure what a network could do before a run went on from it, and what is left of that.

    Args:
        base: The network as it was.
        dataset: What the run learnt from.
        known: What the network had learnt from; None if it cannot be had.
        classifier: The network as it is now.
    """

    def measure(network: Classifier, images: LabelledImages) -> Score:
        return score(evaluate(network.probabilities(images.images), images.labels))

    same = base.class_names == dataset.class_names
    record = BaseRecord(
        network=base.name,
        sha256=base.sha256,
        before=measure(base.classifier, dataset.test) if same else None,
    )
    if known is None:
        return record
    return record.model_copy(
        update={
            "known_data": known.name,
            "known_before": measure(base.classifier, known.test),
            "known_after": measure(classifier, known.test),
        }
    )


def _from_here(path: str) -> str:
    """Return an absolute path, or "shipped", as it is named from the working folder."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path


def _base_words(recipe: Recipe, base: Base) -> list[str]:
    words = ["--from", base.name]
    if recipe.frozen != "features":
        words += ["--freeze", recipe.frozen]
    if recipe.epochs != EPOCHS:
        words += ["--epochs", str(recipe.epochs)]
    return words


def _recipe_words(recipe: Recipe, run: RunFolder, dataset: Dataset | None) -> list[str]:
    known = RECIPES.get(recipe.name)
    if known is None:
        return [str(run.recipe)]
    for epochs in (None, recipe.epochs):
        asked = known if epochs is None else known.replace(epochs=epochs)
        fitted = fit_recipe(known, dataset, epochs).recipe if dataset else asked
        if recipe in (asked, fitted):
            return [recipe.name, *(["--epochs", str(epochs)] if epochs else [])]
    return [str(run.recipe)]


def _data_words(dataset: Dataset) -> list[str]:
    """Return the options that load a data set; those that the program would find out are left out.

    Data that were handed over in memory have none.
    """
    if dataset.source in (None, "mnist"):
        return []
    words = ["--data", str(dataset.source)]
    if dataset.form == "pictures":
        if set(dataset.class_names) <= set(DIGIT_NAMES):
            words += ["--form", "pictures"]
        if dataset.shape[0] != USUAL_SIDE:
            words += ["--side", str(dataset.shape[0])]
    return words
