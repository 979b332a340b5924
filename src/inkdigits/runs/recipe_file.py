"""Finding the recipe that a user means: a built-in name or a JSON file.

Comes in: what the user typed. Goes out: a `Recipe`.
"""

from __future__ import annotations

from pathlib import Path

from inkdigits.errors import ModelFileError, RecipeError
from inkdigits.runs.reading import MAX_JSON_BYTES, read_limited
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import find_recipe


def read_recipe(name_or_path: str) -> Recipe:
    """Return the recipe of that name, or the one in that file.

    Args:
        name_or_path: A built-in name, or a path that ends in ".json".

    Raises:
        RecipeError: If there is no such recipe or file, or the file holds no valid recipe.

    Example:
        >>> read_recipe("published").batch_size
        64
    """
    if not name_or_path.endswith(".json"):
        return find_recipe(name_or_path)
    path = Path(name_or_path)
    try:
        content = read_limited(path, MAX_JSON_BYTES)
    except ModelFileError as error:
        raise RecipeError(str(error)) from error
    try:
        return Recipe.from_json(content)
    except RecipeError as error:
        raise RecipeError(f"{path}: {error}") from None
