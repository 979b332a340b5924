"""What fine-tuning starts from: a finished network, data in its form, and a recipe to go on with.

Comes in: the names of both. Goes out: one value that Python and the command line share. It trains
nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inkdigits.datasets.dataset import Dataset
from inkdigits.training.fine_tuning import tuning_recipe
from inkdigits.training.recipe import Frozen, Recipe
from inkdigits.workflows.base import Base, load_base
from inkdigits.workflows.matching import load_for_tuning


@dataclass(frozen=True, eq=False)
class Tuning:
    """What fine-tuning starts from.

    Attributes:
        recipe: How to go on.
        dataset: What to learn from and measure on, in the network's size and colours.
        base: The network.
    """

    recipe: Recipe
    dataset: Dataset
    base: Base


def prepare_tuning(
    network: str | Path,
    data: str | Path | Dataset,
    frozen: Frozen,
    epochs: int | None,
    tell: Callable[[str], None] | None = None,
) -> Tuning:
    """Load a network to go on from and what it is to learn.

    Args:
        network: A run folder, or "shipped".
        data: What `load_dataset` takes, or a data set in the network's size.
        frozen: Which layers keep their weights.
        epochs: Passes over the images; None for as many as `tuning_recipe` says.
        tell: Is told each picture that cannot be read.

    Raises:
        ModelFileError: If there is no such network, or it is damaged.
        DataError: If the data are missing or damaged.
        UsageError: If the images do not fit the network, or `epochs` is out of range.
    """
    base = load_base(Path(network))
    if not isinstance(data, Dataset):
        shape = base.architecture.input_shape
        data = load_for_tuning(data, base.class_names, shape, base.form, tell=tell)
    return Tuning(tuning_recipe(base.recipe, frozen, epochs), data, base)
