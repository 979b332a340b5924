"""What one epoch does, decided before it starts: which image in which step, warped how.

Comes in: seed, epoch and sizes. Goes out: arrays, the same on every backend. Since the plan
follows from seed and epoch alone, a run that was interrupted can go on at any step.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from jaxtyping import Float32, Int32

from inkdigits.errors import UsageError
from inkdigits.training.augmentation import draw, to_matrices
from inkdigits.training.recipe import Augmentation


class Purpose(IntEnum):
    """What random numbers are for; each purpose has its own stream."""

    TRAINING = 0
    VALIDATION = 1


@dataclass(frozen=True, eq=False)
class EpochPlan:
    """The steps of one epoch.

    Attributes:
        order: Shape (steps, batch_size), int32: index of each image.
        matrices: Shape (steps, batch_size, 8), float32: warp of each image.
    """

    order: Int32[np.ndarray, "steps batch"]
    matrices: Float32[np.ndarray, "steps batch 8"]

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.order)

    def part(self, start: int, stop: int) -> EpochPlan:
        """Return the steps from `start` up to `stop`, which is not included."""
        return EpochPlan(self.order[start:stop], self.matrices[start:stop])


def plan_epoch(
    *,
    images: int,
    batch_size: int,
    size: tuple[int, int],
    augmentation: Augmentation,
    seed: int,
    epoch: int,
    purpose: Purpose = Purpose.TRAINING,
) -> EpochPlan:
    """Shuffle the images into full batches and draw a warp for each.

    Args:
        images: Number of images to choose from.
        batch_size: Images in a step; what does not fill a last step is left out this time.
        size: Height and width of the images in pixels.
        augmentation: The ranges of the warps.
        seed: The run's seed.
        epoch: Number of the epoch, from 1.
        purpose: Keeps the random numbers of training and validation apart.

    Returns:
        `images // batch_size` steps.

    Raises:
        UsageError: If not a single batch can be filled.

    Example:
        >>> plan = plan_epoch(images=7, batch_size=3, size=(28, 28), augmentation=Augmentation(),
        ...                   seed=0, epoch=1)
        >>> plan.order.shape, plan.matrices.shape
        ((2, 3), (2, 3, 8))
    """
    steps = images // batch_size
    if steps == 0:
        raise UsageError(
            f"`batch_size` must be at most the number of images, {images}; received {batch_size}"
        )
    rng = np.random.default_rng([seed, epoch, purpose])
    used = steps * batch_size
    order = rng.permutation(images)[:used].astype(np.int32)
    matrices = to_matrices(draw(augmentation, used, size, rng), size)
    return EpochPlan(
        order.reshape(steps, batch_size), matrices.reshape(steps, batch_size, matrices.shape[1])
    )
