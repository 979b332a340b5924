from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.dataset import Dataset, LabelledImages
from inkdigits.evaluation.confidence import Confidence
from inkdigits.evaluation.metrics import evaluate
from inkdigits.evaluation.outlier_scores import MaxSoftmax
from inkdigits.evaluation.statistics import wilson_interval
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.manifest import ConfidenceRecord
from inkdigits.training.fitting import fit_recipe
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import FAST, TUTORIAL
from inkdigits.workflows.records import command_for, confidence_record, score

RUN = RunFolder(Path("my runs/a"))


@pytest.mark.parametrize(
    ("recipe", "seed", "members", "command"),
    [
        (TUTORIAL, 0, 1, "inkdigits train --recipe tutorial --seed 0"),
        (FAST.replace(epochs=9), 7, 1, "inkdigits train --recipe fast --epochs 9 --seed 7"),
        (FAST, 7, 3, "inkdigits train --recipe fast --members 3 --seed 7"),
        (
            FAST.replace(epochs=2),
            1,
            100,
            "inkdigits train --recipe fast --epochs 2 --members 100 --seed 1",
        ),
        (
            FAST.replace(learning_rate=0.5),
            0,
            2,
            "inkdigits train --recipe 'my runs/a/recipe.json' --members 2 --seed 0",
        ),
        (
            FAST.replace(name="mine"),
            0,
            1,
            "inkdigits train --recipe 'my runs/a/recipe.json' --seed 0",
        ),
    ],
)
def test_the_command_makes_the_run_again(recipe: Recipe, seed: int, members: int, command: str):
    assert command_for(recipe, seed, RUN, members) == command


def test_a_score_says_what_the_evaluation_does():
    probabilities = np.array([[0.5, 0.5], [0.25, 0.75], [1, 0], [0.5, 0.5]], np.float32)
    record = score(evaluate(probabilities, np.array([0, 1, 0, 1], np.uint8)))
    assert (record.correct, record.n, record.accuracy) == (3, 4, 0.75)
    assert record.interval95 == wilson_interval(3, 4)
    assert record.loss == pytest.approx((2 * np.log(2) + np.log(4 / 3)) / 4)


def test_a_confidence_record_says_what_the_confidence_does_and_comes_back():
    areas = {"max-softmax": {"noise": 0.75, "blank": 1.0}}
    record = confidence_record(Confidence(1 / 3, MaxSoftmax(), threshold=0.1, areas=areas))
    assert (record.temperature, record.threshold) == (1 / 3, 0.1)
    assert (record.score, record.areas) == ("max-softmax", areas)
    assert ConfidenceRecord.model_validate_json(record.model_dump_json()) == record


def own(shape, names, source="/data/mine"):
    images = LabelledImages(np.zeros((96, *shape), np.uint8), np.zeros(96, np.uint8))
    return Dataset("mine", images, images, names, "0" * 64, form="pictures", source=source)


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        (own((28, 28), ("a", "b")), "--data /data/mine"),
        (own((32, 32, 3), ("a", "b")), "--data /data/mine --side 32"),
        (own((28, 28), ("0", "1")), "--data /data/mine --form pictures"),
        (own((28, 28), ("a", "b"), "my data"), "--data 'my data'"),
        (own((28, 28), ("a", "b"), None), ""),
    ],
)
def test_the_command_names_the_data_and_what_cannot_be_found_out(dataset, words):
    fitted = fit_recipe(TUTORIAL, dataset).recipe
    expected = f"inkdigits train --recipe tutorial {words}".strip()
    assert command_for(fitted, 3, RUN, dataset=dataset) == f"{expected} --seed 3"


def test_epochs_that_were_asked_for_are_in_the_command_for_ones_own_data():
    dataset = own((28, 28), ("a", "b"))
    command = command_for(fit_recipe(TUTORIAL, dataset, 2).recipe, 3, RUN, dataset=dataset)
    assert "--recipe tutorial --epochs 2 --data" in command


def test_the_command_of_a_deterministic_run_says_so():
    command = command_for(FAST, 7, RUN, deterministic=True)
    assert command == "inkdigits train --recipe fast --seed 7 --deterministic"
