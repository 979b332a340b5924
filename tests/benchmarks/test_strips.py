import numpy as np

from inkdigits.imaging.pages.labelled_marks import labelled_marks
from inkdigits.imaging.pages.page import pair
from inkdigits.imaging.pages.style import CLEAN
from inkdigits.networks.architecture import Architecture, Dense, Flatten, Relu, Softmax
from inkdigits.recognition.counts import STRIP_CLASSES
from inkdigits.training.recipe import Recipe
from tests.places import BENCHMARKS


def test_strips_come_with_what_stands_in_them_the_same_every_time(load, monkeypatch):
    script = load("strips")
    monkeypatch.setattr(script, "PAGES_AT_ONCE", 2)
    images, labels = script.strips("test", 2, 0)
    assert images.shape == (len(labels), 28, 28)
    assert images.dtype == labels.dtype == np.uint8
    assert (images.max(axis=(1, 2)) == 255).all()
    kinds = {len(STRIP_CLASSES[label]) for label in labels}
    assert kinds >= {1, 2}
    again = script.strips("test", 2, 0)
    np.testing.assert_array_equal(again[0], images)
    assert (
        len(script.strips("test", 4, 0)[1]) != len(labels)
        or (script.strips("test", 4, 0)[0] != images).any()
    )


def test_two_pages_are_numbers_the_next_two_pairs_and_the_next_two_long_numbers(load):
    script = load("strips")
    rng = np.random.default_rng(0)
    lengths = [script.drawn(CLEAN, page, rng).writing.length for page in range(8)]
    assert lengths == [(1, 5), (1, 5), (2, 2), (2, 2), (3, 6), (3, 6), (1, 5), (1, 5)]


def test_half_of_the_digits_in_long_numbers_and_no_others_are_zeros(load, mnist):
    script = load("strips")
    digits, rng = mnist.train.take(slice(2000)), np.random.default_rng(0)
    shares = [(script.written(digits, page, rng).labels == 0).mean() for page in range(6)]
    assert shares[:4] == [(digits.labels == 0).mean()] * 4
    assert all(0.5 <= share < 0.65 for share in shares[4:])


def test_parts_of_marks_with_several_digits_are_strips_too(load, mnist):
    script = load("strips")
    rng = np.random.default_rng(0)
    page = pair(mnist.train, rng)
    marks = [text for _, text in labelled_marks(page)]
    texts = [text for _, text in script.inks(page, rng)]
    assert texts[: len(marks)] == marks == ["67"]
    assert {"6", "7", ""} <= set(texts)
    assert sum(not text for text in texts) <= script.PARTS_OF_PAGE


def test_the_recipe_is_one():
    recipe = Recipe.from_json((BENCHMARKS / "strips.json").read_bytes())
    assert (recipe.name, recipe.network, recipe.margin) == ("strips", "best", 0)


def test_a_temperature_divides_the_logits_alone(load):
    script = load("ship_strips")
    network = Architecture("flat", (2, 2, 1), (Flatten(), Dense(3), Relu(), Dense(2), Softmax()))
    weights = {
        f"dense{i}/{name}": np.full(2, 6, np.float32) for i in (1, 2) for name in ("kernel", "bias")
    }
    cooled = script.cooled(weights, network, 1.5)
    assert {name: array.tolist() for name, array in cooled.items()} == {
        "dense1/kernel": [6, 6],
        "dense1/bias": [6, 6],
        "dense2/kernel": [4, 4],
        "dense2/bias": [4, 4],
    }
    assert all(array.dtype == np.float32 for array in cooled.values())
