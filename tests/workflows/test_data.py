from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.mnist import load_mnist
from inkdigits.errors import ModelFileError, RecipeError
from inkdigits.runs.start import Interval, Start, start_on
from inkdigits.sources.load import load_dataset
from inkdigits.training.fitting import OF_DIGITS
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import BEST, PUBLISHED
from inkdigits.workflows.data import load_again, network_for, split_for


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


def begun_on(dataset: Dataset, **changes: object) -> Start:
    start = start_on(dataset, 0, deterministic=False, checkpoints=Interval())
    return start.model_copy(update=changes)


def test_mnist_is_loaded_again_by_its_name():
    assert load_again(begun_on(load_mnist())).train.labels[0] == 5


def test_data_of_ones_own_are_loaded_again_in_the_size_of_the_run(tmp_path: Path):
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (10, 16, 16, 3), np.uint8), np.array([0, 1] * 5)
    path = tmp_path / "mine.npz"
    np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)
    first = load_dataset(path, side=24)
    again = load_again(begun_on(first))
    assert again.shape == (24, 24, 3)
    np.testing.assert_array_equal(again.train.images, first.train.images)


def test_what_was_handed_over_in_memory_must_be_handed_over_again(small: Dataset):
    with pytest.raises(ModelFileError, match="begun on small, which was handed over in memory"):
        load_again(begun_on(small))


def test_data_that_are_others_by_now_are_refused():
    with pytest.raises(ModelFileError, match="other data: the SHA-256 of mnist must be 1111"):
        load_again(begun_on(load_mnist(), sha256="1" * 64))


def test_pictures_without_the_output_for_none(small: Dataset):
    pictures = replace(small, form="pictures")
    network = network_for(BEST.replace(network="robust"), pictures)
    assert (network.none_class, network.outputs) == (False, 10)


@pytest.mark.parametrize("field", OF_DIGITS)
def test_what_only_digits_can_be_made_into_is_refused_for_pictures(small: Dataset, field):
    pictures = replace(small, form="pictures")
    with pytest.raises(RecipeError, match=f"`{field}` must be 0, as small has pictures .* 12"):
        network_for(BEST.replace(**{field: 12}), pictures)


def test_no_digits_are_drawn_for_other_classes(small: Dataset):
    letters = replace(small, class_names=tuple("abcdefghij"))
    recipe = BEST.replace(drawn_digits=12)
    network_for(recipe, small)
    with pytest.raises(RecipeError, match=r"`drawn_digits` must be 0, .* small are not the"):
        network_for(recipe, letters)
