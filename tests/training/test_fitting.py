from dataclasses import replace

import numpy as np
import pytest

from inkdigits.datasets.dataset import Dataset, LabelledImages
from inkdigits.datasets.mnist import DIGIT_NAMES, load_mnist
from inkdigits.training.augmentation.ranges import Augmentation
from inkdigits.training.fitting import OF_DIGITS, fit_recipe
from inkdigits.training.recipes import BEST, FAST, PUBLISHED, RECIPES, ROBUST, TUTORIAL


def images(n):
    return LabelledImages(np.zeros((n, 1, 1), np.uint8), np.zeros(n, np.uint8))


def dataset(n, form="digits", **more):
    return Dataset("some", images(n), images(1), ("a", "b"), "0" * 64, form=form, **more)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_for_mnist_every_recipe_stays_as_it_is(recipe):
    fitted = fit_recipe(recipe, load_mnist())
    assert (fitted.recipe, fitted.changes) == (recipe, ())


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
@pytest.mark.parametrize("n", [30, 96, 1_000, 20_000])
@pytest.mark.parametrize("form", ["digits", "pictures"])
def test_what_was_fitted_stays_as_it_is(recipe, n, form):
    once = fit_recipe(recipe, dataset(n, form)).recipe
    assert fit_recipe(once, dataset(n, form)).changes == ()


def test_few_images_are_learnt_from_in_small_batches_many_times_over():
    fitted = fit_recipe(TUTORIAL, dataset(96))
    # 96 less a sixth are 80: ten batches of 8, forty times for 400 steps; the rate by sqrt(8/256).
    recipe = fitted.recipe
    assert (recipe.validation_images, recipe.batch_size, recipe.micro_batches) == (16, 8, 1)
    assert (recipe.epochs, recipe.learning_rate) == (40, 0.00088)
    assert fitted.changes == (
        "epochs 40 in place of 5",
        "batch size 8 in place of 256",
        "micro batches 1 in place of 2",
        "learning rate 0.00088 in place of 0.005",
        "validation images 16 in place of 5,000",
    )


def test_epochs_that_were_asked_for_are_kept():
    assert fit_recipe(TUTORIAL, dataset(96), epochs=2).recipe.epochs == 2


def test_images_that_suffice_for_the_held_out_ones_stay_with_them():
    assert fit_recipe(TUTORIAL, dataset(15_000)).recipe.validation_images == 5_000
    assert fit_recipe(TUTORIAL, dataset(14_999)).recipe.validation_images == 2_500


def test_a_recipe_that_validates_on_test_images_learns_from_all():
    recipe = fit_recipe(PUBLISHED, dataset(512)).recipe
    assert (recipe.batch_size, recipe.validation_images) == (64, PUBLISHED.validation_images)


def test_averages_do_not_reach_back_to_the_first_weights():
    recipe = fit_recipe(BEST, dataset(96)).recipe
    assert recipe.averaging == 1 - 8 / 400
    assert recipe.averaging**400 < 0.001


def test_of_many_images_a_recipe_knows_best_how_many_steps_it_needs():
    assert fit_recipe(FAST, dataset(30_000)).recipe.epochs == 1
    # A third of 29,999 is less than 10,000, so a sixth is held out: 24,999 are 48 batches of 512.
    assert fit_recipe(FAST, dataset(29_999)).recipe.epochs == 9


def test_pictures_are_not_changed_as_pens_change_digits_and_none_is_no_digit():
    recipe = fit_recipe(ROBUST, dataset(60_000, "pictures")).recipe
    pens = {"shear": 0.0, "elastic": 0.0, "stroke": 0.0, "outline_share": 0.0}
    framed = {"rotation": 0.0, "zoom": 0.0, "erase_share": 0.2}
    assert recipe.augmentation == ROBUST.augmentation.model_copy(update=pens | framed)
    assert {getattr(recipe, field) for field in OF_DIGITS} == {0}


def test_an_augmentation_of_ones_own_stays_as_it_is_and_so_does_the_margin():
    own = Augmentation(rotation=3.0, shear=2.0)
    mine = ROBUST.replace(name="mine", **dict.fromkeys(OF_DIGITS, 20), augmentation=own)
    recipe = fit_recipe(mine, dataset(60_000, "pictures", mirrored_alike=True)).recipe
    assert recipe == mine.replace(**dict.fromkeys(OF_DIGITS, 0))


def test_digits_are_drawn_only_where_the_classes_are_the_ten_digits():
    wanted = FAST.replace(drawn_digits=30)
    digits = dataset(60_000)
    assert fit_recipe(wanted, replace(digits, class_names=DIGIT_NAMES)).recipe == wanted
    letters = fit_recipe(wanted, replace(digits, class_names=tuple("abcdefghij")))
    assert letters.recipe == wanted.replace(drawn_digits=0)
    assert letters.changes == ("drawn digits 0 in place of 30",)


def test_pictures_get_a_margin_and_digits_none():
    assert fit_recipe(FAST, dataset(60_000, "pictures")).recipe.margin == 2
    assert fit_recipe(FAST, dataset(60_000)).recipe.margin == 0


def test_what_looks_the_same_in_a_mirror_is_mirrored_unless_nothing_is_changed():
    alike = dataset(60_000, "pictures", mirrored_alike=True)
    assert fit_recipe(TUTORIAL, alike).recipe.augmentation.mirror_share == 0.5
    assert fit_recipe(FAST, alike).recipe.augmentation == FAST.augmentation
