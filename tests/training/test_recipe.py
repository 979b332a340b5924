import json
import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from inkdigits.errors import RecipeError
from inkdigits.networks.architecture import ARCHITECTURES
from inkdigits.training.augmentation.ranges import Augmentation
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import TUTORIAL

MINIMAL = {"name": "mine", "network": "tutorial"}


def numbers(low, high, **excluded):
    return st.floats(low, high, **excluded) | st.integers(math.ceil(low), math.floor(high)).filter(
        lambda n: (
            not (
                (n == low and excluded.get("exclude_min"))
                or (n == high and excluded.get("exclude_max"))
            )
        )
    )


augmentations = st.fixed_dictionaries(
    {},
    optional={
        "rotation": numbers(0, 180),
        "width_shift": numbers(0, 1),
        "height_shift": numbers(0, 1),
        "shear": numbers(0, 90, exclude_max=True),
        "zoom": numbers(0, 1, exclude_max=True),
        "mirror_share": numbers(0, 1),
        "fill": st.sampled_from(["nearest", "constant"]),
        "elastic": numbers(0, 10),
        "stroke": numbers(0, 1),
        "texture": numbers(0, 1),
        "fading": numbers(0, 1, exclude_max=True),
        "plain_share": numbers(0, 1),
        "erase_share": numbers(0, 1),
    },
)
# A batch size and the number of parts it is dealt out in.
sizes = st.integers(1, 64).flatmap(
    lambda parts: st.fixed_dictionaries(
        {
            "micro_batches": st.just(parts),
            "batch_size": st.integers(1, 10_000 // parts).map(lambda size: size * parts),
        }
    )
)
others = st.fixed_dictionaries(
    {
        "name": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True),
        "network": st.sampled_from(["published", "tutorial", "fast", "best"]),
    },
    optional={
        "margin": st.integers(0, 16),
        "epochs": st.integers(1, 10_000),
        "optimizer": st.sampled_from(["adam", "muon"]),
        "learning_rate": numbers(0, 1, exclude_min=True),
        "schedule": st.sampled_from(["constant", "one-cycle"]),
        "warmup": numbers(0, 1, exclude_max=True),
        "final_rate": numbers(0, 1),
        "momentum": numbers(0, 1, exclude_max=True),
        "adam_share": numbers(0, 1, exclude_min=True),
        "muon_iterations": st.integers(1, 20),
        "averaging": numbers(0, 1, exclude_max=True),
        "adam_beta_2": numbers(0, 1, exclude_max=True),
        "label_smoothing": numbers(0, 1, exclude_max=True),
        "norm_momentum": numbers(0, 1, exclude_max=True),
        "precision": st.sampled_from(["float32", "bfloat16", "auto"]),
        "fast_layers": st.booleans(),
        "validation": st.sampled_from(["held-out", "augmented-test"]),
        "validation_images": st.integers(1, 1_000_000),
        "no_digits": st.integers(0, 1_000_000),
        "coarse_digits": st.integers(0, 1_000_000),
        "drawn_digits": st.integers(0, 1_000_000),
        "augmentation": augmentations,
    },
)
recipes = st.builds(lambda a, b: {**a, **b}, others, st.just({}) | sizes)


def refusal(**fields):
    with pytest.raises(RecipeError) as caught:
        Recipe.create(**{**MINIMAL, **fields})
    return str(caught.value)


def test_every_network_of_a_recipe_is_an_architecture_and_the_other_way_round():
    assert set(get_args(Recipe.model_fields["network"].annotation)) == set(ARCHITECTURES)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        pytest.param(field, name, id=name)
        for model in (Augmentation, Recipe)
        for name, field in model.model_fields.items()
    ],
)
def test_every_field_says_what_it_is_and_numbers_say_their_range(field, name):
    assert field.description, name
    assert field.description[0].isupper()
    assert field.description.endswith(".")
    bounds = [
        getattr(limit, kind)
        for limit in field.metadata
        for kind in ("ge", "gt", "le", "lt")
        if hasattr(limit, kind)
    ]
    if field.annotation in (int, float):
        assert len(bounds) == 2, "a number needs a lower and an upper bound"
        assert all(f"{bound:,}" in field.description for bound in bounds)


@given(recipes)
def test_json_brings_back_an_equal_recipe(fields):
    recipe = Recipe.create(**fields)
    text = recipe.to_json()
    assert Recipe.from_json(text) == recipe
    assert Recipe.from_json(text.encode()) == recipe
    assert Recipe.from_json(text).to_json() == text
    assert json.loads(text) == recipe.model_dump()
    assert text.endswith("}\n")


@given(recipes)
def test_fields_given_in_json_are_the_fields_of_the_recipe(fields):
    assert Recipe.from_json(json.dumps(fields)) == Recipe.create(**fields)


def test_recipes_and_augmentations_are_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        TUTORIAL.epochs = 6
    with pytest.raises(ValidationError, match="frozen"):
        TUTORIAL.augmentation.rotation = 90.0


def test_equal_recipes_are_equal_and_hash_alike():
    copy = Recipe.from_json(TUTORIAL.to_json())
    assert copy == TUTORIAL
    assert hash(copy) == hash(TUTORIAL)
    assert copy != TUTORIAL.replace(epochs=6)


def test_replace_changes_a_copy_alone():
    changed = TUTORIAL.replace(epochs=7, augmentation=Augmentation(rotation=1.0))
    assert (changed.epochs, changed.augmentation.rotation) == (7, 1.0)
    assert changed.replace(epochs=5, augmentation=TUTORIAL.augmentation) == TUTORIAL
    assert TUTORIAL.epochs == 5


@pytest.mark.parametrize("fields", [{"epochs": 0}, {"epoch": 1}, {"network": "resnet"}], ids=str)
def test_replace_checks_like_a_new_recipe(fields):
    with pytest.raises(RecipeError):
        TUTORIAL.replace(**fields)


RANGES = {
    "margin": "a whole number between 0 and 16 pixels",
    "epochs": "a whole number between 1 and 10,000",
    "batch_size": "a whole number between 1 and 10,000 images",
    "micro_batches": "a whole number between 1 and 64",
    "muon_iterations": "a whole number between 1 and 20",
    "validation_images": "a whole number between 1 and 1,000,000 images",
    "no_digits": "a whole number between 0 and 1,000,000 images",
    "coarse_digits": "a whole number between 0 and 1,000,000 images",
    "drawn_digits": "a whole number between 0 and 1,000,000 images",
    "learning_rate": "between 0 (excluded) and 1",
    "warmup": "between 0 and 1 (excluded)",
    "final_rate": "between 0 and 1",
    "momentum": "between 0 and 1 (excluded)",
    "adam_share": "between 0 (excluded) and 1",
    "averaging": "between 0 and 1 (excluded)",
    "adam_beta_2": "between 0 and 1 (excluded)",
    "label_smoothing": "between 0 and 1 (excluded)",
    "norm_momentum": "between 0 and 1 (excluded)",
}
AUGMENTATION_RANGES = {
    "rotation": "between 0 and 180 degrees",
    "width_shift": "between 0 and 1 of the width",
    "height_shift": "between 0 and 1 of the height",
    "shear": "between 0 and 90 (excluded) degrees",
    "zoom": "between 0 and 1 (excluded) of the size",
    "mirror_share": "between 0 and 1 of the images",
    "elastic": "between 0 and 10 pixels",
    "stroke": "between 0 and 1 of the way",
    "outline_share": "between 0 and 1 of the images",
    "texture": "between 0 and 1 of full ink",
    "fading": "between 0 and 1 (excluded) of the ink",
    "plain_share": "between 0 and 1 of the images",
    "erase_share": "between 0 and 1 of the images",
}
NO_NUMBERS = [-1, 2_000_000, math.nan, math.inf, -math.inf, "3", None, True, [1], {}]


def test_the_ranges_below_are_those_of_all_numbers():
    for model, ranges in ((Recipe, RANGES), (Augmentation, AUGMENTATION_RANGES)):
        fields = model.model_fields.items()
        assert ranges.keys() == {n for n, field in fields if field.annotation in (int, float)}


@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
@pytest.mark.parametrize("field", RANGES)
def test_a_wrong_number_is_refused_with_field_range_and_value(field, value):
    assert refusal(**{field: value}) == f"`{field}` must be {RANGES[field]}; received {value!r}"


@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
@pytest.mark.parametrize("field", AUGMENTATION_RANGES)
def test_a_wrong_number_inside_augmentation_is_refused_with_its_path(field, value):
    expected = f"`augmentation.{field}` must be {AUGMENTATION_RANGES[field]}; received {value!r}"
    assert refusal(augmentation={field: value}) == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("warmup", 1), ("learning_rate", 0), ("epochs", 0), ("norm_momentum", 1.0)),
        *(("epochs", 2.5), ("micro_batches", 0), ("micro_batches", 65), ("micro_batches", 2.0)),
        *(("muon_iterations", 0), ("muon_iterations", 21), ("momentum", 1.0), ("adam_share", 0)),
        *(("averaging", 1), ("final_rate", 1.001), ("final_rate", -0.001)),
        *(("no_digits", 0.5), ("no_digits", -1)),
        *(("coarse_digits", 0.5), ("coarse_digits", -1)),
        *(("drawn_digits", 0.5), ("drawn_digits", -1)),
    ],
)
def test_excluded_bounds_and_fractions_of_whole_numbers_are_refused(field, value):
    assert refusal(**{field: value}) == f"`{field}` must be {RANGES[field]}; received {value!r}"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("warmup", 0), ("learning_rate", 1), ("epochs", 1), ("epochs", 10_000)),
        *(("batch_size", 1), ("micro_batches", 1), ("micro_batches", 64)),
        *(("muon_iterations", 1), ("muon_iterations", 20), ("momentum", 0), ("adam_share", 1)),
        *(("averaging", 0), ("final_rate", 0), ("final_rate", 1)),
        *(("no_digits", 0), ("no_digits", 1_000_000)),
        *(("coarse_digits", 0), ("coarse_digits", 1_000_000)),
        ("drawn_digits", 1_000_000),
    ],
)
def test_bounds_that_are_included_are_accepted(field, value):
    assert getattr(Recipe.create(**MINIMAL, **{field: value}), field) == value


@pytest.mark.parametrize(
    ("field", "choices"),
    [
        ("network", "published, tutorial, fast, quick, best, robust, broad"),
        ("optimizer", "adam, muon"),
        ("schedule", "constant, one-cycle"),
        ("precision", "float32, bfloat16, auto"),
        ("validation", "held-out, augmented-test"),
    ],
)
@pytest.mark.parametrize("value", ["Other", 1, None], ids=repr)
def test_a_wrong_choice_is_refused_with_the_choices(field, choices, value):
    assert refusal(**{field: value}) == f"`{field}` must be one of {choices}; received {value!r}"


INDIVISIBLE = pytest.mark.parametrize(
    ("batch_size", "micro_batches"), [(64, 3), (1, 2), (63, 64), (10_000, 64), (10_000, 7)]
)


def indivisible(batch_size, micro_batches):
    return (
        f"`batch_size` must be a multiple of `micro_batches`, {micro_batches}; "
        f"received {batch_size}"
    )


@INDIVISIBLE
def test_a_batch_that_cannot_be_dealt_out_in_equal_parts_is_refused(batch_size, micro_batches):
    fields = {"batch_size": batch_size, "micro_batches": micro_batches}
    assert refusal(**fields) == indivisible(batch_size, micro_batches)
    with pytest.raises(RecipeError) as caught:
        Recipe.from_json(json.dumps({**MINIMAL, **fields}))
    assert str(caught.value) == indivisible(batch_size, micro_batches)
    with pytest.raises(RecipeError) as caught:
        TUTORIAL.replace(**fields)
    assert str(caught.value) == indivisible(batch_size, micro_batches)


def test_a_field_that_was_not_given_counts_with_its_default_or_former_value():
    assert refusal(micro_batches=7) == indivisible(64, 7)
    two_parts = TUTORIAL.replace(batch_size=256, micro_batches=2)
    with pytest.raises(RecipeError) as caught:
        two_parts.replace(batch_size=33)
    assert str(caught.value) == indivisible(33, 2)
    assert two_parts.replace(batch_size=33, micro_batches=3).micro_batches == 3


def test_a_field_out_of_range_is_named_before_parts_that_are_not_equal():
    assert refusal(batch_size=0, micro_batches=3).startswith("`batch_size` must be a whole number")
    assert refusal(micro_batches=0).startswith("`micro_batches` must be a whole number")
    assert refusal(micro_batches=7, epochs=0).startswith("`epochs`")


def test_fill_is_a_choice_too():
    assert refusal(augmentation={"fill": "reflect"}) == (
        "`augmentation.fill` must be one of nearest, constant; received 'reflect'"
    )


@pytest.mark.parametrize("value", [1, "true", None], ids=repr)
def test_a_switch_is_true_or_false(value):
    assert refusal(fast_layers=value) == f"`fast_layers` must be true or false; received {value!r}"


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "a b", "a\n", "-a", "é", "a" * 65, 7])
def test_a_name_that_cannot_be_a_folder_is_refused(name):
    message = refusal(name=name)
    assert message.startswith("`name` must be 1 to 64 letters, digits, dots, dashes or underscores")
    assert "\n" not in message


@pytest.mark.parametrize("value", [5, [], "nearest", None], ids=repr)
def test_augmentation_must_be_an_object(value):
    assert (
        refusal(augmentation=value) == f"`augmentation` must be a JSON object; received {value!r}"
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"epoch": 3}, "a recipe has no field `epoch`; did you mean `epochs`; received 3"),
        (
            {"batchsize": 3},
            "a recipe has no field `batchsize`; did you mean `batch_size`; received 3",
        ),
        (
            {"augmentation": {"rotatoin": 3}},
            "a recipe has no field `augmentation.rotatoin`; did you mean `rotation`; received 3",
        ),
    ],
)
def test_a_misspelt_field_is_answered_with_the_right_one(fields, message):
    assert refusal(**fields) == message


def test_an_unknown_field_is_answered_with_all_fields():
    message = refusal(augmentation={"xyz": 1})
    assert message == (
        "a recipe has no field `augmentation.xyz`; the fields here are "
        "rotation, width_shift, height_shift, shear, zoom, mirror_share, fill, elastic, stroke, "
        "outline_share, texture, fading, plain_share, erase_share; received 1"
    )


@pytest.mark.parametrize("missing", ["name", "network"])
def test_a_missing_field_is_named(missing):
    fields = {name: value for name, value in MINIMAL.items() if name != missing}
    with pytest.raises(RecipeError) as caught:
        Recipe.create(**fields)
    assert str(caught.value) == f"the recipe lacks the field `{missing}`"


@pytest.mark.parametrize(
    "text",
    ["", "{", "nothing", b"\xff\xfe", '{"name": "a",}', "[" * 10_000, "\x00"],
    ids=lambda text: repr(text)[:20],
)
def test_what_is_not_json_is_refused_in_one_line(text):
    with pytest.raises(RecipeError, match=r"^the recipe is not valid JSON: [^\n]+$"):
        Recipe.from_json(text)


@pytest.mark.parametrize("text", ["[]", "3", '"tutorial"', "null", "\ud800"])
def test_json_that_is_no_object_is_refused(text):
    with pytest.raises(RecipeError, match=r"^a recipe must be a JSON object; received "):
        Recipe.from_json(text)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_json_numbers_that_are_not_finite_are_refused(number):
    text = f'{{"name": "a", "network": "tutorial", "learning_rate": {number}}}'
    with pytest.raises(RecipeError, match="`learning_rate` must be between 0"):
        Recipe.from_json(text)


@pytest.mark.parametrize(
    "fields",
    [
        {"epochs": "x" * 10_000},
        {"epochs": "a\nb"},
        {"two\nlines": 1},
        {"\x1b[31mred": 1},
        {"augmentation": {"\r\n": 1}},
        {"x" * 10_000: 1},
    ],
    ids=lambda fields: repr(fields)[:30],
)
def test_hostile_names_and_values_leave_the_message_one_short_printable_line(fields):
    with pytest.raises(RecipeError) as caught:
        Recipe.from_json(json.dumps({**MINIMAL, **fields}))
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 120 + len(", ".join(Recipe.model_fields))


def test_whole_numbers_are_accepted_where_fractions_are_wanted():
    recipe = Recipe.from_json(
        '{"name": "a", "network": "tutorial", "augmentation": {"rotation": 8}}'
    )
    assert recipe.augmentation.rotation == 8


def test_the_first_of_several_errors_is_named():
    assert refusal(epochs=0, batch_size=0).startswith("`epochs`")
