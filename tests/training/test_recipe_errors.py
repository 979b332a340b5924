from typing import Annotated, Literal, Self

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from inkdigits.training.recipe_errors import explain


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    angle: Annotated[float, Field(gt=-5, lt=5, json_schema_extra={"unit": "degrees"})] = 0.0


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    count: Annotated[int, Field(ge=1, le=5000)] = 1
    kind: Literal["a", "b"] = "a"
    flag: bool = False
    inner: Inner = Inner()

    @model_validator(mode="after")
    def _check_pair(self) -> Self:
        if self.kind == "b" and self.count > 1:
            raise ValueError("`kind` b goes with a `count` of 1 alone")
        return self


class Outermost(BaseModel):
    outer: Outer = Outer()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"count": 0}, "`count` must be a whole number between 1 and 5,000; received 0"),
        ({"kind": "c"}, "`kind` must be one of a, b; received 'c'"),
        ({"flag": 1}, "`flag` must be true or false; received 1"),
        (
            {"inner": {"angle": 5}},
            "`inner.angle` must be between -5 (excluded) and 5 (excluded) degrees; received 5",
        ),
        ({"inner": 3}, "`inner` must be a JSON object; received 3"),
        ({"cuont": 3}, "a recipe has no field `cuont`; did you mean `count`; received 3"),
        (
            {"inner": {"x": 1}},
            "a recipe has no field `inner.x`; the fields here are angle; received 1",
        ),
    ],
)
def test_field_range_and_value_are_named_from_the_model(fields, message):
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(fields)
    assert explain(Outer, caught.value) == message


@pytest.mark.parametrize(
    ("model", "fields"),
    [(Outer, {"kind": "b", "count": 2}), (Outermost, {"outer": {"kind": "b", "count": 2}})],
)
def test_fields_that_do_not_go_together_are_told_in_the_models_own_sentence(model, fields):
    with pytest.raises(ValidationError) as caught:
        model.model_validate(fields)
    assert explain(model, caught.value) == "`kind` b goes with a `count` of 1 alone"


def test_a_wrong_field_is_told_before_fields_that_do_not_go_together():
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate({"kind": "b", "count": 0})
    assert explain(Outer, caught.value).startswith("`count` must be a whole number")


def test_a_long_value_is_cut():
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate({"kind": "x" * 500})
    message = explain(Outer, caught.value)
    assert message.endswith("xxx...")
    assert len(message) < 120
