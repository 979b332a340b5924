import numpy as np
import pytest

from inkdigits.evaluation.detection import threshold_for
from inkdigits.networks.architecture import Architecture, Dense, Flatten, Softmax
from inkdigits.networks.network import Network
from inkdigits.recognition.answers import Answers
from inkdigits.recognition.cascade import ONE, Clear
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.training.recipe import Recipe
from tests.places import BENCHMARKS

NEVER = 1.1


def answers(*rows, rejected=(), none=None):
    flags = np.array([i in rejected for i in range(len(rows))])
    return Answers(
        np.array(rows, np.float32), None, flags, None if none is None else np.float32(none)
    )


def test_what_is_wrong_by_hand(load):
    asked = load("quick").Asked(
        answers([0.95, 0.05], [0.6, 0.4], [0.95, 0.05], rejected=[2], none=[0.02, 0, 0]),
        answers([0.2, 0.8], [0.1, 0.9], [0.3, 0.7]),
        np.array([1, 1, 1]),
    )
    assert asked.wrong(Clear(0.9, 0.1, NEVER)) == 1  # the first is left to the small network
    assert asked.wrong(Clear(0.9, 0.01, NEVER)) == 0  # nothing is
    assert asked.wrong(Clear(0.99, 0.1, NEVER)) == 0
    assert asked.wrong(Clear(0.5, 0.1, NEVER)) == 2  # the last is rejected


def test_of_pictures_without_a_digit_those_are_wrong_that_are_read(load):
    asked = load("quick").Asked(answers([0.4, 0.4], [0.9, 0.1]), answers([0.3, 0.3], [0.4, 0.1]))
    assert asked.wrong(Clear(0.99, 0.1, NEVER)) == 0
    assert asked.wrong(Clear(0.8, 0.1, NEVER)) == 1


def test_what_is_surely_none_is_not_wrong_where_the_large_network_reads_it(load):
    asked = load("quick").Asked(answers([0.4, 0.6], none=[0.9]), answers([0.9, 0.1]))
    assert asked.wrong(Clear(0.98, 0.1, 0.95)) == 1
    assert asked.wrong(Clear(0.98, 0.1, 0.85)) == 0


def test_a_row_tells_the_share_that_is_clear_and_the_mistakes(load):
    script = load("quick")
    one = script.Asked(answers([1, 0], [0.5, 0.5]), answers([1, 0], [1, 0]), np.array([0, 1]))
    assert script.cells({"digits": [one, one]}, ONE) == "50.0%; 2 of 4"


def test_the_recipe_is_one(load):
    recipe = Recipe.from_json((BENCHMARKS / "quick.json").read_bytes())
    assert (recipe.network, recipe.name) == ("quick", "quick")
    assert recipe.no_digits > 0  # without them it would be sure of anything
    assert recipe.drawn_digits > 0  # nobody else is asked of what it is sure of


def test_the_file_rejects_one_in_a_hundred_held_out_digits_by_their_energy(load):
    script = load("ship_quick")
    held_out = script.held_out_digits(2000).images
    rng = np.random.default_rng(0)
    weights = {
        "dense1/kernel": rng.normal(0, 1, (784, 10)).astype(np.float32),
        "dense1/bias": np.zeros(10, np.float32),
    }
    architecture = Architecture("flat", (28, 28, 1), (Flatten(), Dense(10), Softmax()))
    file = OnnxClassifier(script.with_energy(Network(architecture, weights), 2.0, held_out))
    assert (file.rejection.score, file.rejection.temperature) == ("energy", 2.0)
    scores = file.answers(held_out).outlierness
    assert file.rejection.threshold == pytest.approx(threshold_for(scores, 0.01), rel=1e-6)
    logits = held_out[:50].reshape(50, -1) / 255 @ weights["dense1/kernel"]
    np.testing.assert_allclose(scores[:50], -np.logaddexp.reduce(logits, axis=1), rtol=1e-4)
