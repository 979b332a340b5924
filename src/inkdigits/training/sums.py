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
        classified: Those of them that show one of the classes.
    """

    loss: float = 0.0
    correct: int = 0
    images: int = 0
    classified: int = 0

    @property
    def accuracy(self) -> float:
        """Share of the images with a class that were read rightly; 0 if there were none."""
        return self.correct / max(self.classified, 1)

    def __add__(self, other: Sums) -> Sums:
        """Return the totals over both.

        Example:
            >>> Sums(1.5, 2, 4, 4) + Sums(0.5, 3, 4, 3)
            Sums(loss=2.0, correct=5, images=8, classified=7)
        """
        return Sums(
            self.loss + other.loss,
            self.correct + other.correct,
            self.images + other.images,
            self.classified + other.classified,
        )
