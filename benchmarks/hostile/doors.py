"""Every place where a person can hand a model file to inkdigits.

Comes in: a file or run folder. Goes out: whatever the door makes of it. Nothing but inkdigits is
imported here: what is measured is what a user's process would do.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from inkdigits.networks.architecture import TUTORIAL
from inkdigits.networks.weight_shapes import weight_shapes
from inkdigits.runs.checkpoints import load_checkpoint
from inkdigits.runs.finished import open_finished
from inkdigits.runs.folder import find_run, find_unfinished_run
from inkdigits.runs.recipe_file import read_recipe
from inkdigits.runs.start import read_start
from inkdigits.runs.weights_file import MAX_FILE_BYTES, parse_arrays, read_arrays
from inkdigits.workflows.evaluate import load_network
from inkdigits.workflows.readers import load_reader

Door = Callable[[Path], object]


def _summary(path: Path) -> object:
    return read_start(find_run(path))


def _resume(path: Path) -> object:
    return read_start(find_unfinished_run(path))


def _member(path: Path) -> object:
    """Read a network of an ensemble, as joining it does."""
    member = open_finished(path)
    content = member.read(member.run.weights, MAX_FILE_BYTES)
    return parse_arrays(content, member.run.weights, weight_shapes(TUTORIAL))


def _weights(path: Path) -> object:
    return read_arrays(path, weight_shapes(TUTORIAL))


def _recipe(path: Path) -> object:
    return read_recipe(str(path))


DOORS: dict[str, Door] = {
    "evaluate": load_network,
    "predict": load_reader,
    "summary": _summary,
    "resume": _resume,
    "recipe": _recipe,
    "member": _member,
    "weights": _weights,
    "checkpoint": load_checkpoint,
}
