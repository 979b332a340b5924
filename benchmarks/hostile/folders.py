"""Hostile run folders: a finished or unfinished run with one thing changed.

An attacker can write a manifest that promises whatever lies beside it; so do these, where they can.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from hostile.onnx_files import small_network
from hostile.trap import Hostile, Trap
from inkdigits.runs.finished import digest_files
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.manifest import DataSource, Machine, Manifest, Score, Training
from inkdigits.runs.start import Start, write_start
from inkdigits.training.recipes import TUTORIAL

Change = Callable[[RunFolder, Trap], object]


def make_run(path: Path) -> RunFolder:
    """Write a finished run with a small network."""
    run = RunFolder(path)
    path.mkdir()
    write_start(run, TUTORIAL, Start(seed=0, data="mnist", sha256="0" * 64))
    run.onnx.write_bytes(small_network().SerializeToString())
    promise(run)
    return run


def promise(run: RunFolder) -> Manifest:
    """Write a manifest that promises every file as it lies there."""
    score = Score(accuracy=0.5, correct=1, n=2, interval95=(0.1, 0.9), loss=1.0)
    data = DataSource(
        name="mnist", sha256="0" * 64, train_images=1, validation_images=2, test_images=2
    )
    manifest = Manifest(
        inkdigits="0.1.0",
        command="",
        finished="",
        seed=0,
        data=data,
        machine=Machine(system="", processor="", cores=1, python="", packages={}),
        train=Training(
            seconds=1,
            images_per_second=1,
            images=1,
            epochs=1,
            precision="float32",
            backend="tensorflow",
        ),
        timing={},
        validation=score,
        test=score,
        test_augmented=None,
        sha256=digest_files(run),
    )
    run.manifest.write_text(manifest.to_json())
    return manifest


def _run_with(change: Change) -> Callable[[Path, Trap], Path]:
    def make(folder: Path, trap: Trap) -> Path:
        run = make_run(folder / "run")
        change(run, trap)
        return run.path

    return make


def _names_outside(run: RunFolder, trap: Trap) -> None:
    document = json.loads(run.manifest.read_text())
    del document["seal"]
    document["sha256"][os.path.relpath(trap.secret, run.path)] = "0" * 64
    run.manifest.write_text(json.dumps(document))


def _link(name: str) -> Change:
    def change(run: RunFolder, trap: Trap) -> None:
        path = run.path / name
        path.unlink(missing_ok=True)
        path.symlink_to(trap.secret)

    return change


def _linked_folder(run: RunFolder, trap: Trap) -> None:
    run.manifest.unlink()
    run.checkpoints.symlink_to(trap.secret.parent)


def _other_network(run: RunFolder, _: Trap) -> None:
    model = small_network()
    model.graph.name = "another"
    run.onnx.write_bytes(model.SerializeToString())


def _pipe(run: RunFolder, _: Trap) -> None:
    run.manifest.unlink()
    os.mkfifo(run.manifest)


def _sparse(run: RunFolder, _: Trap) -> None:
    os.truncate(run.manifest, 2**40)


def _other_recipe(run: RunFolder, _: Trap) -> None:
    run.manifest.unlink()
    run.recipe.write_text(TUTORIAL.replace(epochs=10_000).to_json())


FOLDERS = [
    Hostile("run-names-outside", "a manifest that names ../secret", _run_with(_names_outside)),
    Hostile(
        "run-linked-network", "model.onnx is a link to outside", _run_with(_link("model.onnx"))
    ),
    Hostile(
        "run-linked-recipe", "recipe.json is a link to outside", _run_with(_link("recipe.json"))
    ),
    Hostile("run-linked-start", "start.json is a link to outside", _run_with(_link("start.json"))),
    Hostile("run-linked-folder", "checkpoints would go elsewhere", _run_with(_linked_folder)),
    Hostile("run-other-network", "not the network of the manifest", _run_with(_other_network)),
    Hostile("run-pipe", "a manifest that nobody writes", _run_with(_pipe)),
    Hostile("run-sparse-manifest", "a manifest of 1 TiB", _run_with(_sparse)),
    Hostile("run-other-recipe", "ten thousand epochs slipped in", _run_with(_other_recipe)),
]
