"""What pydantic found wrong with a recipe, in one line that names field, range and value.

Comes in: a model class and its `ValidationError`. Goes out: the sentence. It does not know which
fields a recipe has; it reads their types, bounds and units from the model.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo


def explain(model: type[BaseModel], error: ValidationError) -> str:
    """Say what is wrong with the first wrong field.

    Args:
        model: The class that refused its input.
        error: What it raised.

    Returns:
        One line, such as "`rotation` must be between 0 and 180 degrees; received -3".
    """
    first = error.errors(include_url=False)[0]
    location, received = first["loc"], first["input"]
    path = ".".join(str(part) for part in location)
    match first["type"]:
        case "value_error":  # fields that do not go together: the sentence is the recipe's own
            return str(first["ctx"]["error"])
        case "json_invalid":
            return f"the recipe is not valid JSON: {first['ctx']['error']}"
        case "extra_forbidden":
            shown = _cut(repr(path)[1:-1])  # a name from outside may hold anything
            advice = _advice(_parent(model, location), str(location[-1]))
            return f"a recipe has no field `{shown}`; {advice}; received {_short(received)}"
        case "missing":
            return f"the recipe lacks the field `{path}`"
    field = _find_field(model, location)
    wanted = _requirement(field) if field else "a recipe must be a JSON object"
    subject = f"`{path}` {wanted}" if field else wanted
    return f"{subject}; received {_short(received)}"


def _parent(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel]:
    for part in location[:-1]:
        annotation = model.model_fields[str(part)].annotation
        assert isinstance(annotation, type) and issubclass(annotation, BaseModel)
        model = annotation
    return model


def _find_field(model: type[BaseModel], location: tuple[int | str, ...]) -> FieldInfo | None:
    return _parent(model, location).model_fields[str(location[-1])] if location else None


def _advice(model: type[BaseModel], name: str) -> str:
    close = get_close_matches(name, model.model_fields, n=1)
    if close:
        return f"did you mean `{close[0]}`"
    return f"the fields here are {', '.join(model.model_fields)}"


def _requirement(field: FieldInfo) -> str:
    """Say what a field accepts: "must be a whole number between 1 and 10000 images"."""
    kind = field.annotation
    if get_origin(kind) is Literal:
        return f"must be one of {', '.join(str(choice) for choice in get_args(kind))}"
    if kind is bool:
        return "must be true or false"
    if kind in (int, float):
        extra = field.json_schema_extra
        unit = f" {extra['unit']}" if isinstance(extra, dict) and "unit" in extra else ""
        number = "a whole number " if kind is int else ""
        return f"must be {number}{_bounds(field.metadata)}{unit}"
    if kind is str:
        return (
            "must be 1 to 64 letters, digits, dots, dashes or underscores, "
            "the first a letter or digit"
        )
    return "must be a JSON object"


def _bounds(metadata: list[Any]) -> str:
    low, high = "", ""
    for each in metadata:
        match each:
            case Ge(ge):
                low = f"{ge:,}"
            case Gt(gt):
                low = f"{gt:,} (excluded)"
            case Le(le):
                high = f"{le:,}"
            case Lt(lt):
                high = f"{lt:,} (excluded)"
    return f"between {low} and {high}"


def _short(value: object) -> str:
    return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
