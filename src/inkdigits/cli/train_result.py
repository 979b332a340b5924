"""What `inkdigits train` says of a finished run.

Comes in: a run's folder and manifest. Goes out: a line on stdout, or a dictionary for one JSON
document.
"""

from __future__ import annotations

from typing import Any

from inkdigits.cli.output import percent_range, stdout
from inkdigits.formats import percent
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.manifest import BaseRecord, Manifest
from inkdigits.training.recipe import Recipe


def train_document(run: RunFolder, recipe: Recipe, manifest: Manifest) -> dict[str, Any]:
    """Return what `inkdigits train --json` prints."""
    document = manifest.model_dump(
        mode="json",
        include={
            "command",
            "seed",
            "test",
            "test_augmented",
            "validation",
            "train",
            "timing",
            "confidence",
            "base",
            "members",
        },
    )
    return {
        "run": str(run.path),
        "report": str(run.report) if run.report.is_file() else None,
        "recipe": recipe.name,
        "network": recipe.network,
        **document,
    }


def print_result(run: RunFolder, manifest: Manifest) -> None:
    """Print what came out, on one line."""
    test, flawed = manifest.test, manifest.test_augmented
    also = f"; on augmented test images {percent(flawed.accuracy)}" if flawed else ""
    if manifest.members:
        alone = [each.accuracy for each in manifest.members]
        also = f"; its {len(alone)} networks alone {percent_range((min(alone), max(alone)))}"
    if manifest.base:
        also = say_base(manifest.base)
    where = f"report: {run.report}" if run.report.is_file() else f"folder: {run.path}"
    stdout().print(
        f"test accuracy {percent(test.accuracy)} (95 % interval "
        f"{percent_range(test.interval95)}){also}; {where}",
        markup=False,
    )


def say_base(base: BaseRecord) -> str:
    """Say what the network could do before, and what is left of what it knew."""
    said = f"; before {percent(base.before.accuracy)}" if base.before else ""
    if base.known_before and base.known_after:
        said += (
            f"; on {base.known_data} {percent(base.known_after.accuracy)}, "
            f"before {percent(base.known_before.accuracy)}"
        )
    return said
