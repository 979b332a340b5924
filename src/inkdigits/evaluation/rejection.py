"""How well a network tells that a picture is no digit, and how it reads digits of other writers.

Comes in: a function that answers images, and test images. Goes out: figures of each set of
pictures. It does not know what answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from inkdigits.array_types import Float32
from inkdigits.arrays import Images
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.datasets.other_writers import load_other_writers
from inkdigits.evaluation.detection import auroc, false_positive_rate_at
from inkdigits.evaluation.metrics import Evaluation, evaluate
from inkdigits.evaluation.outliers import OUTLIER_SETS, outlier_set
from inkdigits.imaging.cells import enlarge_and_normalise
from inkdigits.recognition.answers import Answers

Answer = Callable[[Images], Answers]


@dataclass(frozen=True)
class OutlierFigures:
    """How well one set of outliers is told from digits.

    Attributes:
        n: Pictures in the set.
        auroc: Area under the ROC curve, 0 to 1; 0.5 by chance.
        false_positive_rate: Share that passes for digits when 95 % of digits pass.
        rejected: Share that the network's own threshold rejects.
    """

    n: int
    auroc: float
    false_positive_rate: float
    rejected: float


@dataclass(frozen=True, eq=False)
class OutlierSuite:
    """A network on pictures that are no digits.

    Attributes:
        figures: Of each set, by its name.
        false_rejection: Share of the clean test images that the threshold rejects, 0 to 1.
        digits: Its answers to the clean test images.
        answers: Its answers to each set, by its name.
        images: The pictures of each set, shape (n, 28, 28), uint8, by its name.
    """

    figures: Mapping[str, OutlierFigures]
    false_rejection: float
    digits: Answers
    answers: Mapping[str, Answers]
    images: Mapping[str, Images]


def measure_outliers(
    answer: Answer, test: LabelledImages, *, progress: Callable[[str], None] | None = None
) -> OutlierSuite:
    """Show a network pictures that are no digits, none of which its score was chosen by.

    Args:
        answer: Gives a network's answers to images, outlierness included.
        test: Clean digits, images of 28x28, at least one.
        progress: Is told of each set before it is made.

    Raises:
        ValueError: If the network has no outlier score.
    """
    digits = answer(test.images)
    usual = digits.outlierness
    if usual is None:
        raise ValueError("the network must have an outlier score; received one without")
    images, answers, figures = {}, {}, {}
    for number, name in enumerate(OUTLIER_SETS, start=1):
        if progress:
            progress(f"outliers {number} of {len(OUTLIER_SETS)}: {name}")
        images[name] = outlier_set(name, "evaluating")
        answers[name] = answer(images[name])
        figures[name] = _figures(usual, answers[name])
    return OutlierSuite(figures, float(digits.rejected.mean()), digits, answers, images)


def _figures(usual: Float32[np.ndarray, " digits"], answers: Answers) -> OutlierFigures:
    strange = answers.outlierness
    if strange is None:
        raise ValueError("the network must score every set; received answers without a score")
    return OutlierFigures(
        n=len(strange),
        auroc=auroc(usual, strange),
        false_positive_rate=false_positive_rate_at(usual, strange),
        rejected=float(answers.rejected.mean()),
    )


def measure_other_writers(
    answer: Answer, *, progress: Callable[[str], None] | None = None
) -> tuple[Evaluation, LabelledImages]:
    """Count right answers to scikit-learn's 1,797 digits, which other people wrote.

    Args:
        answer: Gives a network's answers to images.
        progress: Is told before the images are made.

    Returns:
        The figures, and the images of 28x28 as the network saw them.
    """
    if progress:
        progress("digits of other writers")
    cells = load_other_writers()
    seen = LabelledImages(enlarge_and_normalise(cells.images), cells.labels)
    return evaluate(answer(seen.images).probabilities, seen.labels), seen
