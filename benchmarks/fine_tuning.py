"""Let the network of the package go on learning from digits of other writers, and measure both.

Comes in: how many of their digits, which layers are frozen, and seeds. Goes out: a Markdown table
with the accuracy on the writers' other digits and on MNIST's test images, before and after. The
digits are scikit-learn's 1,797, which the network has not learnt from; which of them it learns from
here depends on the seed. With `--held-out`, what is left of MNIST is told on the 5,000 training
images that were held out when the network was trained: to choose by.

Example: python benchmarks/fine_tuning.py --images 100 300 --seeds 3
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from inkdigits.datasets.dataset import Dataset, LabelledImages
from inkdigits.datasets.mnist import DIGIT_NAMES, load_mnist
from inkdigits.datasets.other_writers import OTHER_WRITERS_SHA256, load_other_writers
from inkdigits.imaging.cells import enlarge_and_normalise
from inkdigits.recognition.answers import Classifier
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import shipped_network
from inkdigits.training.recipe import Frozen
from inkdigits.training.recipes import ROBUST
from inkdigits.workflows.data import split_for
from inkdigits.workflows.train import fine_tune


@dataclass(frozen=True)
class Outcome:
    """Accuracies of one run, 0 to 1, and its seconds of training."""

    images: int
    frozen: Frozen
    own_before: float
    own_after: float
    known_before: float
    known_after: float
    seconds: float


def other_writers(images: int, seed: int) -> Dataset:
    """Return the other writers' digits: so many to learn from, the rest to measure on."""
    cells = load_other_writers()
    digits = LabelledImages(enlarge_and_normalise(cells.images), cells.labels)
    order = np.random.default_rng(seed).permutation(len(digits))
    parts = digits.take(order[:images]), digits.take(order[images:])
    return Dataset("other writers", *parts, DIGIT_NAMES, OTHER_WRITERS_SHA256)


def measure(
    images: int, frozen: Frozen, seed: int, known: LabelledImages, epochs: int | None = None
) -> Outcome:
    """Train once, for so many epochs or as many as fine-tuning takes by itself."""
    dataset = other_writers(images, seed)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        run, manifest = fine_tune(
            "shipped", dataset, frozen=frozen, epochs=epochs, seed=seed, out=out
        )
        after = accuracy(OnnxClassifier(run.onnx), known)
    base = manifest.base
    assert base is not None and base.before is not None
    return Outcome(
        images,
        frozen,
        base.before.accuracy,
        manifest.test.accuracy,
        accuracy(OnnxClassifier(shipped_network()), known),
        after,
        manifest.train.seconds,
    )


def accuracy(network: Classifier, images: LabelledImages) -> float:
    """Return the share of images that a network reads rightly."""
    answers = network.probabilities(images.images).argmax(axis=1)
    return float((answers == images.labels).mean())


def table(outcomes: Sequence[Outcome]) -> str:
    """Lay the outcomes out, the mean over seeds with the lowest and highest."""
    lines = [
        "| digits learnt from | frozen | seeds | the writers' other digits, before | after "
        "| MNIST, before | after | training |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for images, frozen in dict.fromkeys((each.images, each.frozen) for each in outcomes):
        group = [each for each in outcomes if (each.images, each.frozen) == (images, frozen)]
        cells = [
            *(str(images), frozen, str(len(group))),
            spread([each.own_before for each in group]),
            spread([each.own_after for each in group]),
            spread([each.known_before for each in group]),
            spread([each.known_after for each in group]),
            f"{fmean(each.seconds for each in group):.0f} s",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def spread(shares: Sequence[float]) -> str:
    """Write the mean of shares in percent, with the lowest and the highest if they differ."""
    mean = f"{100 * fmean(shares):.2f} %"
    if min(shares) == max(shares):
        return mean
    return f"{mean} ({100 * min(shares):.2f} to {100 * max(shares):.2f})"


def main() -> None:
    """Train all and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, nargs="+", default=[100, 300])
    parser.add_argument("--frozen", nargs="+", default=["features"], help="features, nothing")
    parser.add_argument("--epochs", type=int, help="default: as fine-tuning by itself")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--held-out", action="store_true")
    asked = parser.parse_args()
    mnist = load_mnist()
    known = split_for(mnist, ROBUST).validation if asked.held_out else mnist.test
    outcomes = [
        measure(images, frozen, seed, known, asked.epochs)
        for seed in range(asked.seeds)
        for images in asked.images
        for frozen in asked.frozen
    ]
    print(table(outcomes))


if __name__ == "__main__":
    main()
