"""The manifest: what a run was made from, where, how long it took and what came out.

Comes in: the facts of a run. Goes out: `manifest.json`, and the value read back from it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from inkdigits.errors import ModelFileError
from inkdigits.runs.json_seal import holds, with_seal

MAX_BYTES = 1_000_000
MAX_ENTRIES = 10_000  # an ensemble of a hundred networks has 2,500

Interval = tuple[float, float]
Fraction = Annotated[float, Field(ge=0, le=1)]


def _inside(name: str) -> str:
    """Refuse a name that does not stay in the run's folder, or would not print as it is."""
    if not name.isprintable() or not {*name.split("/")}.isdisjoint({"", ".", ".."}):
        raise ValueError("a file must be named by its path inside the run's folder")
    return name


FileName = Annotated[str, Field(max_length=300), AfterValidator(_inside)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Score(_Record):
    """How many images were read rightly.

    Attributes:
        accuracy: correct / n.
        correct: Images read rightly.
        n: Images.
        interval95: Wilson's 95 % interval of the accuracy.
        loss: Mean cross-entropy in nats.
    """

    accuracy: Fraction
    correct: Annotated[int, Field(ge=0)]
    n: Annotated[int, Field(ge=1)]
    interval95: Interval
    loss: float


class Training(_Record):
    """What training took.

    Attributes:
        seconds: Spent in training steps; start-up, validation and reports not counted.
        images_per_second: Training images through the network in a second of these.
        images: Training images through the network.
        epochs: Passes over the training images.
        precision: What the layers computed in.
        backend: What Keras ran on.
        accelerator: The graphics processor that it computed on; None for the processor itself.
        peak_memory_mib: The most memory that the process held at a time, in MiB; None where the
            system does not tell.
    """

    seconds: float
    images_per_second: float
    images: int
    epochs: int
    precision: Literal["float32", "bfloat16"]
    backend: str
    accelerator: str | None = None
    peak_memory_mib: float | None = None


class Machine(_Record):
    """Where the run was made."""

    system: str
    processor: str
    cores: int
    python: str
    packages: dict[str, str]


class DataSource(_Record):
    """What was learnt from and measured on."""

    name: str
    sha256: str
    train_images: int
    validation_images: int
    test_images: int


class ConfidenceRecord(_Record):
    """How the network's answers are to be taken.

    Attributes:
        temperature: What the classes' logits are divided by before the softmax, fitted on the
            validation images.
        score: Name of the outlier score, the one that told the worst set best.
        threshold: A picture whose score is higher is rejected.
        areas: Area under the ROC curve of each score on each set of outliers it was chosen on.
    """

    temperature: Annotated[float, Field(gt=0)]
    score: str
    threshold: float
    areas: dict[str, dict[str, Fraction]]


class BaseRecord(_Record):
    """The network that a run went on from, and what became of what it could do.

    Attributes:
        network: Absolute path of its run folder, or "shipped".
        sha256: Digest of its ONNX file.
        before: Its own figures on the test images; None if it tells other classes apart.
        known_data: Name of the data that it learnt from, some of which were learnt from again;
            None if these could not be had, or have other classes.
        known_before: Its figures on the test images of these.
        known_after: The run's figures on them.
    """

    network: str
    sha256: str
    before: Score | None
    known_data: str | None = None
    known_before: Score | None = None
    known_after: Score | None = None


class TeacherRecord(_Record):
    """The finished run whose answers were learnt in place of labels.

    Attributes:
        network: Absolute path of its run folder, or "shipped".
        sha256: Digest of its ONNX file.
    """

    network: str
    sha256: str


class Manifest(_Record):
    """Everything there is to know about a finished run.

    Attributes:
        format: Version of this layout.
        inkdigits: Version of the program.
        command: The command that makes the run again.
        finished: When, in ISO 8601 with the zone.
        seed: Seed of everything random.
        deterministic: Whether the command gives the same bits again on this machine.
        data: What was learnt from and measured on.
        machine: Where.
        train: What training took.
        timing: Seconds of each part of the whole process.
        validation: Figures on the validation images after the last epoch; of an ensemble whose
            recipe validates on test images, on these as they are.
        test: Figures on the clean test images.
        test_augmented: With recipes that validate on augmented test images, the figure they
            call validation; None otherwise, and for ensembles.
        confidence: Temperature and rejection; None where no images were held out to fit them on.
        base: The network that it went on from; None for fresh weights.
        teacher: The run whose answers it learnt; None for the labels.
        members: Of an ensemble, each network's figures on the clean test images; None otherwise.
        sha256: Digest of each file in the folder, by its path there; of the manifest itself and
            of checkpoints there is none.
        seal: Digest of all this, in the file alone: it is checked when that is read.
    """

    format: Literal[1] = 1
    inkdigits: str
    command: str
    finished: str
    seed: Annotated[int, Field(ge=0)]
    deterministic: bool = False
    data: DataSource
    machine: Machine
    train: Training
    timing: dict[str, float]
    validation: Score
    test: Score
    test_augmented: Score | None
    confidence: ConfidenceRecord | None = None
    base: BaseRecord | None = None
    teacher: TeacherRecord | None = None
    members: tuple[Score, ...] | None = None
    sha256: Annotated[dict[FileName, Digest], Field(max_length=MAX_ENTRIES)]
    seal: str | None = None

    def to_json(self) -> str:
        """Return the manifest as JSON, sealed."""
        return with_seal(self.model_dump_json(exclude={"seal"}))

    @classmethod
    def from_json(cls, text: str | bytes) -> Manifest:
        """Read a manifest.

        Raises:
            ModelFileError: If the text is not a manifest of this format.
        """
        if (text if isinstance(text, bytes) else text.encode()).count(b":") > MAX_ENTRIES:
            raise ModelFileError(f"manifest.json must have at most {MAX_ENTRIES:,} entries")
        try:
            manifest = cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = repr(".".join(str(part) for part in first["loc"]) or "the file")[1:-1]
            raise ModelFileError(f"manifest.json is damaged: {where:.60}: {first['msg']}") from None
        if not holds(text):
            raise ModelFileError("manifest.json is damaged: its seal is not that of its content")
        return manifest.model_copy(update={"seal": None})
