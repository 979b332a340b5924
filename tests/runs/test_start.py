from pathlib import Path

import pytest

from inkdigits.errors import ModelFileError
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.start import Start, read_start, write_start
from inkdigits.training.recipes import TUTORIAL

START = Start(seed=7, data="mnist", sha256="00")


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    run = RunFolder(tmp_path)
    write_start(run, TUTORIAL, START)
    return run


def test_recipe_and_start_come_back(run: RunFolder):
    assert read_start(run) == (TUTORIAL, START)


def test_a_missing_start_is_told(run: RunFolder):
    run.start.unlink()
    with pytest.raises(ModelFileError, match=r"start\.json: No such file"):
        read_start(run)


@pytest.mark.parametrize("text", ["", "{}", '{"seed": -1, "data": "mnist", "sha256": "00"}'])
def test_a_damaged_start_is_told(run: RunFolder, text: str):
    run.start.write_text(text)
    with pytest.raises(ModelFileError, match=r"start\.json is damaged"):
        read_start(run)


def test_a_damaged_recipe_is_told(run: RunFolder):
    run.recipe.write_text("{")
    with pytest.raises(ModelFileError, match=r"recipe\.json is damaged: .*not valid JSON"):
        read_start(run)
