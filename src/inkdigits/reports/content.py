"""What a report shows.

Comes in: what a finished run computed. Goes out: one value that the page is rendered from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inkdigits.datasets.dataset import Form, LabelledImages
from inkdigits.evaluation.calibration import Reliability
from inkdigits.evaluation.metrics import Evaluation
from inkdigits.networks.arithmetic import NetworkSummary
from inkdigits.runs.manifest import Manifest
from inkdigits.training.recipe import Recipe
from inkdigits.training.state import EpochRecord


@dataclass(frozen=True, eq=False)
class ReportContent:
    """Everything that the page tells.

    Attributes:
        manifest: The run's facts and figures.
        recipe: How it was trained.
        summary: The network, layer by layer.
        history: One record per epoch.
        class_names: Name of each class.
        train_counts: Training images of each class.
        evaluation: Probabilities and figures on the test images.
        reliability: Confidence against accuracy on the test images.
        test: The test images, for the mistakes; pictures in colour, digits in grey.
        plots: PNG of each plot by the name of its file without suffix: "samples",
            "augmented-batch", "curves", "confusion-matrix", "mistakes", "calibration".
        form: What the images are.
    """

    manifest: Manifest
    recipe: Recipe
    summary: NetworkSummary
    history: tuple[EpochRecord, ...]
    class_names: tuple[str, ...]
    train_counts: tuple[int, ...]
    evaluation: Evaluation
    reliability: Reliability
    test: LabelledImages
    plots: Mapping[str, bytes]
    form: Form = "digits"
