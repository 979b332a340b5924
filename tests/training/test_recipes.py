import pytest

from inkdigits.errors import RecipeError
from inkdigits.training.recipes import PUBLISHED, RECIPES, TUTORIAL, find_recipe

TUTORIAL_AUGMENTATION = {
    "rotation": 8.0,
    "width_shift": 0.08,
    "height_shift": 0.08,
    "shear": 0.3,
    "zoom": 0.08,
    "fill": "nearest",
}


def test_published_is_the_tutorial_literally():
    assert PUBLISHED.model_dump() == {
        "name": "published",
        "network": "published",
        "epochs": 5,
        "batch_size": 64,
        "learning_rate": 0.001,
        "schedule": "constant",
        "warmup": 0.2,
        "adam_beta_2": 0.999,
        "label_smoothing": 0.0,
        "norm_momentum": 0.99,
        "precision": "float32",
        "fast_layers": False,
        "validation": "augmented-test",
        "validation_images": 5000,
        "augmentation": TUTORIAL_AUGMENTATION,
    }


def test_tutorial_keeps_network_augmentation_and_epochs_and_validates_on_held_out_images():
    assert TUTORIAL.network == "tutorial"
    assert TUTORIAL.augmentation.model_dump() == TUTORIAL_AUGMENTATION
    assert TUTORIAL.epochs == 5
    assert TUTORIAL.validation == "held-out"


def test_the_built_in_recipes_are_found_by_name():
    assert set(RECIPES) >= {"published", "tutorial"}
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
