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
from inkdigits.errors import UsageError
from inkdigits.recognition.shipped import SHIPPED, is_shipped, shipped_network
from inkdigits.runs.start import StartedFrom
from inkdigits.training.teacher import Teacher
from inkdigits.workflows.opened_run import open_run, refuse_another
from inkdigits.workflows.shipped_networks import shipped_networks


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
        >>> load_teacher(Path("shipped")).class_names[:3]
        ('0', '1', '2')
    """
    if is_shipped(path):
        return _shipped()
    run = open_run(path, "a teacher")
    return TeachingRun(run.name, run.sha256, run.begun.class_names, Teacher(run.networks()))


def _shipped() -> TeachingRun:
    content = shipped_network().read_bytes()
    teacher = Teacher(shipped_networks(content))
    return TeachingRun(SHIPPED, sha256(content).hexdigest(), DIGIT_NAMES, teacher)


def load_teacher_again(started: StartedFrom) -> TeachingRun:
    """Read the teacher that a run was begun with.

    Raises:
        ModelFileError: If there is none, it is damaged, or another one by now.
    """
    teaching = load_teacher(Path(started.network))
    refuse_another(started, teaching.sha256, "taught by")
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


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
