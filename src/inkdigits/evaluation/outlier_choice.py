"""Choosing an outlier score: one that tells its worst set of outliers as well as any.

Comes in: scores, and logits and features of digits and of outliers. Goes out: the name of one of
the scores, and how well each told each set. It does not know how a score is worked out.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean
from typing import TypeAlias

import numpy as np

from inkdigits.array_types import Float32
from inkdigits.evaluation.detection import auroc
from inkdigits.evaluation.outlier_scores import KINDS, OutlierScore

# Worst sets whose areas differ by less are told equally well: the standard error of an area near
# 0.97 on 400 outliers and 1,000 digits (Hanley and McNeil, "The meaning and use of the area under a
# receiver operating characteristic (ROC) curve", 1982).
ALIKE = 0.005

Pictures: TypeAlias = tuple[Float32[np.ndarray, "_ outputs"], Float32[np.ndarray, "_ features"]]


def choose_score(
    scores: Mapping[str, OutlierScore], inside: Pictures, outside: Mapping[str, Pictures]
) -> tuple[str, dict[str, dict[str, float]]]:
    """Choose a score whose worst set of outliers is told as well as any.

    Args:
        scores: Scores by name, each name one of `KINDS`.
        inside: Logits and features of digits that the scores were not fitted on.
        outside: Logits and features of each set of outliers, by its name.

    Returns:
        The name of the chosen score: of those whose worst sets are told alike, within `ALIKE`, the
        one with the best mean over all sets, of equals the one that stands first in `KINDS`. And
        the area under the ROC curve of every score on every set, 0 to 1.

    Raises:
        ValueError: If there are no scores, one of another name, no sets, or one without pictures.

    Example:
        >>> from inkdigits.evaluation.outlier_scores import Energy
        >>> digits, shoes = np.array([[9, 0]], np.float32), np.array([[1, 0]], np.float32)
        >>> choose_score({"energy": Energy()}, (digits, digits), {"shoes": (shoes, shoes)})
        ('energy', {'energy': {'shoes': 1.0}})
    """
    if not scores or not outside or not set(scores) <= set(KINDS):
        raise ValueError(
            f"there must be scores out of {', '.join(KINDS)} and at least one set of outliers; "
            f"received the scores {list(scores)} and the sets {list(outside)}"
        )
    areas: dict[str, dict[str, float]] = {}
    for kind in sorted(scores, key=KINDS.index):
        usual = scores[kind].score(*inside)
        strange = {name: scores[kind].score(*one) for name, one in outside.items()}
        areas[kind] = {name: auroc(usual, values) for name, values in strange.items()}
    worst = {kind: min(each.values()) for kind, each in areas.items()}
    alike = [kind for kind in areas if worst[kind] >= max(worst.values()) - ALIKE]
    return max(alike, key=lambda kind: fmean(areas[kind].values())), areas
