import numpy as np

from inkdigits.training.coarse import draw_coarse
from inkdigits.training.examples import training_examples
from inkdigits.training.fitting import OF_DIGITS
from inkdigits.training.no_digits.mixture import NO_CLASS, add_no_digits
from inkdigits.training.recipe import Recipe

PLAIN = Recipe(name="plain", network="fast")


def test_a_recipe_that_adds_nothing_learns_from_the_very_training_images(digits):
    assert training_examples(digits, PLAIN) is digits


def test_what_is_added_comes_behind_each_kind_as_it_is_made_alone(digits):
    recipe = PLAIN.replace(no_digits=20, coarse_digits=5, drawn_digits=3)
    made = training_examples(digits, recipe)
    n = len(digits)
    parts = (
        (add_no_digits(digits, 20), slice(0, n + 20)),
        (draw_coarse(digits, 5), slice(n + 20, n + 25)),
    )
    assert len(made) == n + 28
    for part, place in parts:
        np.testing.assert_array_equal(made.images[place], part.images)
        np.testing.assert_array_equal(made.labels[place], part.labels)
    assert np.flatnonzero(made.labels == NO_CLASS).tolist() == list(range(n, n + 20))


def test_each_kind_is_added_without_the_others(digits):
    for field in OF_DIGITS:
        assert len(training_examples(digits, PLAIN.replace(**{field: 3}))) == len(digits) + 3


def test_drawn_digits_come_last_and_are_the_same_at_every_call(digits):
    once, again = (training_examples(digits, PLAIN.replace(drawn_digits=8)) for _ in "12")
    assert once.labels[-8:].tolist() == [1, 7, 1, 0] * 2
    np.testing.assert_array_equal(once.images, again.images)
    np.testing.assert_array_equal(once.images[:-8], digits.images)


def test_a_quarter_of_the_coarse_digits_is_of_drawn_ones_and_comes_behind_them(digits):
    made = training_examples(digits, PLAIN.replace(coarse_digits=8, drawn_digits=20))
    drawn = training_examples(digits, PLAIN.replace(drawn_digits=20)).take(slice(len(digits), None))
    parts = (draw_coarse(digits, 6), drawn, draw_coarse(drawn, 2))
    assert len(made) == len(digits) + 8 + 20
    np.testing.assert_array_equal(
        made.images[len(digits) :], np.concatenate([each.images for each in parts])
    )
    np.testing.assert_array_equal(
        made.labels[len(digits) :], np.concatenate([each.labels for each in parts])
    )


def test_of_few_drawn_digits_few_coarse_ones_are_made(digits):
    made = training_examples(digits, PLAIN.replace(coarse_digits=100, drawn_digits=4))
    np.testing.assert_array_equal(
        made.images[len(digits) : len(digits) + 99], draw_coarse(digits, 99).images
    )
    assert len(made) == len(digits) + 104
