"""The whole corpus, and every way in which each of its files is tried.

Comes in: a trap. Goes out: attempts: a file or run folder and the door to try it at. A file is
tried alone, and as each of the files of a run folder whose manifest promises it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from hostile.folders import FOLDERS, make_run, promise
from hostile.keras_files import KERAS
from hostile.onnx_files import ONNX
from hostile.pickles import PICKLES
from hostile.texts import SPECIAL, TEXTS
from hostile.trap import Hostile, Trap

FILES = [*KERAS, *ONNX, *PICKLES, *TEXTS]
CORPUS = [*FILES, *SPECIAL, *FOLDERS]
FILE_DOORS = ("evaluate", "predict", "summary", "resume", "recipe", "weights", "checkpoint")
FOLDER_DOORS = ("evaluate", "predict", "summary", "resume")
# As which file of a run folder, and the door that reads it there.
PLACES = {
    "model.onnx": "evaluate",
    "recipe.json": "summary",
    "start.json": "summary",
    "manifest.json": "evaluate",
    "weights.safetensors": "member",
}
# What is a fine run at these doors: they do not look at what is wrong with it.
HARMLESS = {
    ("run-other-network", "summary"),
    ("run-other-recipe", "evaluate"),
    ("run-pipe", "summary"),
}


@dataclass(frozen=True)
class Attempt:
    """A hostile file at a door.

    Attributes:
        name: Of the hostile file, and the place in a run folder if it has one.
        door: Which door.
        path: What is handed over.
        folder: What may be read.
    """

    name: str
    door: str
    path: str
    folder: str


def attempts(trap: Trap) -> list[Attempt]:
    """Make every file and return how to try it."""
    made = []
    for hostile in CORPUS:
        folder = trap.folder / hostile.name
        folder.mkdir()
        path = hostile.make(folder, trap)
        made += _ways(hostile, folder, path)
    return made


def _ways(hostile: Hostile, folder: Path, path: Path) -> list[Attempt]:
    if hostile in FOLDERS:
        return [
            Attempt(hostile.name, door, str(path), str(folder))
            for door in FOLDER_DOORS
            if (hostile.name, door) not in HARMLESS
        ]
    if path.suffix != ".json":
        os.link(path, folder / "named.json", follow_symlinks=False)
    named = path if path.suffix == ".json" else folder / "named.json"
    alone = [
        Attempt(hostile.name, door, str(named if door == "recipe" else path), str(folder))
        for door in FILE_DOORS
    ]
    if hostile in SPECIAL:
        return alone
    return alone + [_placed(hostile, folder, path, name) for name in PLACES]


def _placed(hostile: Hostile, folder: Path, path: Path, name: str) -> Attempt:
    """Return an attempt with the file as one of a run's, promised by the manifest."""
    run = make_run(folder / f"as-{name}")
    (run.path / name).unlink(missing_ok=True)
    os.link(path, run.path / name)
    if name != "manifest.json":
        promise(run)
    return Attempt(f"{hostile.name} as {name}", PLACES[name], str(run.path), str(folder))
