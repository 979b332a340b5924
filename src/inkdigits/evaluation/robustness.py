"""How a network stands up to corrupted images.

Comes in: a function that answers images, and test images. Goes out: its figures on each of the
fifteen corruptions of MNIST-C. It does not know what answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean

from inkdigits.arrays import Images
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.evaluation.metrics import Evaluation, evaluate
from inkdigits.recognition.answers import Answers

SAMPLES = 100  # corrupted images that are kept to be looked at


@dataclass(frozen=True, eq=False)
class CorruptionSuite:
    """A network on the test images, corrupted in fifteen ways.

    Attributes:
        evaluations: Its answers to each of them, by the corruption's name.
        samples: The first images, at most `SAMPLES`, of each, by the corruption's name.
    """

    evaluations: Mapping[str, Evaluation]
    samples: Mapping[str, Images]

    @property
    def mean_accuracy(self) -> float:
        """Mean accuracy over the corruptions, 0 to 1."""
        return fmean(each.accuracy for each in self.evaluations.values())

    @property
    def worst(self) -> str:
        """Name of the corruption with the lowest accuracy, the first of equals."""
        return min(self.evaluations, key=lambda name: self.evaluations[name].accuracy)


def measure_corruptions(
    answer: Callable[[Images], Answers],
    test: LabelledImages,
    *,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> CorruptionSuite:
    """Corrupt the test images in each of the fifteen ways of MNIST-C and count right answers.

    Args:
        answer: Gives a network's answers to images.
        test: Clean digits, images of 28x28, at least one.
        seed: Decides what is drawn for the corruptions, 0 or more.
        progress: Is told of each corruption before it is made.

    Raises:
        ValueError: If there are no images.
        UsageError: If they are not 28x28, or the seed is negative.
    """
    # SciPy and scikit-image, which only this needs, take a second to import.
    from inkdigits.evaluation.corruptions.suite import CORRUPTIONS, corrupt

    evaluations, samples = {}, {}
    for number, name in enumerate(CORRUPTIONS, start=1):
        if progress:
            progress(f"corruption {number} of {len(CORRUPTIONS)}: {name}")
        corrupted = corrupt(name, test.images, seed)
        evaluations[name] = evaluate(answer(corrupted).probabilities, test.labels)
        samples[name] = corrupted[:SAMPLES].copy()  # the rest of the array is let go
    return CorruptionSuite(evaluations, samples)
