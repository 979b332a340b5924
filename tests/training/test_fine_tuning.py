import numpy as np
import pytest

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.errors import RecipeError
from inkdigits.training.fine_tuning import REHEARSED, rehearse, some, tuning_recipe
from inkdigits.training.recipes import FAST, PUBLISHED, RECIPES, ROBUST, TUTORIAL


def numbered(n, label=0):
    """Images of one pixel, each its own number."""
    values = np.arange(n, dtype=np.uint32).astype(np.uint8)
    return LabelledImages(values.reshape(n, 1, 1), np.full(n, label, np.uint8))


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
@pytest.mark.parametrize("frozen", ["nothing", "features"])
def test_network_and_augmentation_stay_and_the_rate_is_small(recipe, frozen):
    tuned = tuning_recipe(recipe, frozen)
    assert (tuned.network, tuned.augmentation) == (recipe.network, recipe.augmentation)
    assert (tuned.optimizer, tuned.validation, tuned.frozen) == ("adam", "held-out", frozen)
    assert tuned.learning_rate < 0.005


def test_what_is_tuned_again_keeps_its_name_and_a_long_one_is_cut():
    again = tuning_recipe(tuning_recipe(TUTORIAL, "nothing"), "nothing")
    assert again.name == "tutorial-tuned"
    assert tuning_recipe(TUTORIAL.replace(name="x" * 64), "nothing").name == "x" * 58 + "-tuned"


def test_images_without_a_digit_are_fewer_and_none_where_there_were_none():
    assert tuning_recipe(ROBUST, "nothing").no_digits == 1_000
    assert tuning_recipe(FAST, "nothing").no_digits == 0


def test_epochs_may_be_asked_for():
    assert tuning_recipe(PUBLISHED, "nothing", 2).epochs == 2
    with pytest.raises(RecipeError, match="`epochs` must be"):
        tuning_recipe(PUBLISHED, "nothing", 0)


def test_few_images_of_ones_own_are_seen_as_often_as_known_ones():
    mixed = rehearse(numbered(7, label=1), numbered(5_000))
    assert (mixed.labels == 1).sum() == (mixed.labels == 0).sum() == REHEARSED
    often = np.bincount(mixed.images[mixed.labels == 1].ravel(), minlength=7)
    assert often.max() - often.min() <= 1


def test_of_many_there_are_as_many_known_ones():
    mixed = rehearse(numbered(4_000, label=1), numbered(5_000))
    assert np.bincount(mixed.labels).tolist() == [4_000, 4_000]


def test_where_fewer_are_known_all_of_them_are_there():
    mixed = rehearse(numbered(10, label=1), numbered(20))
    assert np.bincount(mixed.labels).tolist() == [20, REHEARSED]


def test_without_known_images_there_are_ones_own_alone():
    assert np.bincount(rehearse(numbered(10, label=1), None).labels).tolist() == [0, REHEARSED]


def test_some_are_the_same_each_time_and_no_image_comes_twice():
    first, second = (some(numbered(200), 50).images.ravel() for _ in range(2))
    assert len(set(first.tolist())) == 50
    np.testing.assert_array_equal(first, second)
    assert len(some(numbered(3), 50)) == 3
