"""What a run is made from: images, a network, and perhaps one that it goes on from.

Comes in: a recipe, a data set and perhaps a finished network. Goes out: one value that a run and
its last files share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from inkdigits.datasets.dataset import Dataset, joined
from inkdigits.datasets.split import hold_out
from inkdigits.errors import InkdigitsError
from inkdigits.networks.architecture import Architecture
from inkdigits.networks.fitting import fit_architecture
from inkdigits.training.fine_tuning import HELD_OUT, HELD_OUT_KNOWN, rehearse, some
from inkdigits.training.recipe import Recipe
from inkdigits.workflows.base import Base
from inkdigits.workflows.data import Parts, network_for, split_for
from inkdigits.workflows.matching import load_matching
from inkdigits.workflows.teaching import TeachingRun, check_classes


@dataclass(frozen=True, eq=False)
class Material:
    """What a run is made from.

    Attributes:
        dataset: What is learnt from and measured on.
        parts: How it is split; with images that the network knows among them where it goes on
            from another.
        architecture: The network.
        base: The network that it goes on from; None for fresh weights.
        known: The data set that this learnt from, if its classes are the same and it can be had.
        teaching: The run whose answers are learnt; None for the labels.
    """

    dataset: Dataset
    parts: Parts
    architecture: Architecture
    base: Base | None = None
    known: Dataset | None = None
    teaching: TeachingRun | None = None

    @property
    def weights(self) -> Mapping[str, np.ndarray] | None:
        """What to start with: all of the base's weights, or those that other classes leave."""
        if self.base is None:
            return None
        same = self.base.class_names == self.dataset.class_names
        return self.base.weights if same else self.base.features


def material_for(
    recipe: Recipe,
    dataset: Dataset,
    base: Base | None,
    warn: Callable[[str], None],
    teaching: TeachingRun | None = None,
) -> Material:
    """Gather what a run is made from.

    Args:
        recipe: How it is trained.
        dataset: What is learnt from and measured on; with a base in its size and colours.
        base: The network to go on from; None for fresh weights.
        warn: Is told if the base's own data cannot be had.
        teaching: The run whose answers are learnt, for fresh weights; None for the labels.

    Raises:
        RecipeError: If the recipe does not fit the data.
        UsageError: If the images or classes are not for the network.
    """
    if base is None:
        if teaching:
            check_classes(teaching, dataset)
        parts, architecture = split_for(dataset, recipe), network_for(recipe, dataset)
        return Material(dataset, parts, architecture, teaching=teaching)
    known = _known(base, dataset, warn)
    architecture = fit_architecture(base.architecture, dataset.shape, len(dataset.class_names))
    return Material(dataset, _tuning_parts(dataset, known, base), architecture, base, known)


def _known(base: Base, dataset: Dataset, warn: Callable[[str], None]) -> Dataset | None:
    """Load what the base learnt from, where its classes are those of the data set."""
    if base.source is None or base.class_names != dataset.class_names:
        return None
    try:
        return load_matching(
            base.source, base.class_names, base.architecture.input_shape, base.form
        )
    except InkdigitsError as error:
        warn(f"it goes on without what the network learnt from, and may forget it: {error}")
        return None


def _tuning_parts(dataset: Dataset, known: Dataset | None, base: Base) -> Parts:
    train, validation = hold_out(dataset.train, max(1, round(HELD_OUT * len(dataset.train))))
    if known is None:
        return Parts(rehearse(train, None), validation, dataset.test)
    # Held out as when the base was trained, so that nothing it learnt from is validated on.
    kept = split_for(known, base.recipe.replace(validation="held-out"))
    return Parts(
        rehearse(train, kept.train),
        joined(validation, some(kept.validation, HELD_OUT_KNOWN)),
        dataset.test,
    )
