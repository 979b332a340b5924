"""What the plots of a run show, and drawing them.

Comes in: images, figures, names. Goes out: PNG by name. The plots package, and matplotlib with it,
is imported where they are drawn, and Keras nowhere: another process can do it soon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inkdigits.arrays import AnyImages, Inputs, Probabilities
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.evaluation.calibration import Reliability
from inkdigits.training.state import EpochRecord


def import_plots() -> None:
    """Import what draws, before there is anything to draw: that takes longer than drawing."""
    from inkdigits.plots import confusion, curves, digits, png, reliability  # noqa: F401


@dataclass(frozen=True, eq=False)
class TrainingPlots:
    """What the plots of a training show.

    Attributes:
        class_names: One name for each class.
        samples: The first training images of each class.
        originals: Images, as they were.
        augmented: The same, as they were learnt from.
        history: One record for each epoch.
    """

    class_names: Sequence[str]
    samples: LabelledImages
    originals: AnyImages
    augmented: Inputs
    history: Sequence[EpochRecord]

    def draw(self) -> dict[str, bytes]:
        """Return PNG by name: samples, augmented-batch, curves."""
        from inkdigits.plots.curves import curves
        from inkdigits.plots.digits import augmented_batch, sample_grid
        from inkdigits.plots.png import to_png

        samples = sample_grid(self.samples.images, self.samples.labels, self.class_names)
        return {
            "samples": to_png(samples),
            "augmented-batch": to_png(augmented_batch(self.originals, self.augmented)),
            "curves": to_png(curves(self.history)),
        }


@dataclass(frozen=True, eq=False)
class AnswerPlots:
    """What the plots of a network's answers to the test images show.

    Attributes:
        class_names: One name for each class.
        confusion: Shape (classes, classes), how many images of the one were read as the other.
        wrong: The first images that were read wrongly.
        probabilities: The answers to these.
        calibration: Confidence against accuracy.
    """

    class_names: Sequence[str]
    confusion: np.ndarray
    wrong: LabelledImages
    probabilities: Probabilities
    calibration: Reliability

    def draw(self) -> dict[str, bytes]:
        """Return PNG by name: confusion-matrix, mistakes, calibration."""
        from inkdigits.plots.confusion import confusion_matrix
        from inkdigits.plots.digits import mistakes
        from inkdigits.plots.png import to_png
        from inkdigits.plots.reliability import reliability_diagram

        names, wrong = self.class_names, self.wrong
        return {
            "confusion-matrix": to_png(confusion_matrix(self.confusion, names)),
            "mistakes": to_png(mistakes(wrong.images, wrong.labels, self.probabilities, names)),
            "calibration": to_png(reliability_diagram(self.calibration)),
        }
