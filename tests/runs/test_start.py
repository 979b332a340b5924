from pathlib import Path

import pytest

from inkdigits.errors import ModelFileError
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.start import MAX_MEMBERS, Start, read_start, write_start
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


def test_the_number_of_networks_comes_back(run: RunFolder):
    several = Start(seed=7, data="mnist", sha256="00", members=MAX_MEMBERS)
    write_start(run, TUTORIAL, several)
    assert read_start(run) == (TUTORIAL, several)


def test_a_start_that_names_no_number_is_that_of_one_network(run: RunFolder):
    run.start.write_text('{"seed": 7, "data": "mnist", "sha256": "00"}')
    assert read_start(run)[1].members == 1


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", '{"seed": -1, "data": "mnist", "sha256": "00"}'),
        *(
            f'{{"seed": 1, "data": "mnist", "sha256": "00", "members": {members}}}'
            for members in (0, -1, MAX_MEMBERS + 1, 1.5, '"2"', "null")
        ),
    ],
)
def test_a_damaged_start_is_told(run: RunFolder, text: str):
    run.start.write_text(text)
    with pytest.raises(ModelFileError, match=r"start\.json is damaged"):
        read_start(run)


def test_a_damaged_recipe_is_told(run: RunFolder):
    run.recipe.write_text("{")
    with pytest.raises(ModelFileError, match=r"recipe\.json is damaged: .*not valid JSON"):
        read_start(run)
