"""The model files that are damaged by `mutated_files.py`: how each is made and loaded.

Comes in: an empty folder. Goes out: a good file, and what it loads to, as a text that is the same
only if everything a user would notice is. Other kinds of files join the list `CASES`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hostile.folders import promise

from inkdigits.evaluation.confidence import Confidence
from inkdigits.evaluation.outlier_scores import Energy
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.networks.architecture import (
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    MaxPooling2D,
    Relu,
    Softmax,
)
from inkdigits.networks.network import Network
from inkdigits.networks.weight_shapes import weight_shapes
from inkdigits.runs.checkpoints import list_checkpoints, load_checkpoint, save_checkpoint
from inkdigits.runs.finished import open_finished
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.recipe_file import read_recipe
from inkdigits.runs.start import Start, read_start, write_start
from inkdigits.runs.weights_file import MAX_FILE_BYTES, parse_arrays, write_arrays
from inkdigits.training.recipes import TUTORIAL
from inkdigits.training.state import EpochRecord, TrainerState
from inkdigits.training.sums import Sums
from inkdigits.workflows.evaluate import load_network

NETWORK = Architecture(
    "small",
    (28, 28, 1),
    (
        *(Conv2D(4, kernel=5), BatchNormalization(), Relu(), MaxPooling2D(4)),
        *(Flatten(), Dense(10), Softmax()),
    ),
)
NAMES = [str(digit) for digit in range(10)]


@dataclass(frozen=True)
class Case:
    """A kind of file.

    Attributes:
        name: What to call it.
        make: Fills an empty folder and returns the file in it that is damaged.
        load: Loads what is in the folder and returns all that matters of it as a text.
        unsealed: Whether a person writes it by hand, so that nothing tells what it should be.
    """

    name: str
    make: Callable[[Path], Path]
    load: Callable[[Path], str]
    unsealed: bool = False


def _weights() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        name: np.abs(rng.normal(0.1, 0.3, shape)).astype(np.float32)
        for name, shape in weight_shapes(NETWORK).items()
    }


def _network() -> bytes:
    confidence = Confidence(temperature=1.5, score=Energy(), threshold=0.5, areas={})
    return to_onnx([Network(NETWORK, _weights())], NAMES, confidence=confidence)


def _run(folder: Path) -> RunFolder:
    run = RunFolder(folder)
    write_start(run, TUTORIAL, Start(seed=1, data="mnist", sha256="0" * 64))
    run.onnx.write_bytes(_network())
    write_arrays(run.weights, _weights())
    return run


def _finished(folder: Path) -> RunFolder:
    run = _run(folder)
    promise(run)
    return run


def _alone(folder: Path) -> Path:
    (folder / "model.onnx").write_bytes(_network())
    return folder / "model.onnx"


def _recipe(folder: Path) -> Path:
    (folder / "mine.json").write_text(TUTORIAL.to_json())
    return folder / "mine.json"


def _checkpoint(folder: Path) -> Path:
    record = EpochRecord(1, 0.1, 0.97, 0.05, 0.985, 0.001, 12.5)
    return save_checkpoint(
        folder, TrainerState(_weights(), 2, 7, Sums(1.25, 90, 128, 120), 3.5, (record,))
    )


def _answers(path: Path) -> str:
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28), np.uint8)
    classifier = load_network(path)
    answers = classifier.answers(images)
    return f"{classifier.signature} {answers.probabilities.tolist()} {answers.rejected.tolist()}"


def _arrays(folder: Path) -> str:
    run = open_finished(folder)
    content = run.read(run.run.weights, MAX_FILE_BYTES)
    return _text(parse_arrays(content, run.run.weights, weight_shapes(NETWORK)))


def _state(folder: Path) -> str:
    state = load_checkpoint(list_checkpoints(folder)[0])
    rest = (state.epoch, state.step, state.sums, state.seconds, state.history)
    return f"{_text(state.arrays)} {rest}"


def _text(arrays: dict[str, np.ndarray]) -> str:
    digests = {
        name: (str(array.dtype), array.shape, hashlib.sha256(array.tobytes()).hexdigest())
        for name, array in sorted(arrays.items())
    }
    return repr(digests)


CASES = [
    Case("model.onnx alone", _alone, lambda folder: _answers(folder / "model.onnx")),
    Case("model.onnx of a run", lambda folder: _finished(folder).onnx, _answers),
    Case("manifest.json, evaluated", lambda folder: _finished(folder).manifest, _answers),
    Case(
        "manifest.json itself",
        lambda folder: _finished(folder).manifest,
        lambda folder: repr(open_finished(folder).manifest),
    ),
    Case("weights.safetensors", lambda folder: _finished(folder).weights, _arrays),
    Case(
        "recipe.json of a finished run",
        lambda folder: _finished(folder).recipe,
        lambda folder: repr(read_start(RunFolder(folder))),
    ),
    Case(
        "recipe.json of a run to go on with",
        lambda folder: _run(folder).recipe,
        lambda folder: repr(read_start(RunFolder(folder))),
    ),
    Case(
        "start.json of a run to go on with",
        lambda folder: _run(folder).start,
        lambda folder: repr(read_start(RunFolder(folder))),
    ),
    Case("a checkpoint", _checkpoint, _state),
    Case(
        "a recipe of one's own",
        _recipe,
        lambda folder: repr(read_recipe(str(folder / "mine.json"))),
        unsealed=True,
    ),
]
