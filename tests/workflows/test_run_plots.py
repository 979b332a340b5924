import pickle
import subprocess
import sys

import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.evaluation.calibration import reliability
from inkdigits.plots.png import SIGNATURE
from inkdigits.training.state import EpochRecord
from inkdigits.workflows.run_plots import AnswerPlots, TrainingPlots


@pytest.fixture
def few(rng: np.random.Generator) -> LabelledImages:
    images = rng.integers(0, 256, (10, 28, 28), np.uint8)
    return LabelledImages(images, np.arange(10, dtype=np.uint8))


@pytest.fixture
def training(few: LabelledImages) -> TrainingPlots:
    record = EpochRecord(
        epoch=1,
        loss=0.2,
        accuracy=0.9,
        val_loss=0.1,
        val_accuracy=0.95,
        learning_rate=0.01,
        seconds=1.0,
    )
    moved = (few.images / np.float32(255))[..., np.newaxis]
    return TrainingPlots(DIGIT_NAMES, few, few.images, moved, (record,))


@pytest.fixture
def answers(few: LabelledImages) -> AnswerPlots:
    probabilities = np.full((10, 10), 0.1, np.float32)
    calibration = reliability(probabilities, few.labels)
    return AnswerPlots(DIGIT_NAMES, np.eye(10, dtype=int), few, probabilities, calibration)


def test_the_plots_of_a_training_are_three_pngs(training: TrainingPlots):
    drawn = training.draw()
    assert list(drawn) == ["samples", "augmented-batch", "curves"]
    assert all(content.startswith(SIGNATURE) for content in drawn.values())


def test_the_plots_of_answers_are_three_others(answers: AnswerPlots):
    drawn = answers.draw()
    assert list(drawn) == ["confusion-matrix", "mistakes", "calibration"]
    assert all(content.startswith(SIGNATURE) for content in drawn.values())


def test_another_process_draws_the_same_without_keras(training: TrainingPlots):
    draw = (
        "import pickle, sys; draw = pickle.load(sys.stdin.buffer); "
        "assert 'matplotlib' not in sys.modules; drawn = draw(); "
        "assert 'keras' not in sys.modules; pickle.dump(drawn, sys.stdout.buffer)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", draw], input=pickle.dumps(training.draw), capture_output=True
    )
    assert ended.stderr == b""
    assert pickle.loads(ended.stdout) == training.draw()


def test_what_draws_can_be_imported_ahead_and_keras_is_not_part_of_it():
    ahead = (
        "import sys; from inkdigits.workflows.run_plots import import_plots; "
        "before = set(sys.modules); import_plots(); "
        "print({'matplotlib.figure', 'keras'} & (set(sys.modules) - before))"
    )
    ended = subprocess.run([sys.executable, "-c", ahead], capture_output=True, text=True)
    assert (ended.stdout, ended.stderr) == ("{'matplotlib.figure'}\n", "")
