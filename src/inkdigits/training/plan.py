"""What one epoch does, decided before it starts: which image in which step, changed how.

Comes in: seed, epoch and sizes. Goes out: arrays, the same on every backend. Since the plan
follows from seed and epoch alone, a run that was interrupted can go on at any step.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from inkdigits.array_types import Float32, Int32
from inkdigits.errors import UsageError
from inkdigits.training.augmentation.augmenter import Augmenter


class Purpose(IntEnum):
    """What random numbers are for; each purpose has its own stream."""

    TRAINING = 0
    VALIDATION = 1


@dataclass(frozen=True, eq=False)
class EpochPlan:
    """The steps of one epoch.

    Attributes:
        order: Shape (steps, batch_size), int32: index of each image.
        changes: Shape (steps, batch_size, columns), float32: what an `Augmenter` drew for each.
    """

    order: Int32[np.ndarray, "steps batch"]
    changes: Float32[np.ndarray, "steps batch columns"]

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.order)

    def part(self, start: int, stop: int) -> EpochPlan:
        """Return the steps from `start` up to `stop`, which is not included."""
        return EpochPlan(self.order[start:stop], self.changes[start:stop])


def plan_epoch(
    *,
    images: int,
    batch_size: int,
    augmenter: Augmenter,
    seed: int,
    epoch: int,
    purpose: Purpose = Purpose.TRAINING,
) -> EpochPlan:
    """Shuffle the images into full batches and draw a change for each.

    Args:
        images: Number of images to choose from.
        batch_size: Images in a step; what does not fill a last step is left out this time.
        augmenter: Draws the changes.
        seed: The run's seed.
        epoch: Number of the epoch, from 1.
        purpose: Keeps the random numbers of training and validation apart.

    Returns:
        `images // batch_size` steps.

    Raises:
        UsageError: If not a single batch can be filled.

    Example:
        >>> from inkdigits.training.augmentation.ranges import Augmentation
        >>> still = Augmenter(Augmentation(), (28, 28))
        >>> plan = plan_epoch(images=7, batch_size=3, augmenter=still, seed=0, epoch=1)
        >>> plan.order.shape, plan.changes.shape
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
    changes = augmenter.draw(used, rng)
    return EpochPlan(
        order.reshape(steps, batch_size), changes.reshape(steps, batch_size, augmenter.columns)
    )
