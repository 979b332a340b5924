"""How a run was started: the seed and the data it must go on with.

Comes in: seed and data. Goes out: `start.json`, written before training, and the value read back.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inkdigits.errors import ModelFileError, RecipeError
from inkdigits.runs.files import write_whole
from inkdigits.runs.folder import RunFolder
from inkdigits.training.recipe import Recipe

MAX_MEMBERS = 100


class Start(BaseModel):
    """What a run was started with, besides its recipe.

    Attributes:
        seed: Seed of everything random.
        data: Name of the data set.
        sha256: Digest of its source.
        members: Networks to train: 1, or more for an ensemble.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    seed: Annotated[int, Field(ge=0)]
    data: str
    sha256: str
    members: Annotated[int, Field(ge=1, le=MAX_MEMBERS)] = 1


def write_start(run: RunFolder, recipe: Recipe, start: Start) -> None:
    """Write recipe and start of a run.

    Raises:
        OutputError: If they cannot be written.
    """
    write_whole(run.recipe, recipe.to_json())
    write_whole(run.start, start.model_dump_json(indent=2) + "\n")


def read_start(run: RunFolder) -> tuple[Recipe, Start]:
    """Read recipe and start of a run.

    Raises:
        ModelFileError: If one of them is missing or damaged.
    """
    try:
        recipe = Recipe.from_json(run.recipe.read_bytes())
        return recipe, Start.model_validate_json(run.start.read_bytes())
    except OSError as error:
        raise ModelFileError(f"cannot read {error.filename}: {error.strerror}") from error
    except RecipeError as error:
        raise ModelFileError(f"{run.recipe} is damaged: {error}") from None
    except ValidationError:
        raise ModelFileError(f"{run.start} is damaged") from None
