import numpy as np
import pytest

from inkdigits.arrays import scale
from inkdigits.errors import UsageError
from inkdigits.training.augmentation.ranges import Augmentation
from inkdigits.training.feed import Feed
from inkdigits.training.recipes import PUBLISHED

RECIPE = PUBLISHED.replace(name="small", batch_size=16, validation="held-out")
STILL = Augmentation()


@pytest.fixture(scope="module")
def train_part(digits):
    return digits.take(slice(200))


@pytest.fixture(scope="module")
def validation_part(digits):
    return digits.take(slice(200, 250))


@pytest.fixture(scope="module")
def make_feed(train_part, validation_part):
    def make(recipe=RECIPE, train=train_part, validation=validation_part):
        return Feed(recipe, train, validation, seed=0)

    return make


def test_held_out_validation_takes_the_images_as_they_are(make_feed, validation_part):
    inputs, labels = make_feed().validation_set(1)
    np.testing.assert_array_equal(inputs, scale(validation_part.images))
    np.testing.assert_array_equal(labels, validation_part.labels)


@pytest.fixture(scope="module")
def augmented(make_feed):
    return make_feed(RECIPE.replace(validation="augmented-test"))


def test_augmented_validation_deals_out_full_batches_warped_anew_in_each_epoch(augmented):
    (first, first_labels), (second, second_labels) = (augmented.validation_set(e) for e in (1, 2))
    assert first.shape == second.shape == (48, 28, 28, 1)  # 50 images, batches of 16
    assert first.dtype == np.float32
    assert len(first_labels) == len(second_labels) == 48
    assert (first != second).any()
    again, again_labels = augmented.validation_set(1)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first_labels, again_labels)


def test_augmented_validation_without_movement_deals_out_each_image_with_its_label(
    make_feed, validation_part
):
    recipe = RECIPE.replace(validation="augmented-test", augmentation=STILL)
    inputs, labels = make_feed(recipe).validation_set(1)
    plain = scale(validation_part.images)
    originals = [int(np.abs(plain - each).sum(axis=(1, 2, 3)).argmin()) for each in inputs]
    assert len(set(originals)) == 48
    np.testing.assert_array_equal(plain[originals], inputs)
    np.testing.assert_array_equal(validation_part.labels[originals], labels)


def test_augmented_validation_warps_otherwise_than_training(make_feed, train_part):
    recipe = RECIPE.replace(validation="augmented-test")
    feed = make_feed(recipe, validation=train_part)
    _, training_inputs = feed.first_batch(16)
    validation_inputs, _ = feed.validation_set(1)
    assert (training_inputs != validation_inputs[:16]).any()


def test_the_first_batch_is_what_the_run_sees_first(make_feed, train_part):
    feed = make_feed(RECIPE.replace(augmentation=STILL))
    originals, inputs = feed.first_batch(5)
    np.testing.assert_array_equal(originals, train_part.images[feed.plan(1).order[0, :5]])
    np.testing.assert_array_equal(inputs, scale(originals))
    moved_originals, moved = make_feed().first_batch(5)
    np.testing.assert_array_equal(moved_originals, originals)
    assert (moved != inputs).any()


def test_the_first_batch_is_no_larger_than_a_batch(make_feed):
    originals, inputs = make_feed().first_batch(1000)
    assert len(originals) == len(inputs) == 16


def test_a_batch_larger_than_the_training_set_is_refused(make_feed, train_part):
    with pytest.raises(UsageError, match="at most the number of images, 15; received 16"):
        make_feed(train=train_part.take(slice(15)))


def test_a_batch_larger_than_an_augmented_validation_set_is_refused_at_once(
    make_feed, validation_part
):
    few = validation_part.take(slice(15))
    with pytest.raises(UsageError, match="at most the number of images, 15; received 16"):
        make_feed(RECIPE.replace(validation="augmented-test"), validation=few)
    assert len(make_feed(validation=few).validation_set(1)[1]) == 15
