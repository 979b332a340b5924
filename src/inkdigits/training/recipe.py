"""A recipe: everything that decides how a network is trained, as one frozen, checked value.

Comes in: a name, a JSON text or keyword arguments. Goes out: a `Recipe`, or a `RecipeError` that
names field, value and range. It does not know Keras or the data.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Field, ValidationError, model_validator

from inkdigits.errors import RecipeError
from inkdigits.training.augmentation.ranges import Augmentation
from inkdigits.training.checked import Checked
from inkdigits.training.recipe_errors import explain

Frozen: TypeAlias = Literal["nothing", "features"]


class Recipe(Checked):
    """A network and how it is trained."""

    name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=64,
            pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
            description="Name of the recipe; run folders are called after it.",
        ),
    ]
    network: Annotated[
        Literal["published", "tutorial", "fast", "quick", "best", "robust", "broad"],
        Field(description="Which network is trained."),
    ]
    margin: Annotated[
        int,
        Field(
            ge=0,
            le=16,
            json_schema_extra={"unit": "pixels"},
            description="Zeros that the network adds on each side of an image, 0 to 16 pixels: its "
            "convolutions add none, and while a digit of MNIST has paper around it, other pictures "
            "may fill their frame.",
        ),
    ] = 0
    epochs: Annotated[
        int, Field(ge=1, le=10_000, description="Passes over the training images, 1 to 10,000.")
    ] = 5
    batch_size: Annotated[
        int,
        Field(
            ge=1,
            le=10_000,
            json_schema_extra={"unit": "images"},
            description="Images in one training step, 1 to 10,000.",
        ),
    ] = 64
    micro_batches: Annotated[
        int,
        Field(
            ge=1,
            le=64,
            description="Equal parts of each batch that go through the network side by side, 1 to "
            "64; batch normalisation takes the statistics of each part by itself.",
        ),
    ] = 1
    optimizer: Annotated[
        Literal["adam", "muon"],
        Field(
            description="What turns gradients into steps; with muon, the output layer and all "
            "that is no matrix still follow Adam."
        ),
    ] = "adam"
    learning_rate: Annotated[
        float,
        Field(
            gt=0,
            le=1,
            description="The optimiser's step size, above 0 and up to 1; with one-cycle, its peak.",
        ),
    ] = 0.001
    schedule: Annotated[
        Literal["constant", "one-cycle"],
        Field(description="Learning rate over time: the same, or up to the peak and down again."),
    ] = "constant"
    warmup: Annotated[
        float,
        Field(
            ge=0,
            lt=1,
            description="With one-cycle, the share of all steps that go up, from 0 to below 1.",
        ),
    ] = 0.2
    final_rate: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="With one-cycle, the learning rate at the end as a share of the peak, "
            "0 to 1.",
        ),
    ] = 0.0
    momentum: Annotated[
        float,
        Field(
            ge=0,
            lt=1,
            description="Share of the old value in the mean gradient that the optimiser follows, "
            "0 to below 1; for Adam its beta 1.",
        ),
    ] = 0.9
    adam_share: Annotated[
        float,
        Field(
            gt=0,
            le=1,
            description="With muon, Adam's step size for the other variables as a share of "
            "`learning_rate`, above 0 and up to 1.",
        ),
    ] = 0.05
    muon_iterations: Annotated[
        int,
        Field(
            ge=1,
            le=20,
            description="With muon, Newton-Schulz iterations towards the orthogonal matrix, 1 to "
            "20.",
        ),
    ] = 5
    averaging: Annotated[
        float,
        Field(
            ge=0,
            lt=1,
            description="Share of the old value in the moving average of the weights that is "
            "measured and kept, 0 to below 1; 0 keeps the last weights instead.",
        ),
    ] = 0.0
    adam_beta_2: Annotated[
        float,
        Field(
            ge=0,
            lt=1,
            description="Share of the old value in Adam's mean squared gradient, 0 to below 1.",
        ),
    ] = 0.999
    label_smoothing: Annotated[
        float,
        Field(
            ge=0,
            lt=1,
            description="Share of each label that is spread over all classes, 0 to below 1.",
        ),
    ] = 0.0
    norm_momentum: Annotated[
        float,
        Field(
            ge=0,
            lt=1,
            description="Share of the old value in batch normalisation's averages, 0 to below 1.",
        ),
    ] = 0.99
    precision: Annotated[
        Literal["float32", "bfloat16", "auto"],
        Field(
            description="What layers compute in; auto is bfloat16 where the processor has it, "
            "float32 elsewhere. Weights are float32."
        ),
    ] = "auto"
    fast_layers: Annotated[
        bool,
        Field(
            description="Use layers with the same results that are faster: fused batch "
            "normalisation, no bias before it while training, pooling before ReLU, and in long "
            "trainings in float32 Winograd's minimal filtering, and normalisation, pooling and "
            "ReLU in few passes."
        ),
    ] = True
    frozen: Annotated[
        Frozen,
        Field(
            description="Which layers keep the weights that they start with: none of them, or the "
            "features, which are all but the last dense layer."
        ),
    ] = "nothing"
    validation: Annotated[
        Literal["held-out", "augmented-test"],
        Field(
            description="Where the validation figures come from: training images held out, or "
            "the augmented test images as the tutorial published it."
        ),
    ] = "held-out"
    validation_images: Annotated[
        int,
        Field(
            ge=1,
            le=1_000_000,
            json_schema_extra={"unit": "images"},
            description="With held-out, how many images are held out, 1 to 1,000,000.",
        ),
    ] = 5000
    no_digits: Annotated[
        int,
        Field(
            ge=0,
            le=1_000_000,
            json_schema_extra={"unit": "images"},
            description="Images without a digit that are learnt from besides, 0 to 1,000,000: "
            "towards the output for these where the network has one, as robust does, otherwise "
            "towards answering all classes alike.",
        ),
    ] = 0
    coarse_digits: Annotated[
        int,
        Field(
            ge=0,
            le=1_000_000,
            json_schema_extra={"unit": "images"},
            description="Training images that are learnt from besides as they are after a "
            "reduction to 7 to 10 cells a side, 0 to 1,000,000; up to a quarter of them is of "
            "drawn digits, where there are such.",
        ),
    ] = 0
    drawn_digits: Annotated[
        int,
        Field(
            ge=0,
            le=1_000_000,
            json_schema_extra={"unit": "images"},
            description="Drawn images that are learnt from besides, of digits that MNIST lacks: 1s "
            "with an upstroke, crossed 7s and slashed 0s, 0 to 1,000,000; for classes that are "
            "the ten digits.",
        ),
    ] = 0
    augmentation: Annotated[
        Augmentation, Field(description="How training images are changed at random.")
    ] = Augmentation()

    @model_validator(mode="after")
    def _check_micro_batches(self) -> Self:
        if self.batch_size % self.micro_batches:
            raise ValueError(
                f"`batch_size` must be a multiple of `micro_batches`, {self.micro_batches}; "
                f"received {self.batch_size}"
            )
        return self

    @classmethod
    def create(cls, **fields: Any) -> Self:
        """Make a recipe from its fields.

        Raises:
            RecipeError: If a field is unknown, missing, of the wrong type or out of range, or two
                do not go together.

        Example:
            >>> Recipe.create(name="mine", network="tutorial", warmup=1.0)
            Traceback (most recent call last):
                ...
            inkdigits.errors.RecipeError: `warmup` must be between 0 and 1 (excluded); received 1.0
        """
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            raise RecipeError(explain(cls, error)) from None

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a recipe from JSON.

        Raises:
            RecipeError: If the text is not JSON, or a field is unknown, missing, of the wrong
                type or out of range, or two do not go together.

        Example:
            >>> Recipe.from_json('{"name": "mine", "network": "tutorial"}').batch_size
            64
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise RecipeError(explain(cls, error)) from None

    def to_json(self) -> str:
        """Return the recipe as JSON, which `from_json` reads back to an equal one."""
        return self.model_dump_json(indent=2) + "\n"

    def replace(self, **fields: Any) -> Self:
        """Return a copy with some fields changed, checked like a new one.

        Raises:
            RecipeError: If a field is unknown, of the wrong type or out of range, or two do not
                go together.
        """
        return self.create(**{**self.model_dump(), **fields})
