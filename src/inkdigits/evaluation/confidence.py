"""Confidence: probabilities that mean what they say, and a verdict on what is no digit.

Comes in: logits and features of digits and of other pictures. Goes out: one value with the
temperature, the outlier score and its threshold, which is kept in the model's file. It does not
know how logits were computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from inkdigits.array_types import UInt8
from inkdigits.evaluation.detection import threshold_for
from inkdigits.evaluation.feature_distances import Features
from inkdigits.evaluation.outlier_choice import choose_score
from inkdigits.evaluation.outlier_scores import OutlierScore, fit_scores
from inkdigits.evaluation.temperature import Logits, fit_temperature

FALSE_REJECTION = 0.01  # share of digits that may be taken for something else
COMPARED = 2000  # images; the area under a curve hardly changes with more, and distances take long


@dataclass(frozen=True, eq=False)
class Inner:
    """What a network makes of pictures before its softmax.

    Attributes:
        logits: Shape (n, outputs), float32: one for each class, then that of none if there is one.
        features: Shape (n, features), float32: the values that enter the last layer, of several
            networks side by side.
    """

    logits: Logits
    features: Features


# The labels' axis has no name, as two such parts need not be of one length.
Labelled: TypeAlias = tuple[Inner, UInt8[np.ndarray, "_"]]


@dataclass(frozen=True, eq=False)
class Confidence:
    """How a network's answers are to be taken.

    Attributes:
        temperature: What the classes' logits are divided by before their softmax.
        score: Tells strange pictures; higher is stranger.
        threshold: A picture with a higher score is rejected.
        areas: Area under the ROC curve of every kind of score on every set of outliers that the
            score was chosen on, 0 to 1.
    """

    temperature: float
    score: OutlierScore
    threshold: float
    areas: Mapping[str, Mapping[str, float]]


def fit_confidence(
    learnt: Labelled,
    validation: Labelled,
    outliers: Mapping[str, Inner],
    *,
    none_class: bool = False,
    widths: Sequence[int] | None = None,
) -> Confidence:
    """Fit temperature and threshold, and choose the outlier score.

    Args:
        learnt: Training images, which scores by distance are measured from, and their labels,
            shape (n,), uint8; every class at least once.
        validation: Images that the network did not learn from, and their labels, alike.
        outliers: Pictures that are no digits, by the name of their set; to choose the score by,
            not to measure with afterwards.
        none_class: Whether the last logit of all these is that of no class.
        widths: How many of the features are each network's; None for all of one network.

    Returns:
        The score that `choose_score` takes, by the first `COMPARED` validation images; the
        threshold rejects at most `FALSE_REJECTION` of all.

    Raises:
        ValueError: If a value is not finite, there is not one label for each image, a label has no
            column, a class has no training image, all features of a network are zero, there are no
            validation images or no outliers, or a set of them is empty.

    Example:
        >>> digits = np.array([[9, 0], [0, 9], [5, 1], [1, 5]], dtype=np.float32)
        >>> known = Inner(digits, digits), np.array([0, 1, 0, 1], dtype=np.uint8)
        >>> shoes = np.array([[1, 1], [2, 2]], dtype=np.float32)
        >>> fitted = fit_confidence(known, known, {"shoes": Inner(shoes, shoes)})
        >>> fitted.score.kind, fitted.areas["max-softmax"], round(fitted.threshold, 3)
        ('max-softmax', {'shoes': 1.0}, 0.018)
    """
    inner, labels = validation
    known, truth = learnt
    scores = fit_scores(known.logits, known.features, truth, widths=widths, none_class=none_class)
    classes = inner.logits.shape[1] - none_class
    inside = (inner.logits, inner.features)
    compared = (inner.logits[:COMPARED], inner.features[:COMPARED])
    outside = {name: (one.logits, one.features) for name, one in outliers.items()}
    kind, areas = choose_score(scores, compared, outside)
    score = scores[kind]
    return Confidence(
        temperature=fit_temperature(inner.logits[:, :classes], labels),
        score=score,
        threshold=threshold_for(score.score(*inside), FALSE_REJECTION),
        areas=areas,
    )
