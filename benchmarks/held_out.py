"""Measure a network on what its recipe may be chosen by: no test image is read.

Comes in: a network's file. Goes out: a Markdown table with its accuracy on the 5,000 held-out
training images, as they are and corrupted in the fifteen ways of MNIST-C, that on drawn 1s, 7s and
0s which MNIST lacks, how well it tells the outliers to choose by, and how pages of held-out digits
are read.

Example: python benchmarks/held_out.py runs/robust-1/model.onnx --pages 400
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

import numpy as np
from pages import SUITES, accuracy, at_least_one, cases, measure

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.datasets.mnist import load_mnist
from inkdigits.datasets.split import hold_out
from inkdigits.evaluation.choosing_sets import CHOOSING_SETS
from inkdigits.evaluation.corruptions.suite import CORRUPTIONS, corrupt
from inkdigits.evaluation.detection import auroc
from inkdigits.evaluation.outliers import outlier_set
from inkdigits.imaging.numerals import draw_numerals
from inkdigits.recognition.answers import Classifier
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import shipped_network
from inkdigits.workflows.readers import reader_for

HELD_OUT = 5000  # images, the same in every run that holds out as many
SEED = 7  # of corruptions and pages; those for test images have 0
OUTLIERS = 400
DRAWN = 4000  # digits that MNIST lacks, other ones than are learnt from


def held_out_digits(count: int = HELD_OUT) -> LabelledImages:
    """Return the training images that every run holds out which holds out so many, or more."""
    return hold_out(load_mnist().train, count)[1]


def figures(
    classifier: Classifier, digits: LabelledImages, corrupted: int, pages: int
) -> Iterator[tuple[str, str]]:
    """Measure, one figure after another.

    Args:
        classifier: The network.
        digits: Images that it did not learn from.
        corrupted: How many of them are corrupted.
        pages: Pages of each suite; ten times as many pasted digits.

    Returns:
        What is measured, and the figure for people.
    """
    known = accuracy(classifier, digits)
    yield "as they are", f"{known:.2%} ({round((1 - known) * len(digits))} wrong)"
    few = digits.take(slice(corrupted))
    shares = {}
    for name in CORRUPTIONS:
        images = corrupt(name, few.images, SEED)
        shares[name] = accuracy(classifier, LabelledImages(images, few.labels))
        yield name.replace("_", " "), f"{shares[name]:.2%}"
    yield "mean of fifteen corruptions", f"{fmean(shares.values()):.2%}"
    drawn = LabelledImages(*draw_numerals(DRAWN, np.random.default_rng(SEED)))
    for label in np.unique(drawn.labels):
        alike = drawn.take(drawn.labels == label)
        yield f"drawn {label}s, of {len(alike):,}", f"{accuracy(classifier, alike):.2%}"
    if classifier.rejection:
        inside = strangeness(classifier, digits.images)
        for name in CHOOSING_SETS["digits"]:
            outside = strangeness(classifier, outlier_set(name, "choosing", OUTLIERS))
            yield f"area under the ROC curve, {name}", f"{auroc(inside, outside):.4f}"
    for suite in SUITES:
        n = min(10 * pages, len(digits)) if suite == "pasted" else pages
        score = measure(reader_for(classifier), suite, cases(suite, digits, n, SEED), None, None)
        digits_right = score.digits_right
        told = "" if digits_right is None else f" (digits {digits_right:.2%})"
        yield f"{suite}, of {n:,}", f"{score.share:.2%}{told}"


def strangeness(classifier: Classifier, images: np.ndarray) -> np.ndarray:
    """Return how strange a network with an outlier score finds images."""
    scores = classifier.answers(images).outlierness
    assert scores is not None
    return scores


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("model", type=Path, nargs="?", default=shipped_network())
    parser.add_argument("--corrupted", type=at_least_one, default=1000)
    parser.add_argument("--pages", type=at_least_one, default=400, help="pages of a suite")
    options = parser.parse_args()
    classifier = OnnxClassifier(options.model)
    print("| held-out images | figure |\n| --- | --- |")
    for what, figure in figures(classifier, held_out_digits(), options.corrupted, options.pages):
        print(f"| {what} | {figure} |", flush=True)


if __name__ == "__main__":
    main()
