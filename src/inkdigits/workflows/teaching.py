"""A finished run as the teacher of another.

Comes in: a run folder, of one network or of several, or the word "shipped". Goes out: its networks
with what must be known of them. Files are read only as the run's manifest promises them. It does
not know what is taught.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.errors import ModelFileError, UsageError
from inkdigits.export.onnx_weights import weights_from_onnx
from inkdigits.networks.architecture import find_architecture
from inkdigits.networks.weight_shapes import weight_shapes
from inkdigits.recognition.shipped import SHIPPED, shipped_network
from inkdigits.runs.finished import FinishedRun, open_finished, read_weights
from inkdigits.runs.start import StartedFrom, read_start
from inkdigits.training.recipes import ROBUST
from inkdigits.training.teacher import Teacher
from inkdigits.workflows.data import architecture_for


@dataclass(frozen=True, eq=False)
class TeachingRun:
    """A finished run that teaches.

    Attributes:
        name: Absolute path of its folder, or "shipped".
        sha256: Digest of its ONNX file.
        class_names: Its classes, in order.
        teacher: Its networks.
    """

    name: str
    sha256: str
    class_names: tuple[str, ...]
    teacher: Teacher

    @property
    def record(self) -> StartedFrom:
        """What a run that it teaches notes of it."""
        return StartedFrom(network=self.name, sha256=self.sha256)


def load_teacher(path: Path) -> TeachingRun:
    """Read a finished run that is to teach.

    Args:
        path: A run folder, or "shipped" where nothing has that name.

    Raises:
        ModelFileError: If there is none, or it is damaged.

    Example:
        >>> load_teacher(Path("shipped")).teacher.architecture.name
        'robust'
    """
    if path == Path(SHIPPED) and not path.exists():
        return _shipped()
    if not path.is_dir():
        raise ModelFileError(
            f"there is no run folder {path}; a teacher is a run folder or `{SHIPPED}`"
        )
    finished = open_finished(path)
    recipe, begun = read_start(finished.run)
    classes = len(begun.class_names)
    architecture = architecture_for(recipe, begun.shape, classes, begun.form)
    shapes = weight_shapes(architecture)
    members = [read_weights(each, shapes) for each in _members(finished)]
    return TeachingRun(
        name=str(path.resolve()),
        sha256=finished.manifest.sha256[finished.run.onnx.name],
        class_names=begun.class_names,
        teacher=Teacher(architecture, members),
    )


def _shipped() -> TeachingRun:
    content, architecture = shipped_network().read_bytes(), find_architecture(ROBUST.network)
    teacher = Teacher(architecture, weights_from_onnx(content, architecture))
    return TeachingRun(SHIPPED, sha256(content).hexdigest(), DIGIT_NAMES, teacher)


def load_teacher_again(started: StartedFrom) -> TeachingRun:
    """Read the teacher that a run was begun with.

    Raises:
        ModelFileError: If there is none, it is damaged, or another one by now.
    """
    teaching = load_teacher(Path(started.network))
    if teaching.sha256 != started.sha256:
        raise ModelFileError(
            f"the run was taught by another network: the SHA-256 of {started.network} must be "
            f"{started.sha256}; received {teaching.sha256}"
        )
    return teaching


def check_classes(teaching: TeachingRun, dataset: Dataset) -> None:
    """Refuse a teacher of other classes than a data set's.

    Raises:
        UsageError: If they are not the same, in the same order.
    """
    if teaching.class_names != dataset.class_names:
        raise UsageError(
            f"the teacher must know the classes {_few(dataset.class_names)}, those of "
            f"{dataset.name}; {teaching.name} knows {_few(teaching.class_names)}"
        )


def _members(finished: FinishedRun) -> list[FinishedRun]:
    several = finished.manifest.members or ()
    return [open_finished(finished.run.member(i + 1).path) for i in range(len(several))] or [
        finished
    ]


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
