import json
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import TUTORIAL
from tests.places import BENCHMARKS


@pytest.fixture
def recipes(load):
    return load("recipes")


def a_run(recipe: str, seed: int, accuracy: float, flawed: float | None = None) -> dict[str, Any]:
    return {
        "recipe": recipe,
        "seed": seed,
        "test": {"accuracy": accuracy},
        "test_augmented": {"accuracy": flawed} if flawed else None,
        "train": {"images_per_second": 2000.0},
        "wall_seconds": 100.0,
    }


def test_the_table_has_mean_spread_and_interval(recipes: ModuleType):
    runs = [a_run("mine", seed, accuracy) for seed, accuracy in enumerate((0.991, 0.993, 0.995))]
    row = recipes.table(runs).splitlines()[-1]
    # Student's t for two degrees of freedom: 99.3 ± 4.303 * 0.2 / sqrt(3)
    assert row == (
        "| `mine` | 3 | 99.300 % ± 0.200 % | 98.803 to 99.797 % | 99.10 to 99.50 % | not used "
        "| 2,000 ± 0 | 100 s ± 0 s |"
    )


def test_a_recipe_with_both_figures_shows_both(recipes: ModuleType):
    assert "| 98.900 % |" in recipes.table([a_run("published", 0, 0.993, flawed=0.989)])


def test_runs_in_the_log_are_not_repeated(
    recipes: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps(a_run("a", 0, 0.99)) + "\n")
    trained = []

    def train(recipe: str, seed: int) -> dict[str, Any]:
        trained.append((recipe, seed))
        return a_run(recipe, seed, 0.98)

    monkeypatch.setattr(recipes, "train", train)
    runs = recipes.train_all(["a", "b"], 2, log)
    assert trained == [("b", 0), ("a", 1), ("b", 1)]
    assert len(runs) == len(log.read_text().splitlines()) == 4


def test_a_recipe_in_a_file_is_known_by_the_file(
    recipes: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        document = json.dumps({**a_run("the name in it", 0, 0.99), "words": command})
        return subprocess.CompletedProcess(command, 0, document.encode())

    monkeypatch.setattr(recipes.subprocess, "run", run)
    runs = recipes.train_all(["mine.json"], 1, tmp_path / "log.jsonl")
    assert [each["recipe"] for each in runs] == ["mine.json"]
    assert runs[0]["words"][1:4] == ["train", "--recipe", "mine.json"]


def test_the_tutorial_in_float32_differs_in_precision_alone():
    recipe = Recipe.from_json((BENCHMARKS / "tutorial-float32.json").read_bytes())
    assert recipe == TUTORIAL.replace(name="tutorial-float32", precision="float32")
