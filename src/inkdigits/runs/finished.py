"""A finished run, each of its files read only as its manifest promises it.

Comes in: a folder. Goes out: contents whose SHA-256 is that in the manifest. What the manifest does
not name cannot be read from here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inkdigits.errors import ModelFileError
from inkdigits.runs.folder import RunFolder, find_run
from inkdigits.runs.manifest import MAX_BYTES, Manifest
from inkdigits.runs.reading import read_limited
from inkdigits.runs.weights_file import MAX_FILE_BYTES, Shapes, parse_arrays


@dataclass(frozen=True)
class FinishedRun:
    """A run that has a manifest.

    Attributes:
        run: Its folder.
        manifest: What it says.
    """

    run: RunFolder
    manifest: Manifest

    def read(self, path: Path, limit: int) -> bytes:
        """Return the content of a file of the run.

        Args:
            path: One of the paths that `run` gives.
            limit: Bytes that it may have.

        Raises:
            ModelFileError: If it is missing, too large, or not the one that the run wrote.
        """
        promised = self.manifest.sha256.get(path.relative_to(self.run.path).as_posix())
        if promised is None:
            raise ModelFileError(f"{self.run.manifest} does not name {path.name}")
        content = read_limited(path, limit)
        received = hashlib.sha256(content).hexdigest()
        if received != promised:
            raise ModelFileError(
                f"{path} is not the file that the run wrote: its SHA-256 must be {promised}; "
                f"received {received}"
            )
        return content


def read_weights(finished: FinishedRun, shapes: Shapes) -> dict[str, np.ndarray]:
    """Return the weights of a finished run of one network.

    Args:
        finished: The run.
        shapes: That of each array, by "layer/variable".

    Raises:
        ModelFileError: If they are missing, not the ones that the run wrote, or of other shapes.
    """
    path = finished.run.weights
    return parse_arrays(finished.read(path, MAX_FILE_BYTES), path, shapes)


def open_finished(path: Path) -> FinishedRun:
    """Return the finished run in a folder.

    Raises:
        ModelFileError: If there is none, or its manifest is damaged.
    """
    run = find_run(path)
    if not run.manifest.is_file():
        raise ModelFileError(
            f"the run in {path} is not finished; go on with `inkdigits train --resume {path}`"
        )
    return FinishedRun(run, Manifest.from_json(read_limited(run.manifest, MAX_BYTES)))


def digest_files(run: RunFolder) -> dict[str, str]:
    """Return the SHA-256 of everything in a run's folder, by the path from there.

    The manifest itself, checkpoints and hidden files are left out: they come and go, or come later.
    """
    return {
        path.relative_to(run.path).as_posix(): _digest(path)
        for path in sorted(run.path.rglob("*"))
        if path.is_file() and path != run.manifest and _stays(path.relative_to(run.path))
    }


def _stays(path: Path) -> bool:
    checkpoints = RunFolder(Path()).checkpoints.name
    return not any(part == checkpoints or part.startswith(".") for part in path.parts)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
