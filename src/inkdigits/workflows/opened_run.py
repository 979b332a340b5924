"""A finished run's folder, opened for another run that builds on it.

Comes in: a path. Goes out: what the run was made from, its layers and its weights, files read only
as its manifest promises them. It does not know what they are for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inkdigits.errors import ModelFileError
from inkdigits.networks.architecture import Architecture
from inkdigits.networks.network import Network
from inkdigits.networks.weight_shapes import weight_shapes
from inkdigits.recognition.shipped import SHIPPED
from inkdigits.runs.finished import FinishedRun, open_finished, read_weights
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.start import Start, StartedFrom, read_start
from inkdigits.training.recipe import Recipe
from inkdigits.workflows.data import architecture_for


@dataclass(frozen=True)
class OpenedRun:
    """A finished run.

    Attributes:
        finished: Its folder and its manifest.
        recipe: What it was trained with.
        begun: What it was started with besides.
        architecture: Its layers.
    """

    finished: FinishedRun
    recipe: Recipe
    begun: Start
    architecture: Architecture

    @property
    def name(self) -> str:
        """Absolute path of its folder."""
        return str(self.finished.run.path.resolve())

    @property
    def sha256(self) -> str:
        """Digest of its ONNX file."""
        return self.finished.manifest.sha256[self.finished.run.onnx.name]

    @property
    def members(self) -> list[RunFolder]:
        """Folders of its networks, where it has several."""
        several = len(self.finished.manifest.members or ())
        return [self.finished.run.member(number) for number in range(1, several + 1)]

    def networks(self) -> list[Network]:
        """Return its networks.

        Raises:
            ModelFileError: If they are missing or damaged.
        """
        shapes = weight_shapes(self.architecture)
        runs = [open_finished(each.path) for each in self.members] or [self.finished]
        return [Network(self.architecture, read_weights(each, shapes)) for each in runs]


def open_run(path: Path, purpose: str) -> OpenedRun:
    """Open a finished run.

    Args:
        path: Its folder.
        purpose: What it is to be, such as "a teacher", for messages.

    Raises:
        ModelFileError: If there is none, or it is damaged.
    """
    if not path.is_dir():
        raise ModelFileError(
            f"there is no run folder {path}; {purpose} is a run folder or `{SHIPPED}`"
        )
    finished = open_finished(path)
    recipe, begun = read_start(finished.run)
    classes = len(begun.class_names)
    architecture = architecture_for(recipe, begun.shape, classes, begun.form)
    return OpenedRun(finished, recipe, begun, architecture)


def refuse_another(noted: StartedFrom, received: str, relation: str) -> None:
    """Refuse a network that is another one by now than a run noted when it began.

    Args:
        noted: The network that it began with.
        received: Digest of the network's ONNX file as it is now.
        relation: What that is to the run, such as "taught by".

    Raises:
        ModelFileError: If the digests differ.
    """
    if received != noted.sha256:
        raise ModelFileError(
            f"the run was {relation} another network: the SHA-256 of {noted.network} must be "
            f"{noted.sha256}; received {received}"
        )
