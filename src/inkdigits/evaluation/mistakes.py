"""The images that were read wrongly, as a table.

Comes in: an evaluation. Goes out: CSV text, the most confident mistake first.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from inkdigits.evaluation.metrics import Evaluation

COLUMNS = ("index", "truth", "answer", "confidence", "truth_probability")


def mistakes_to_csv(evaluation: Evaluation, class_names: Sequence[str]) -> str:
    """List the mistakes: index of the image, true and given class, and two probabilities.

    Args:
        evaluation: The answers to a set of images.
        class_names: Name of each class.

    Returns:
        CSV with a header row; probabilities with six decimals.

    Example:
        >>> import numpy as np
        >>> from inkdigits.evaluation.metrics import evaluate
        >>> one = evaluate(np.array([[0.75, 0.25]], np.float32), np.array([1], np.uint8))
        >>> print(mistakes_to_csv(one, ["cat", "dog"]), end="")
        index,truth,answer,confidence,truth_probability
        0,dog,cat,0.750000,0.250000
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for index in evaluation.mistakes:
        probabilities, label = evaluation.probabilities[index], evaluation.labels[index]
        answer = probabilities.argmax()
        writer.writerow(
            [
                index,
                class_names[label],
                class_names[answer],
                f"{probabilities[answer]:.6f}",
                f"{probabilities[label]:.6f}",
            ]
        )
    return text.getvalue()
