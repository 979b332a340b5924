"""How sure the small network must be, for its answers to stand in place of the large one's.

Comes in: a small network's file. Goes out: a Markdown table with a row for each of several
probabilities from which its answers stand: the share of digits of which the large network is not
asked, and mistakes, on held-out training images as they are and in fifteen ways corrupted; and how
many pictures without a digit are read as one. No test image is read.

Example: python benchmarks/quick.py
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from held_out import SEED, held_out_digits
from pages import at_least_one

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.evaluation.corruptions.suite import CORRUPTIONS, corrupt
from inkdigits.evaluation.outliers import outlier_set
from inkdigits.recognition.answers import Answers
from inkdigits.recognition.cascade import CLEAR
from inkdigits.recognition.hypotheses import LEAST_CONFIDENCE
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import shipped_network, shipped_quick
from inkdigits.workflows.confidence import CHOOSING_SETS

BOUNDS = (0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 1.1)  # the last: the large one alone


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

    def clear(self, bound: float) -> np.ndarray:
        """Return the images of which the large network is not asked."""
        sure = self.quick.probabilities.max(axis=1) >= bound
        return sure & ~self.quick.rejected

    def wrong(self, bound: float) -> int:
        """Return how many images are read as something that they do not show."""
        clear = self.clear(bound)[:, np.newaxis]
        joint = np.where(clear, self.quick.probabilities, self.thorough.probabilities)
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
        quick, thorough = (each.answers(images).joint() for each in (self.quick, self.thorough))
        return Asked(quick, thorough, labels)


def ask_all(networks: Networks, digits: LabelledImages, corrupted: int) -> dict[str, list[Asked]]:
    """Ask about everything that is measured, by what it is."""
    few = digits.take(slice(corrupted))
    worse = [networks.ask(corrupt(name, few.images, SEED), few.labels) for name in CORRUPTIONS]
    asked = {"digits": [networks.ask(digits.images, digits.labels)], "corrupted digits": worse}
    for name in CHOOSING_SETS["digits"]:
        asked[name] = [networks.ask(outlier_set(name, "choosing", 1000))]
    return asked


def row(asked: dict[str, list[Asked]], bound: float) -> list[str]:
    """Return the cells for one bound."""
    cells = [f"{bound:g}" if bound <= 1 else "the large network alone"]
    for each in asked.values():
        images = sum(len(one.quick.probabilities) for one in each)
        clear = sum(int(one.clear(bound).sum()) for one in each)
        wrong = sum(one.wrong(bound) for one in each)
        cells.append(f"{clear / images:.1%}; {wrong:,} of {images:,}")
    return cells


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("model", type=Path, nargs="?", default=shipped_quick())
    parser.add_argument("--corrupted", type=at_least_one, default=500)
    options = parser.parse_args()
    asked = ask_all(Networks(options.model), held_out_digits(), options.corrupted)
    print(f"In use: {CLEAR:g}. Each cell: the share that is clear; what is read wrongly.\n")
    print(f"| clear from | {' | '.join(asked)} |")
    print("| --- |" + " --- |" * len(asked))
    for bound in BOUNDS:
        print(f"| {' | '.join(row(asked, bound))} |")


if __name__ == "__main__":
    main()
