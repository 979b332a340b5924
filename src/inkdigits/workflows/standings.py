"""Who takes part in `inkdigits benchmark train`, and what their figures amount to.

Comes in: figures by contestant. Goes out: medians, ratios, GFLOP/s and shares of the ceiling. It
does not know how speed is measured, and does not import Keras.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from inkdigits.networks.architecture import find_architecture
from inkdigits.networks.flops import training_flops
from inkdigits.networks.precision import Precision, resolve_precision
from inkdigits.training.augmentation.ranges import Augmentation
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import FAST, PUBLISHED, TUTORIAL
from inkdigits.workflows.contest import Outcome

BASE = "published"
RECIPES: dict[str, Recipe] = {
    BASE: PUBLISHED,
    "tutorial": TUTORIAL,
    "tutorial, not augmented": TUTORIAL.replace(augmentation=Augmentation().model_dump()),
    "tutorial, float32": TUTORIAL.replace(precision="float32"),
    "fast": FAST,
}
PRODUCTS: dict[str, Precision] = {
    "matrix product, float32": "float32",
    "matrix product, bfloat16": "bfloat16",
}


@dataclass(frozen=True)
class Row:
    """One contestant's figures.

    Attributes:
        name: Who.
        median: Images per second; GFLOP/s for a matrix product.
        lowest: The slowest round.
        highest: The fastest round.
        ratio: Median over the rounds of the ratio to the published recipe in the same round; None
            for a matrix product.
        gflops: GFLOP/s that the images amount to by plain convolutions; Winograd's filtering does
            fewer, and so may pass the matrix product. None where the network is not ours.
        ceiling_share: `gflops` as a share of the matrix product's in the same number format.
    """

    name: str
    median: float
    lowest: float
    highest: float
    ratio: float | None
    gflops: float | None
    ceiling_share: float | None


def make_rows(outcome: Outcome, flags: frozenset[str]) -> list[Row]:
    """Work out every contestant's figures.

    Args:
        outcome: The figures of each round.
        flags: Features of what training ran on, which decide what "auto" computed in.
    """
    return [_row(name, outcome, flags) for name in outcome.values]


def _row(name: str, outcome: Outcome, flags: frozenset[str]) -> Row:
    values = outcome.values[name]
    gflops, ceiling = None, None
    if name in RECIPES:
        recipe = RECIPES[name]
        operations = training_flops(find_architecture(recipe.network))
        gflops = median(values) * operations / 1e9
        product = f"matrix product, {resolve_precision(recipe.precision, flags)}"
        ceiling = outcome.values.get(product)
    return Row(
        name=name,
        median=median(values),
        lowest=min(values),
        highest=max(values),
        ratio=None if name in PRODUCTS else _ratio(values, outcome.values.get(BASE)),
        gflops=gflops,
        ceiling_share=gflops / median(ceiling) if gflops and ceiling else None,
    )


def _ratio(values: list[float], base: list[float] | None) -> float | None:
    if not base:
        return None
    return median(mine / theirs for mine, theirs in zip(values, base, strict=True))
