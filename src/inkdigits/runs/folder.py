"""The run folder: where each file of a run lies.

Comes in: a path. Goes out: paths of the files inside, and new folders under names not yet taken.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from inkdigits.errors import ModelFileError, OutputError, UsageError
from inkdigits.runs.files import TEMPORARY_PREFIX, make_folder, output_errors

DEFAULT_PARENT = Path("runs")
_PROBE = ".writable"


@dataclass(frozen=True)
class RunFolder:
    """The files of one run.

    Attributes:
        path: The folder.
    """

    path: Path

    @property
    def recipe(self) -> Path:
        """The recipe, written before training starts: a folder that has one is a run."""
        return self.path / "recipe.json"

    @property
    def manifest(self) -> Path:
        """The manifest, written last: a folder that has one is a finished run."""
        return self.path / "manifest.json"

    @property
    def history(self) -> Path:
        """One row per epoch."""
        return self.path / "history.csv"

    @property
    def weights(self) -> Path:
        """The network's weights."""
        return self.path / "weights.safetensors"

    @property
    def onnx(self) -> Path:
        """The network for ONNX Runtime."""
        return self.path / "model.onnx"

    @property
    def keras(self) -> Path:
        """The network in Keras's own format."""
        return self.path / "model.keras"

    @property
    def mistakes(self) -> Path:
        """One row per test image that was read wrongly."""
        return self.path / "mistakes.csv"

    @property
    def report(self) -> Path:
        """The page for people."""
        return self.path / "report.html"

    @property
    def checkpoints(self) -> Path:
        """Folder of the states to go on from."""
        return self.path / "checkpoints"

    @property
    def plots(self) -> Path:
        """Folder of the pictures."""
        return self.path / "plots"

    @property
    def start(self) -> Path:
        """Seed, data and number of networks, written before the recipe."""
        return self.path / "start.json"

    @property
    def lock(self) -> Path:
        """Locked by the process that writes the run, and there no longer than it."""
        return self.path / ".lock"

    def member(self, number: int) -> RunFolder:
        """Folder of one of an ensemble's networks, numbered from 1: a run of its own."""
        return RunFolder(self.path / "members" / str(number))


def create_run(recipe_name: str, out: Path | None = None) -> RunFolder:
    """Make the folder of a new run.

    Args:
        recipe_name: Names the folder where `out` does not.
        out: The folder to make; it may exist if it is empty, or if it holds no more than a
            process leaves that was killed before its run began. None for the first free
            `runs/<recipe>-<n>`.

    Raises:
        UsageError: If `out` is something other than an empty folder.
        OutputError: If the folder cannot be made or written to.
    """
    folder = _claim(out) if out else _claim_next(recipe_name)
    probe = folder / _PROBE
    with output_errors(folder):
        probe.touch()
        probe.unlink(missing_ok=True)
    return RunFolder(folder)


def find_run(path: Path) -> RunFolder:
    """Return the run in an existing folder.

    A link inside it might lead anywhere, to be read or written: a folder with one is refused. The
    folder itself may be reached through links.

    Raises:
        ModelFileError: If there is no run, or a link in its folder.
    """
    run = RunFolder(path)
    if not run.recipe.is_file():
        raise ModelFileError(f"{path} is not a run folder: it has no recipe.json")
    for parent, folders, files in os.walk(path):
        for name in (*folders, *files):
            if (link := Path(parent, name)).is_symlink():
                raise ModelFileError(f"a run folder must hold no links; {link} is one")
    return run


def find_unfinished_run(path: Path) -> RunFolder:
    """Return the run in an existing folder that was stopped or failed.

    Raises:
        ModelFileError: If there is no run.
        UsageError: If it is finished.
    """
    run = find_run(path)
    if run.manifest.exists():
        where = f"; its report is {run.report}" if run.report.is_file() else ""
        raise UsageError(f"the run in {path} is finished{where}")
    return run


def refuse_begun_run(run: RunFolder) -> None:
    """Make sure that nobody has begun a run in a folder since it was made for one.

    Raises:
        UsageError: If there is a run already.
    """
    if run.recipe.exists():
        raise UsageError(f"there is a run in {run.path} already")


def _claim(out: Path) -> Path:
    with output_errors(out):
        taken = out.exists() and (not out.is_dir() or any(map(_is_content, out.iterdir())))
    if taken:
        raise UsageError(f"`--out` must be a new or empty folder; received {out}")
    make_folder(out)
    return out


def _is_content(path: Path) -> bool:
    """Return whether a file is more than what comes before a run's recipe."""
    before = {_PROBE, RunFolder(path.parent).lock.name, RunFolder(path.parent).start.name}
    return path.name not in before and not path.name.startswith(TEMPORARY_PREFIX)


def _claim_next(recipe_name: str) -> Path:
    make_folder(DEFAULT_PARENT)
    name = re.compile(re.escape(recipe_name) + r"-(\d+)")
    numbers = [
        int(match[1]) for path in DEFAULT_PARENT.iterdir() if (match := name.fullmatch(path.name))
    ]
    first = max(numbers, default=0) + 1
    for number in range(first, first + 1000):
        folder = DEFAULT_PARENT / f"{recipe_name}-{number}"
        try:
            with output_errors(folder):
                folder.mkdir()
        except OutputError as error:
            if isinstance(error.__cause__, FileExistsError):
                continue  # another run took it a moment ago
            raise
        return folder
    raise OutputError(f"cannot find a free name for a run in {DEFAULT_PARENT}")
