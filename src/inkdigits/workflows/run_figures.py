"""The figures of a finished run: what its exported network does, and what one before it did.

Comes in: a trainer that is done, what it learnt from, and its network as users get it. Goes out:
figures. It writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from inkdigits.evaluation.calibration import Reliability, reliability
from inkdigits.evaluation.metrics import Evaluation, evaluate
from inkdigits.recognition.answers import Classifier
from inkdigits.runs.manifest import BaseRecord
from inkdigits.training.trainer import Trainer
from inkdigits.workflows.material import Material
from inkdigits.workflows.records import base_record


@dataclass(frozen=True, eq=False)
class RunFigures:
    """What a network does.

    Attributes:
        test: On the test images.
        validation: On what its training was validated with.
        calibration: How far its confidences on the test images are right.
        base: Before and after, where it went on from another; otherwise None.
    """

    test: Evaluation
    validation: Evaluation
    calibration: Reliability
    base: BaseRecord | None


def measure(trainer: Trainer, material: Material, classifier: Classifier) -> RunFigures:
    """Measure the network of a run.

    Args:
        trainer: Its training, done.
        material: What it learnt from, and from which network.
        classifier: The network as it was exported.
    """
    images, base = material.parts.test, material.base
    test = evaluate(classifier.probabilities(images.images), images.labels)
    return RunFigures(
        test,
        _validate(trainer, material, classifier),
        reliability(test.probabilities, test.labels),
        base_record(base, material.dataset, material.known, classifier) if base else None,
    )


def _validate(trainer: Trainer, material: Material, classifier: Classifier) -> Evaluation:
    if trainer.recipe.validation == "held-out":
        held_out = material.parts.validation
        return evaluate(classifier.probabilities(held_out.images), held_out.labels)
    inputs, labels = trainer.validation_set(trainer.recipe.epochs)
    return evaluate(trainer.predict(inputs), labels)
