"""What a manifest says: figures, confidence and command of a run.

Comes in: values of evaluation and recipe. Goes out: the manifest's own records of them.
"""

from __future__ import annotations

import shlex

from inkdigits.evaluation.confidence import Confidence
from inkdigits.evaluation.metrics import Evaluation
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.manifest import ConfidenceRecord, Score
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import RECIPES


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
    recipe: Recipe, seed: int, run: RunFolder, members: int = 1, *, deterministic: bool = False
) -> str:
    """Return the command that makes a run again.

    A built-in recipe is called by its name, with `--epochs` where that was changed; any other by
    the copy in the run's folder.

    Example:
        >>> from pathlib import Path
        >>> from inkdigits.training.recipes import TUTORIAL
        >>> command_for(TUTORIAL.replace(epochs=2), 3, RunFolder(Path("runs/a")))
        'inkdigits train --recipe tutorial --epochs 2 --seed 3'
    """
    known = RECIPES.get(recipe.name)
    words = ["inkdigits", "train", "--recipe"]
    if known and recipe == known.replace(epochs=recipe.epochs):
        words.append(recipe.name)
        if recipe != known:
            words += ["--epochs", str(recipe.epochs)]
    else:
        words.append(str(run.recipe))
    if members > 1:
        words += ["--members", str(members)]
    words += ["--seed", str(seed)]
    return shlex.join([*words, "--deterministic"] if deterministic else words)
