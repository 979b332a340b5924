"""How a run was started: the seed and the data it must go on with.

Comes in: seed and data. Goes out: `start.json`, written before training, and the value read back.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inkdigits.arrays import COLOURS, LARGEST_SIDE, MOST_CLASSES
from inkdigits.datasets.dataset import Dataset, Form
from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.errors import ModelFileError, RecipeError
from inkdigits.runs.files import write_whole
from inkdigits.runs.finished import open_finished
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.json_seal import holds, with_seal
from inkdigits.runs.reading import MAX_JSON_BYTES, read_limited
from inkdigits.training.recipe import Recipe

MAX_MEMBERS = 100

Side = Annotated[int, Field(ge=1, le=LARGEST_SIDE)]
Channels = Annotated[int, Field(ge=1, le=COLOURS)]
ClassName = Annotated[str, Field(max_length=200)]


class Interval(BaseModel):
    """How much of a run may be lost: when a checkpoint is due, besides after each epoch.

    Attributes:
        seconds: Longest time between two.
        steps: Training steps between two; None to go by the time alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    seconds: Annotated[float, Field(gt=0)] = 60.0
    steps: Annotated[int, Field(ge=1)] | None = None


class StartedFrom(BaseModel):
    """The finished network that a run went on from, or was taught by.

    Attributes:
        network: Absolute path of its run folder, or "shipped".
        sha256: Digest of its ONNX file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    network: str
    sha256: str


class Start(BaseModel):
    """What a run was started with, besides its recipe.

    Attributes:
        seed: Seed of everything random.
        data: Name of the data set.
        source: Where it came from: a name that the program knows, or a path; None if it was handed
            over in memory.
        sha256: Digest of its source.
        form: What its images are.
        shape: Their height, width and channels.
        class_names: Its classes, in order.
        members: Networks to train: 1, or more for an ensemble.
        deterministic: Whether the run gives the same bits whenever it is made on this machine.
        checkpoints: When they are due.
        base: The finished network that it goes on from; None for fresh weights.
        teacher: The finished run whose answers it learns; None for the labels.
        seal: Digest of all this and the recipe, in the file alone: it is checked when that is read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    seed: Annotated[int, Field(ge=0)]
    data: str
    source: str | None = "mnist"
    sha256: str
    form: Form = "digits"
    shape: tuple[Side, Side, Channels] = (28, 28, 1)
    class_names: Annotated[tuple[ClassName, ...], Field(min_length=2, max_length=MOST_CLASSES)] = (
        DIGIT_NAMES
    )
    members: Annotated[int, Field(ge=1, le=MAX_MEMBERS)] = 1
    deterministic: bool = False
    checkpoints: Interval = Interval()
    base: StartedFrom | None = None
    teacher: StartedFrom | None = None
    seal: str | None = None


def start_on(
    dataset: Dataset,
    seed: int,
    members: int = 1,
    *,
    deterministic: bool,
    checkpoints: Interval,
    base: StartedFrom | None = None,
    teacher: StartedFrom | None = None,
) -> Start:
    """Return the start of a run on a data set."""
    return Start(
        seed=seed,
        data=dataset.name,
        source=dataset.source,
        sha256=dataset.checksum,
        form=dataset.form,
        shape=dataset.shape,
        class_names=dataset.class_names,
        members=members,
        deterministic=deterministic,
        checkpoints=checkpoints,
        base=base,
        teacher=teacher,
    )


def write_start(run: RunFolder, recipe: Recipe, start: Start) -> None:
    """Write recipe and start of a run.

    Raises:
        OutputError: If they cannot be written.
    """
    text = recipe.to_json()
    sealed = with_seal(start.model_dump_json(exclude={"seal"}), text.encode())
    write_whole(run.start, sealed)
    write_whole(run.recipe, text)


def read_start(run: RunFolder) -> tuple[Recipe, Start]:
    """Read recipe and start of a run.

    Raises:
        ModelFileError: If one of them is missing or damaged.
    """
    read = open_finished(run.path).read if run.manifest.is_file() else read_limited
    text, begun = (read(path, MAX_JSON_BYTES) for path in (run.recipe, run.start))
    try:
        recipe, start = Recipe.from_json(text), Start.model_validate_json(begun)
    except RecipeError as error:
        raise ModelFileError(f"{run.recipe} is damaged: {error}") from None
    except ValidationError:
        raise ModelFileError(f"{run.start} is damaged") from None
    if not holds(begun, text):
        raise ModelFileError(f"{run.start} is damaged: its seal is not that of it and the recipe")
    return recipe, start.model_copy(update={"seal": None})
