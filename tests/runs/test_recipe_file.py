import os
from pathlib import Path

import pytest

from inkdigits.errors import RecipeError
from inkdigits.runs.recipe_file import read_recipe
from inkdigits.training.recipes import PUBLISHED


def test_a_name_finds_a_built_in_recipe():
    assert read_recipe("published") == PUBLISHED


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(RecipeError, match="no recipe 'tutrial'; the recipes are published, tut"):
        read_recipe("tutrial")


def test_a_file_is_read(tmp_path: Path):
    path = tmp_path / "mine.json"
    path.write_text(PUBLISHED.replace(name="mine", epochs=2).to_json())
    assert read_recipe(str(path)).epochs == 2


def test_a_misspelt_field_is_told_with_the_file(tmp_path: Path):
    path = tmp_path / "mine.json"
    path.write_text(PUBLISHED.to_json().replace("batch_size", "bach_size"))
    with pytest.raises(RecipeError, match=r"mine\.json: a recipe has no field `bach_size`; did"):
        read_recipe(str(path))


def test_a_missing_file_is_told():
    with pytest.raises(RecipeError, match=r"cannot read none\.json: No such file"):
        read_recipe("none.json")


def test_a_folder_is_no_recipe(tmp_path: Path):
    (tmp_path / "a.json").mkdir()
    with pytest.raises(RecipeError, match="Is a directory"):
        read_recipe(str(tmp_path / "a.json"))


def test_an_enormous_file_is_not_read(tmp_path: Path):
    path = tmp_path / "big.json"
    path.write_bytes(b" " * (100_001))
    with pytest.raises(RecipeError, match="must be at most 100,000 bytes"):
        read_recipe(str(path))


def test_a_pipe_is_refused_at_once(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(RecipeError, match=r"pipe\.json must be a file; it is a device or a pipe"):
        read_recipe(str(tmp_path / "pipe.json"))
