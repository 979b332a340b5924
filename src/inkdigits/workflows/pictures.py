"""Which pictures a run's folder and report show.

Comes in: a finished training. Goes out: PNGs by name, drawn by the plots package.
"""

from __future__ import annotations

from inkdigits.arrays import AnyImages, Inputs, in_colour
from inkdigits.datasets.dataset import Dataset, Form
from inkdigits.datasets.selection import first_of_each_class
from inkdigits.evaluation.calibration import Reliability
from inkdigits.evaluation.metrics import Evaluation
from inkdigits.plots.confusion import confusion_matrix
from inkdigits.plots.curves import curves
from inkdigits.plots.digits import augmented_batch, mistakes, sample_grid
from inkdigits.plots.png import to_png
from inkdigits.plots.reliability import reliability_diagram
from inkdigits.training.trainer import Trainer
from inkdigits.workflows.data import Parts
from inkdigits.workflows.shown import as_shown

SAMPLES_PER_CLASS = 10
AUGMENTED_IMAGES = 16
MISTAKES_SHOWN = 40


def draw_plots(
    trainer: Trainer,
    dataset: Dataset,
    parts: Parts,
    test: Evaluation,
    calibration: Reliability,
) -> dict[str, bytes]:
    """Draw every plot of a run.

    Args:
        trainer: Its last epoch is done.
        dataset: What was learnt from.
        parts: How it was split.
        test: The answers to the test images.
        calibration: Their confidence against their accuracy.

    Returns:
        PNG by name: samples, augmented-batch, curves, confusion-matrix, mistakes, calibration.
    """
    names = dataset.class_names
    samples = first_of_each_class(parts.train, len(names), SAMPLES_PER_CLASS)
    samples = as_shown(samples, dataset.form)
    originals, augmented = augmented_examples(trainer, dataset.form)
    wrong = as_shown(parts.test.take(test.mistakes[:MISTAKES_SHOWN]), dataset.form)
    probabilities = test.probabilities[test.mistakes[:MISTAKES_SHOWN]]
    figures = {
        "samples": sample_grid(samples.images, samples.labels, names),
        "augmented-batch": augmented_batch(originals, augmented),
        "curves": curves(trainer.history),
        "confusion-matrix": confusion_matrix(test.confusion, names),
        "mistakes": mistakes(wrong.images, wrong.labels, probabilities, names),
        "calibration": reliability_diagram(calibration),
    }
    return {name: to_png(figure) for name, figure in figures.items()}


def augmented_examples(trainer: Trainer, form: Form = "digits") -> tuple[AnyImages, Inputs]:
    """Return the first images of the run's first batch, as they were and as they were learnt from.

    Returns:
        Originals, shape (n, height, width) or, of pictures, (n, height, width, 3), uint8, and
        augmented, shape (n, height, width, channels), float32, 0 to 1.
    """
    originals, augmented = trainer.feed.first_batch(AUGMENTED_IMAGES)
    return originals if form == "digits" else in_colour(originals), augmented
