"""Checkpoints: a trainer's state in one file, complete or absent, the last two kept.

Comes in: a `TrainerState`. Goes out: `checkpoints/epoch-EEEE-step-SSSSSS.safetensors`, and the
newest state read back. It does not know when checkpoints are due.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path

from inkdigits.errors import ModelFileError
from inkdigits.runs.files import make_folder, output_errors
from inkdigits.runs.weights_file import read_arrays, write_arrays
from inkdigits.training.state import EpochRecord, TrainerState
from inkdigits.training.sums import Sums

KEPT = 2
_NAME = re.compile(r"epoch-\d{4,}-step-\d{6,}\.safetensors")


def save_checkpoint(folder: Path, state: TrainerState) -> Path:
    """Write a state and remove all but the last two.

    Args:
        folder: The run's folder for checkpoints; made if it is not there.
        state: What to keep.

    Returns:
        The file's path.

    Raises:
        OutputError: If it cannot be written; older checkpoints are then unharmed.
    """
    make_folder(folder)
    path = folder / f"epoch-{state.epoch:04d}-step-{state.step:06d}.safetensors"
    position = {
        "epoch": state.epoch,
        "step": state.step,
        "sums": asdict(state.sums),
        "seconds": state.seconds,
        "history": [asdict(record) for record in state.history],
    }
    write_arrays(path, state.arrays, {"position": json.dumps(position)})
    with output_errors(folder):
        for old in list_checkpoints(folder)[:-KEPT]:
            old.unlink()
    return path


def list_checkpoints(folder: Path) -> list[Path]:
    """Return the complete checkpoints in a folder, oldest first."""
    return sorted(path for path in folder.glob("*.safetensors") if _NAME.fullmatch(path.name))


def load_checkpoint(path: Path) -> TrainerState:
    """Read a state.

    Raises:
        ModelFileError: If the file is missing or damaged.
    """
    arrays, metadata = read_arrays(path)
    try:
        position = json.loads(metadata["position"])
        return TrainerState(
            arrays=arrays,
            epoch=int(position["epoch"]),
            step=int(position["step"]),
            # Checkpoints from before there were images without a class count all as classified.
            sums=Sums(**{"classified": position["sums"]["images"], **position["sums"]}),
            seconds=float(position["seconds"]),
            history=tuple(EpochRecord(**record) for record in position["history"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{path} is damaged: its position in the run is unreadable") from error


def load_newest(folder: Path) -> TrainerState | None:
    """Read the newest checkpoint that is undamaged; None if there is none.

    Example:
        >>> load_newest(Path("no-such-folder")) is None
        True
    """
    for path in reversed(list_checkpoints(folder)):
        try:
            return load_checkpoint(path)
        except ModelFileError:
            continue
    return None
