import json
from types import ModuleType

import pytest

from inkdigits.datasets.dataset import Dataset


@pytest.fixture
def script(load):
    return load("time_to_99")


@pytest.fixture
def recipe(script: ModuleType):
    return script.find_recipe("fast").replace(
        batch_size=64, validation_images=100, epochs=2, learning_rate=0.05
    )


@pytest.fixture
def dataset(mnist: Dataset) -> Dataset:
    train, test = mnist.train.take(slice(500)), mnist.test.take(slice(200))
    return Dataset("few digits", train, test, mnist.class_names, "0" * 64)


def test_training_stops_at_the_first_look_that_finds_the_goal(script, recipe, dataset):
    passing = script.first_pass(recipe, dataset, seed=0, goal=0.2)
    assert passing.accuracy >= 0.2
    assert 0 < passing.images < 2 * 384  # of 400 images, 6 full batches an epoch
    assert passing.seconds > 0
    assert passing.before > 0


def test_a_goal_out_of_reach_has_no_time(script, recipe, dataset):
    passing = script.first_pass(recipe, dataset, seed=0, goal=1.01)
    assert passing.seconds is None
    assert passing.images == 2 * 384


def test_a_whole_training_here_takes_every_step_and_reads_the_test_images(script, recipe, dataset):
    whole = script.whole_training(recipe, dataset, seed=0)
    assert whole.images == 2 * 384
    assert whole.seconds > 0
    assert 0 < whole.accuracy < 1


def test_the_table_compares_medians(script):
    times = {
        "fast": [script.Time(s, 100, a, 2.0) for s, a in ((0.5, 0.99), (0.7, 0.992), (9.0, 0.991))],
        "published": [
            script.Time(14.0, 5000, 0.99, 3.0),
            script.Time(None, 9000, 0.98, 3.0),
            script.Time(28.0, 7000, 0.991, 4.0),
        ],
    }
    fast, published = script.table(times).splitlines()[2:]
    # Student's t for two degrees of freedom: 99.1 ± 4.303 * 0.1 / sqrt(3)
    assert fast == (
        "| `fast`, whole | 3 | 99.100 % ± 0.100 % | 98.852 to 99.348 % | 99.00 to 99.20 % "
        "| 0.70 s | 0.50 to 9.00 s | 1.0x | 100 | 2.0 s |"
    )
    assert "| 21.00 s | 14.00 to 28.00 s | 30.0x | 7,000 | 3.0 s |" in published
    assert published.startswith("| `published`, until 99 % | 3 |")


def test_a_recipe_that_never_gets_there_is_said_to(script):
    times = {"fast": [script.Time(0.5, 1, 0.99, 1.0)], "slow": [script.Time(None, 9, 0.5, 1.0)]}
    row = script.table(times).splitlines()[-1]
    assert "| never |  |  | 9 |" in row


def test_the_others_take_their_turns_in_between(script):
    order = script._order(4, ["published"], 2)
    assert [name for name, _ in order].count("fast") == 4
    assert order.index(("published", 0)) < order.index(("fast", 2))
    assert order.index(("fast", 1)) < order.index(("published", 1))


def test_what_the_log_holds_is_not_measured_again(script, tmp_path, monkeypatch):
    log = tmp_path / "log.jsonl"
    known = {"seconds": 0.5, "images": 10, "accuracy": 0.99, "before": 1.0}
    log.write_text(json.dumps({"recipe": "fast", "seed": 0, "time": known}) + "\n")
    fresh = script.Time(0.6, 10, 0.991, 1.0)
    asked = []

    def whole_run(recipe, seed):
        asked.append((recipe, seed))
        return fresh

    monkeypatch.setattr(script, "whole_run", whole_run)
    for _ in range(2):
        assert script.measure(2, [], 1, log) == {"fast": [script.Time(**known), fresh]}
    assert asked == [("fast", 1)]
