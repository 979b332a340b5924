"""Write the reference pages from the program itself: help texts, recipes and the model card.

Comes in: nothing. Goes out: `commands.md`, `recipes.md` and `model-card.md` beside this script. A
test holds the committed pages against what this script would write.
"""

from __future__ import annotations

import html
import subprocess
import sys
from pathlib import Path
from typing import Any

from inkdigits.recognition.shipped import (
    read_card,
    read_counter_card,
    read_medium_card,
    read_quick_card,
)
from inkdigits.reports.model_card import counter_card, medium_card, model_card, quick_card
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import RECIPES

FOLDER = Path(__file__).parent
NOTE = "<!-- Written by `make docs` from the program itself; edit the source instead. -->\n\n"


def command_reference() -> str:
    """Return every command's help as Markdown, as Typer lays it out."""
    words = ["typer", "inkdigits.cli.main", "utils", "docs", "--name", "inkdigits"]
    done = subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, text=True, check=True
    )
    return NOTE + html.unescape(done.stdout).rstrip() + "\n"


def recipe_reference() -> str:
    """Return every field of a recipe, with what the built-in recipes set it to."""
    schema = Recipe.model_json_schema()
    names = list(RECIPES)
    lines = [
        NOTE + "# Recipes\n",
        "A recipe decides everything about a training run. `inkdigits train --recipe FILE.json`",
        "takes one of your own: start from the `recipe.json` of any run folder.\n",
        f"| field | what it is | range | {' | '.join(f'`{name}`' for name in names)} |",
        f"| --- | --- | --- |{' --- |' * len(names)}",
        *_rows(schema["properties"], schema, [recipe.model_dump() for recipe in RECIPES.values()]),
    ]
    return "\n".join(lines) + "\n"


def _rows(
    fields: dict[str, Any], schema: dict[str, Any], values: list[dict[str, Any]], prefix: str = ""
) -> list[str]:
    rows = []
    for name, field in fields.items():
        if "$ref" in field:
            nested = schema["$defs"][field["$ref"].rsplit("/", 1)[-1]]
            inner = [value[name] for value in values]
            rows += _rows(nested["properties"], schema, inner, prefix=f"{name}.")
            continue
        cells = [f"`{prefix}{name}`", field["description"], _range(field)]
        rows.append(f"| {' | '.join([*cells, *(_value(value[name]) for value in values)])} |")
    return rows


def _range(field: dict[str, Any]) -> str:
    if "enum" in field:
        return ", ".join(f"`{choice}`" for choice in field["enum"])
    if field["type"] == "boolean":
        return "`true`, `false`"
    low = field.get("minimum", field.get("exclusiveMinimum"))
    high = field.get("maximum", field.get("exclusiveMaximum"))
    if low is None or high is None:
        return "a name"
    low_mark = " (excluded)" if "exclusiveMinimum" in field else ""
    high_mark = " (excluded)" if "exclusiveMaximum" in field else ""
    return f"{low:,}{low_mark} to {high:,}{high_mark}"


def _value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def card_page() -> str:
    """Return the cards of the networks that come with the package."""
    return "\n".join(
        [
            NOTE + model_card(read_card()),
            counter_card(read_counter_card()),
            quick_card(read_quick_card()),
            medium_card(read_medium_card()),
        ]
    )


PAGES = {
    "commands.md": command_reference,
    "recipes.md": recipe_reference,
    "model-card.md": card_page,
}


def main() -> None:
    """Write all pages."""
    for name, make in PAGES.items():
        (FOLDER / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
