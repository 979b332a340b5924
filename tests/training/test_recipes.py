import pytest

from inkdigits.errors import RecipeError
from inkdigits.networks.architecture import find_architecture
from inkdigits.training.recipes import BEST, FAST, PUBLISHED, RECIPES, ROBUST, TUTORIAL, find_recipe

TUTORIAL_AUGMENTATION = {
    "rotation": 8.0,
    "width_shift": 0.08,
    "height_shift": 0.08,
    "shear": 0.3,
    "zoom": 0.08,
    "mirror_share": 0.0,
    "fill": "nearest",
    "elastic": 0.0,
    "stroke": 0.0,
    "outline_share": 0.0,
    "texture": 0.0,
    "fading": 0.0,
    "plain_share": 0.0,
    "erase_share": 0.0,
}


def test_published_is_the_tutorial_literally():
    assert PUBLISHED.model_dump() == {
        "name": "published",
        "network": "published",
        "margin": 0,
        "epochs": 5,
        "batch_size": 64,
        "micro_batches": 1,
        "optimizer": "adam",
        "learning_rate": 0.001,
        "schedule": "constant",
        "warmup": 0.2,
        "final_rate": 0.0,
        "momentum": 0.9,
        "adam_share": 0.05,
        "muon_iterations": 5,
        "averaging": 0.0,
        "adam_beta_2": 0.999,
        "label_smoothing": 0.0,
        "norm_momentum": 0.99,
        "precision": "float32",
        "fast_layers": False,
        "frozen": "nothing",
        "validation": "augmented-test",
        "validation_images": 5000,
        "no_digits": 0,
        "coarse_digits": 0,
        "drawn_digits": 0,
        "augmentation": TUTORIAL_AUGMENTATION,
    }


def test_tutorial_keeps_network_augmentation_and_epochs_and_validates_on_held_out_images():
    assert TUTORIAL.network == "tutorial"
    assert TUTORIAL.augmentation.model_dump() == TUTORIAL_AUGMENTATION
    assert TUTORIAL.epochs == 5
    assert TUTORIAL.validation == "held-out"


def test_fast_is_one_pass_over_42000_images_as_they_are():
    assert (FAST.network, FAST.optimizer, FAST.epochs) == ("fast", "muon", 1)
    assert (FAST.validation, 60_000 - FAST.validation_images) == ("held-out", 42_000)
    assert not FAST.augmentation.changes


def test_best_bends_images_beyond_an_affine_warp_and_validates_on_held_out_images():
    assert BEST.network == "best"
    assert BEST.validation == "held-out"
    assert BEST.augmentation.elastic > 0
    assert BEST.epochs > TUTORIAL.epochs


def test_best_computes_in_float32_on_every_machine():
    assert {name: recipe.precision for name, recipe in RECIPES.items()} == {
        "published": "float32",
        "tutorial": "auto",
        "fast": "auto",
        "best": "float32",
        "robust": "auto",
    }


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=lambda recipe: recipe.name)
def test_best_and_robust_bend_digits_and_robust_alone_changes_their_paper(recipe):
    ranges = recipe.augmentation
    assert any((ranges.elastic, ranges.stroke)) == (recipe in (BEST, ROBUST))
    paper = (
        recipe.no_digits,
        recipe.coarse_digits,
        recipe.drawn_digits,
        ranges.outline_share,
        ranges.texture,
        ranges.fading,
    )
    assert any(paper) == (recipe is ROBUST)


def test_the_built_in_recipes_are_found_by_name():
    assert list(RECIPES) == ["published", "tutorial", "fast", "best", "robust"]
    for name, recipe in RECIPES.items():
        assert recipe.name == name
        assert find_recipe(name) is recipe


def test_an_unknown_recipe_is_refused_with_the_known_ones():
    with pytest.raises(RecipeError) as caught:
        find_recipe("tutorail")
    message = str(caught.value)
    assert "there is no recipe 'tutorail'" in message
    assert all(name in message for name in RECIPES)
    assert "path of a JSON file" in message


def test_robust_alone_has_an_output_for_the_images_without_a_digit_that_it_learns_from():
    with_output = [each for each in RECIPES.values() if find_architecture(each.network).none_class]
    assert with_output == [each for each in RECIPES.values() if each.no_digits] == [ROBUST]
