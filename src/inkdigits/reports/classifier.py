"""What every page works out about answers to test images, for the sections that pages share.

Comes in: an evaluation and its images. Goes out: values for the templates `figures`, `confidence`
and `mistakes`. It does not know whether they stand on the page of a run or of an evaluation.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Any

from inkdigits.arrays import AnyImages
from inkdigits.evaluation.metrics import Evaluation
from inkdigits.reports.mistakes import mistake_cards, mix_ups, worst_mix_ups


def classifier_facts(
    evaluation: Evaluation, images: AnyImages, class_names: Sequence[str]
) -> dict[str, Any]:
    """Work out what the shared sections show.

    Args:
        evaluation: The answers to the images.
        images: Shape (n, height, width) or, in colour, (n, height, width, 3), uint8.
        class_names: One name per class, in order.
    """
    return {
        "evaluation": evaluation,
        "test_counts": evaluation.confusion.sum(axis=1).tolist(),
        "mean_confidence": float(evaluation.probabilities.max(axis=1).mean()),
        "mix_ups": mix_ups(evaluation.confusion, class_names),
        "worst": worst_mix_ups(evaluation.confusion, class_names),
        "cards": mistake_cards(evaluation, images, class_names),
        "uniform_loss": log(len(class_names)),
    }
