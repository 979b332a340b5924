import json

import pytest
from pydantic import ValidationError

from inkdigits.errors import RecipeError
from inkdigits.training.augmentation.ranges import Augmentation
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import FAST, PUBLISHED, TUTORIAL

MOVEMENTS = ("rotation", "width_shift", "height_shift", "shear", "zoom", "mirror_share")
RANGES = (*MOVEMENTS, "elastic", "stroke", "outline_share", "texture", "fading", "erase_share")


def test_the_ranges_below_are_all_that_change_something():
    others = {"fill", "plain_share"}
    assert set(Augmentation.model_fields) - others == set(RANGES)


@pytest.mark.parametrize("field", RANGES)
def test_an_augmentation_changes_images_if_any_range_is_above_zero(field):
    assert Augmentation(**{field: 0.5}).changes
    assert Augmentation(**{field: 5e-324}).changes
    assert not Augmentation(**{field: 0.0}).changes
    assert not Augmentation(**{field: -0.0}).changes


def test_an_augmentation_changes_nothing_by_default_whatever_its_fill_or_share_of_plain_images():
    assert not Augmentation().changes
    assert not Augmentation(fill="constant").changes
    assert not Augmentation(plain_share=0.5).changes


def test_which_of_the_recipes_change_images():
    assert PUBLISHED.augmentation.changes
    assert TUTORIAL.augmentation.changes
    assert not FAST.augmentation.changes


@pytest.mark.parametrize("name", ["changes", "moves"])
def test_whether_images_change_is_no_field_of_the_recipe(name):
    assert name not in json.loads(TUTORIAL.to_json())["augmentation"]
    with pytest.raises(RecipeError, match=f"a recipe has no field `augmentation.{name}`"):
        Recipe.create(name="mine", network="tutorial", augmentation={name: True})


def test_a_recipe_from_before_there_were_more_ranges_is_read_as_it_was_meant():
    old = {"rotation": 8.0, "width_shift": 0.08, "height_shift": 0.08, "shear": 0.3, "zoom": 0.08}
    assert Augmentation(**old, fill="nearest") == TUTORIAL.augmentation


def test_ranges_are_frozen_and_closed():
    with pytest.raises(ValidationError, match="frozen"):
        Augmentation().elastic = 1.0
    with pytest.raises(ValidationError, match="extra"):
        Augmentation(blur=1.0)


@pytest.mark.parametrize(
    ("field", "largest", "included"),
    [
        *(("rotation", 180, True), ("width_shift", 1, True), ("height_shift", 1, True)),
        *(("shear", 90, False), ("zoom", 1, False), ("elastic", 10, True), ("stroke", 1, True)),
        *(("texture", 1, True), ("fading", 1, False), ("plain_share", 1, True)),
        *(("mirror_share", 1, True), ("outline_share", 1, True), ("erase_share", 1, True)),
    ],
)
def test_each_range_ends_where_it_says(field, largest, included):
    assert getattr(Augmentation(**{field: 0}), field) == 0
    for beyond in (-0.001, largest + 0.001, float("nan"), "1", True):
        with pytest.raises(ValidationError):
            Augmentation(**{field: beyond})
    if included:
        assert getattr(Augmentation(**{field: largest}), field) == largest
    else:
        with pytest.raises(ValidationError):
            Augmentation(**{field: largest})
