"""Which pictures a run's folder and report show.

Comes in: a finished training. Goes out: what its plots show, ready to be drawn.
"""

from __future__ import annotations

from inkdigits.arrays import AnyImages, Inputs, in_colour
from inkdigits.datasets.dataset import Dataset, Form
from inkdigits.datasets.selection import first_of_each_class
from inkdigits.evaluation.calibration import Reliability
from inkdigits.evaluation.metrics import Evaluation
from inkdigits.training.trainer import Trainer
from inkdigits.workflows.data import Parts
from inkdigits.workflows.run_plots import AnswerPlots, TrainingPlots
from inkdigits.workflows.shown import as_shown

SAMPLES_PER_CLASS = 10
AUGMENTED_IMAGES = 16
MISTAKES_SHOWN = 40


def plots_of_training(trainer: Trainer, dataset: Dataset, parts: Parts) -> TrainingPlots:
    """Gather what the plots of a training show.

    Args:
        trainer: Its last epoch is done.
        dataset: What was learnt from.
        parts: How it was split.
    """
    names = dataset.class_names
    samples = first_of_each_class(parts.train, len(names), SAMPLES_PER_CLASS)
    originals, augmented = augmented_examples(trainer, dataset.form)
    shown = as_shown(samples, dataset.form)
    return TrainingPlots(names, shown, originals, augmented, trainer.history)


def plots_of_answers(
    dataset: Dataset, parts: Parts, test: Evaluation, calibration: Reliability
) -> AnswerPlots:
    """Gather what the plots of a network's answers show.

    Args:
        dataset: What it was measured on.
        parts: How that was split.
        test: The answers to the test images.
        calibration: Their confidence against their accuracy.
    """
    shown = test.mistakes[:MISTAKES_SHOWN]
    wrong = as_shown(parts.test.take(shown), dataset.form)
    return AnswerPlots(
        dataset.class_names, test.confusion, wrong, test.probabilities[shown], calibration
    )


def augmented_examples(trainer: Trainer, form: Form = "digits") -> tuple[AnyImages, Inputs]:
    """Return the first images of the run's first batch, as they were and as they were learnt from.

    Returns:
        Originals, shape (n, height, width) or, of pictures, (n, height, width, 3), uint8, and
        augmented, shape (n, height, width, channels), float32, 0 to 1.
    """
    originals, augmented = trainer.feed.first_batch(AUGMENTED_IMAGES)
    return originals if form == "digits" else in_colour(originals), augmented
