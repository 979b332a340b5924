"""What measuring a network amounts to: its figures on every suite that was asked for.

Comes in: nothing. Goes out: the one value that a terminal, a program and a page show. It does not
know how the figures came about.
"""

from __future__ import annotations

from dataclasses import dataclass

from inkdigits.datasets.dataset import Form, LabelledImages
from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.evaluation.comparison import Comparison
from inkdigits.evaluation.metrics import Evaluation
from inkdigits.evaluation.rejection import OutlierSuite
from inkdigits.evaluation.robustness import CorruptionSuite
from inkdigits.recognition.answers import Rejection

SUITES = ("clean", "corruptions", "outliers", "other-writers")


@dataclass(frozen=True, eq=False)
class Measured:
    """What a network's figures are; a suite that was not asked for is None.

    Attributes:
        clean: On the test images.
        undisputed: Of MNIST, on those whose label nobody disputes; None of other data.
        rejection: How the network's file tells what is no digit; None if it does not.
        test: The test images.
        data: Name of the data set they are of.
        class_names: Name of each class.
        form: What the images are.
        against: The other network's figures on the test images, and how the two compare, the
            measured network first.
        corruptions: On the corrupted test images.
        outliers: On pictures that are no digits.
        other_writers: On digits of other writers, and those as the network saw them.
    """

    clean: Evaluation
    undisputed: Evaluation | None
    rejection: Rejection | None
    test: LabelledImages
    data: str = "mnist"
    class_names: tuple[str, ...] = DIGIT_NAMES
    form: Form = "digits"
    against: tuple[Evaluation, Comparison] | None = None
    corruptions: CorruptionSuite | None = None
    outliers: OutlierSuite | None = None
    other_writers: tuple[Evaluation, LabelledImages] | None = None
