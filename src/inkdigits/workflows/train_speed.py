"""Being a contestant of `inkdigits benchmark train`.

Comes in: a name on the command line. Goes out: training speed in images a second, or the speed of
plain matrix multiplication in GFLOP/s, measured whenever asked.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from inkdigits.datasets.mnist import load_mnist
from inkdigits.training.accelerator import find_accelerator
from inkdigits.training.matmul import SIDE, matmul_gflops
from inkdigits.training.recipe import Recipe
from inkdigits.training.threads import share_cores
from inkdigits.training.trainer import Trainer
from inkdigits.workflows.contest import take_part
from inkdigits.workflows.standings import PRODUCTS, RECIPES

IMAGES = 10_000  # in memory; each measurement trains on as many as fill whole batches
IMAGES_ON_ACCELERATOR = 50_000  # for about as long a measurement
SIDE_ON_ACCELERATOR = 8192
WARM_UP_STEPS = 4


def training_speed(recipe: Recipe, images: int = IMAGES) -> Callable[[], float]:
    """Set a recipe up and return what measures its speed.

    Args:
        recipe: What to train.
        images: Training images to hold in memory.

    Returns:
        A function that trains on these images once and returns images per second.
    """
    share_cores(recipe.micro_batches)
    everything = load_mnist().train
    train = everything.take(slice(images))
    trainer = Trainer(recipe, train, train, images_to_come=recipe.epochs * len(everything))
    trainer.prepare()
    plan = trainer.feed.plan(1)
    trainer.engine.run(plan.part(0, WARM_UP_STEPS))

    def measure() -> float:
        started = time.perf_counter()
        sums = trainer.engine.run(plan)
        return sums.images / (time.perf_counter() - started)

    return measure


def main(name: str) -> None:
    """Be the contestant of that name."""
    accelerated = find_accelerator() is not None
    if name in PRODUCTS:
        side = SIDE_ON_ACCELERATOR if accelerated else SIDE
        take_part(matmul_gflops(PRODUCTS[name], side))
    else:
        images = IMAGES_ON_ACCELERATOR if accelerated else IMAGES
        take_part(training_speed(RECIPES[name], images))


if __name__ == "__main__":
    main(sys.argv[1])
