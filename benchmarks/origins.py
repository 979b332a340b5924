"""How a network came to be, for the card that goes with it.

Comes in: a finished run's folder, or the card of a network in the package. Goes out: command, seed,
machine and figures of its training, and the same of the network that it began with.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inkdigits.recognition.shipped import SHIPPED
from inkdigits.runs.finished import open_finished
from inkdigits.runs.manifest import Manifest
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import RECIPES
from inkdigits.workflows.opened_run import OpenedRun
from inkdigits.workflows.teaching import TeachingRun

BEGAN = "began.json"  # in the folder of a run that went on from a network
# What is told of a network that another one began with.
KEPT = ("command", "seconds", "finished", "taught_by", "began_with", "towards")


def origin(run: OpenedRun) -> dict[str, object]:
    """Return how a run's network was trained, and what it noted when it went on from another."""
    noted = note(run.finished.run.path) or {"command": command(run)}
    return {**facts(run.finished.manifest), **noted}


def note(run: Path) -> dict[str, object]:
    """Return what a run noted in its folder when it went on from another; nothing if it did not."""
    began = run / BEGAN
    return json.loads(began.read_bytes()) if began.exists() else {}


def facts(manifest: Manifest) -> dict[str, object]:
    """Return how a network was trained, as its manifest tells it."""
    return {
        "command": manifest.command,
        "seed": manifest.seed,
        "finished": manifest.finished,
        "data": manifest.data.model_dump(),
        "machine": manifest.machine.model_dump(),
        "seconds": manifest.train.seconds,
        "precision": manifest.train.precision,
        "accelerator": manifest.train.accelerator,
        "validation": manifest.validation.model_dump(),
    }


def of_file(content: bytes) -> dict[str, object]:
    """Return what tells a network's file from any other."""
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def command(run: OpenedRun) -> str:
    """Return the command that trained a network.

    A run that was started with a recipe's file names the copy of that in its own folder, which
    nobody else has; a recipe of this folder is named as it lies here.
    """
    file = Path(__file__).with_name(f"{run.recipe.name}.json")
    if run.recipe.name in RECIPES or not file.exists():
        return run.finished.manifest.command
    ours = Recipe.from_json(file.read_bytes())
    if run.recipe.replace(epochs=ours.epochs) != ours:
        sys.exit(f"{run.name} was trained by another recipe than {file}")
    words = shlex.split(run.finished.manifest.command)
    place = words.index("--recipe") + 1
    epochs = [] if run.recipe == ours else ["--epochs", str(run.recipe.epochs)]
    words[place : place + 1] = [f"{file.parent.name}/{file.name}", *epochs]
    return shlex.join(words)


def taught_by(teaching: TeachingRun) -> dict[str, str]:
    """Return what is known of the network whose answers were learnt.

    Returns:
        Its SHA-256 and, unless it is that of the package, the command that trained it.
    """
    known = {"sha256": teaching.sha256}
    if teaching.name == SHIPPED:
        return known
    return {**known, "command": open_finished(Path(teaching.name)).manifest.command}


def began_with(sha256: str, facts: Mapping[str, object]) -> dict[str, object]:
    """Return what is kept of a network that another run began with: its file, how it came to be."""
    return {"sha256": sha256, **{key: facts[key] for key in KEPT if key in facts}}


def began_with_file(network: bytes, card: Mapping[str, Any]) -> dict[str, object]:
    """Return what is known of a network's file that a run began with.

    Args:
        network: Its content.
        card: The card of a network in the package.

    Returns:
        Its SHA-256; and, if the card is its own, how the first network in it was trained.
    """
    digest = hashlib.sha256(network).hexdigest()
    known = card.get("members", [card])[0] if card["sha256"] == digest else {}
    return began_with(digest, known)
