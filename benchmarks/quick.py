"""How sure the small network must be, for its answers to stand in place of the large one's.

Comes in: a small network's file. Goes out: three Markdown tables, with a row for each of several
probabilities of a class from which its answers stand, of none up to which they do, and of none from
which they do again: the share of images of which the large network is not asked, and mistakes, on
held-out training images as they are and in fifteen ways corrupted; and how many pictures without a
digit are read as one. No test image is read.

Example: python benchmarks/quick.py
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from held_out import SEED, held_out_digits
from pages import at_least_one

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.evaluation.choosing_sets import CHOOSING_SETS
from inkdigits.evaluation.corruptions.suite import CORRUPTIONS, corrupt
from inkdigits.evaluation.outliers import outlier_set
from inkdigits.recognition.answers import Answers
from inkdigits.recognition.cascade import ONE, Clear, is_clear
from inkdigits.recognition.hypotheses import LEAST_CONFIDENCE
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import shipped_network, shipped_quick

NEVER = 1.1  # nothing is as probable
CLASSES = (0.9, 0.95, 0.98, 0.99, 0.995, 0.998, NEVER)
NONES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 1.0)
SURE_NONES = (0.8, 0.9, 0.95, 0.98, 0.99, NEVER)
TABLES = (
    ("a class from", "sure", CLASSES),
    ("none up to", "none", NONES),
    ("none from", "surely_none", SURE_NONES),
)


@dataclass(frozen=True, eq=False)
class Asked:
    """What both networks say to the same images.

    Attributes:
        quick: The small one.
        thorough: The large one.
        labels: Shape (n,): what the images show; None if nothing that is a digit.
    """

    quick: Answers
    thorough: Answers
    labels: np.ndarray | None = None

    def wrong(self, clear: Clear) -> int:
        """Return how many images are read as something that they do not show."""
        stands = is_clear(self.quick, clear)[:, np.newaxis]
        quick, thorough = (each.joint().probabilities for each in (self.quick, self.thorough))
        joint = np.where(stands, quick, thorough)
        if self.labels is None:
            return int((joint.max(axis=1) >= LEAST_CONFIDENCE).sum())
        return int((joint.argmax(axis=1) != self.labels).sum())


class Networks:
    """Both of them."""

    def __init__(self, quick: Path) -> None:
        """Load them."""
        self.quick, self.thorough = OnnxClassifier(quick), OnnxClassifier(shipped_network())

    def ask(self, images: np.ndarray, labels: np.ndarray | None = None) -> Asked:
        """Ask both."""
        return Asked(self.quick.answers(images), self.thorough.answers(images), labels)


def ask_all(networks: Networks, digits: LabelledImages, corrupted: int) -> dict[str, list[Asked]]:
    """Ask about everything that is measured, by what it is."""
    few = digits.take(slice(corrupted))
    worse = [networks.ask(corrupt(name, few.images, SEED), few.labels) for name in CORRUPTIONS]
    asked = {"digits": [networks.ask(digits.images, digits.labels)], "corrupted digits": worse}
    for name in CHOOSING_SETS["digits"]:
        asked[name] = [networks.ask(outlier_set(name, "choosing", 1000))]
    return asked


def cells(asked: dict[str, list[Asked]], clear: Clear) -> str:
    """Return the cells for what is clear in one way."""
    cells = []
    for each in asked.values():
        images = sum(len(one.quick.probabilities) for one in each)
        stand = sum(int(is_clear(one.quick, clear).sum()) for one in each)
        wrong = sum(one.wrong(clear) for one in each)
        cells.append(f"{stand / images:.1%}; {wrong:,} of {images:,}")
    return " | ".join(cells)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("model", type=Path, nargs="?", default=shipped_quick())
    parser.add_argument("--corrupted", type=at_least_one, default=1000)
    options = parser.parse_args()
    asked = ask_all(Networks(options.model), held_out_digits(), options.corrupted)
    print("Each cell: the share that is clear; what is read wrongly.")
    for what, field, values in TABLES:
        print(f"\n| {what} | {' | '.join(asked)} |")
        print("| --- |" + " --- |" * len(asked))
        for value in values:
            row = cells(asked, replace(ONE, **{field: value}))
            print(f"| {value if value < NEVER else 'never'} | {row} |")
    print(f"\nIn use: {ONE}.")


if __name__ == "__main__":
    main()
