"""Checkpoints: a trainer's state in one file, complete or absent, the last two kept.

Comes in: a `TrainerState`. Goes out: `checkpoints/epoch-EEEE-step-SSSSSS.safetensors`, and the
newest state read back. A digest over all of it tells a file that was damaged later. It does not
know when checkpoints are due.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np

from inkdigits.errors import ModelFileError
from inkdigits.runs.files import output_errors
from inkdigits.runs.weights_file import read_arrays, write_arrays
from inkdigits.training.state import EpochRecord, TrainerState
from inkdigits.training.sums import Sums

KEPT = 2
_NAME = re.compile(r"epoch-\d{4,}-step-\d{6,}\.safetensors")


def save_checkpoint(folder: Path, state: TrainerState) -> Path:
    """Write a state and, once it is safe, remove all but it and the one before.

    Args:
        folder: The run's folder for checkpoints; made if it is not there, but not the run's own.
        state: What to keep.

    Returns:
        The file's path.

    Raises:
        OutputError: If it cannot be written; older checkpoints are then unharmed.
    """
    with output_errors(folder):
        folder.mkdir(exist_ok=True)
    path = folder / f"epoch-{state.epoch:04d}-step-{state.step:06d}.safetensors"
    position = json.dumps(
        {
            "epoch": state.epoch,
            "step": state.step,
            "sums": asdict(state.sums),
            "seconds": state.seconds,
            "history": [asdict(record) for record in state.history],
        }
    )
    digest = _digest(state.arrays, position)
    write_arrays(path, state.arrays, {"position": position, "sha256": digest})
    with output_errors(folder):
        for other in _superseded(list_checkpoints(folder), path):
            other.unlink()
    return path


def _superseded(paths: list[Path], newest: Path) -> list[Path]:
    """Return what need not be kept: what is too old, and damaged files that claim to be newer."""
    place = paths.index(newest)
    return paths[: max(0, place + 1 - KEPT)] + paths[place + 1 :]


def list_checkpoints(folder: Path) -> list[Path]:
    """Return the complete checkpoints in a folder, oldest first."""
    return sorted(path for path in folder.glob("*.safetensors") if _NAME.fullmatch(path.name))


def load_checkpoint(path: Path) -> TrainerState:
    """Read a state.

    Raises:
        ModelFileError: If the file is missing or damaged.
    """
    arrays, metadata = read_arrays(path)
    if metadata.get("sha256") != _digest(arrays, metadata.get("position", "")):
        raise ModelFileError(f"{path} is damaged: its digest is not that of its content")
    try:
        position = json.loads(metadata["position"])
        return TrainerState(
            arrays=arrays,
            epoch=int(position["epoch"]),
            step=int(position["step"]),
            sums=Sums(**position["sums"]),
            seconds=float(position["seconds"]),
            history=tuple(EpochRecord(**record) for record in position["history"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{path} is damaged: its position in the run is unreadable") from error


def load_newest(folder: Path, warn: Callable[[str], object] | None = None) -> TrainerState | None:
    """Read the newest checkpoint that is undamaged; None if there is none.

    Args:
        folder: The run's folder for checkpoints.
        warn: Is told of each damaged one that is passed over.

    Example:
        >>> load_newest(Path("no-such-folder")) is None
        True
    """
    for path in reversed(list_checkpoints(folder)):
        try:
            return load_checkpoint(path)
        except ModelFileError as error:
            if warn:
                warn(f"{error}; an older checkpoint takes its place")
    return None


def _digest(arrays: Mapping[str, np.ndarray], position: str) -> str:
    digest = hashlib.sha256(position.encode())
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
