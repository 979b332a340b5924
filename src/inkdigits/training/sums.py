"""What training steps add up to: loss, hits and images.

Comes in: counts. Goes out: their sum. It knows nothing of models.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sums:
    """Totals over some training steps.

    Attributes:
        loss: Sum over the images of their loss.
        correct: Images whose most probable class was right.
        images: Images seen.
    """

    loss: float = 0.0
    correct: int = 0
    images: int = 0

    def __add__(self, other: Sums) -> Sums:
        """Return the totals over both.

        Example:
            >>> Sums(1.5, 2, 4) + Sums(0.5, 4, 4)
            Sums(loss=2.0, correct=6, images=8)
        """
        return Sums(
            self.loss + other.loss, self.correct + other.correct, self.images + other.images
        )
