import pytest

from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import RecipeError
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import PUBLISHED
from inkdigits.workflows.data import split_for


def test_held_out_images_come_from_the_training_set(small: Dataset, quick: Recipe):
    parts = split_for(small, quick)
    assert (len(parts.train), len(parts.validation)) == (512, 128)
    assert parts.test is small.test


def test_the_published_recipe_learns_from_all_and_validates_on_the_test_set(small: Dataset):
    parts = split_for(small, PUBLISHED)
    assert len(parts.train) == 640
    assert parts.validation is small.test


def test_something_must_be_left_to_learn_from(small: Dataset, quick: Recipe):
    with pytest.raises(RecipeError, match="must be below the 640 training images of small"):
        split_for(small, quick.replace(validation_images=640))
