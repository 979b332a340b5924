from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.evaluation import choosing_sets
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.export.onnx_weights import networks_from_onnx
from inkdigits.networks.architecture import ROBUST
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import ROBUST as ROBUST_RECIPE
from inkdigits.workflows.data import Parts
from tests.places import BENCHMARKS

SHIPPED = Path("shipped")


@pytest.fixture
def script(load):
    return load("ship")


def test_joined_they_answer_with_the_mean_of_their_logits(script, mnist, monkeypatch):
    few = mnist.train.take(slice(300))
    held_out = []

    def split(_, recipe):
        held_out.append(recipe.validation_images)
        return Parts(few, few, mnist.test)

    monkeypatch.setattr(script, "split_for", split)
    monkeypatch.setattr(choosing_sets, "CHOOSING_IMAGES", 20)
    member = script.members_of(SHIPPED)[0]
    knows_more = replace(member, facts={"data": {"validation_images": 1000}})
    members = [member, knows_more]
    content, fitted = script.join(members)
    assert held_out == [1000]  # of which neither has learnt
    first, second = networks_from_onnx(content, ROBUST, ROBUST)
    kernels = [each.weights["conv1/kernel"] for each in (first, second)]
    np.testing.assert_array_equal(*kernels)
    alone = OnnxClassifier(to_onnx([members[0].network], DIGIT_NAMES))
    cooled = alone.probabilities(few.images) ** (1 / fitted.temperature)
    cooled /= cooled.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(OnnxClassifier(content).probabilities(few.images), cooled, atol=1e-4)


def test_broad_is_trained_as_robust_is_without_drawn_digits_for_three_quarters_as_long():
    recipe = Recipe.from_json((BENCHMARKS / "broad.json").read_bytes())
    assert recipe == ROBUST_RECIPE.replace(name="broad", network="broad", epochs=24, drawn_digits=0)


def test_clear_goes_on_from_broad_with_nothing_over_the_digits():
    broad, clear = (
        Recipe.from_json((BENCHMARKS / f"{name}.json").read_bytes()) for name in ("broad", "clear")
    )
    nothing = dict.fromkeys(("outline_share", "texture", "fading", "plain_share"), 0.0)
    assert clear == broad.replace(
        name="clear",
        epochs=8,
        learning_rate=0.02,
        no_digits=4_000,
        coarse_digits=3_000,
        drawn_digits=3_000,
        augmentation=broad.augmentation.model_copy(update=nothing),
    )


def test_clear_wide_is_clear_from_random_weights_on_the_layers_of_robust():
    clear, wide = (
        Recipe.from_json((BENCHMARKS / f"{name}.json").read_bytes())
        for name in ("clear", "clear-wide")
    )
    assert wide == clear.replace(
        name="clear-wide",
        network="robust",
        epochs=24,
        learning_rate=ROBUST_RECIPE.learning_rate,
    )


def test_numerals_goes_on_from_broad_with_drawn_digits_besides():
    broad, numerals = (
        Recipe.from_json((BENCHMARKS / f"{name}.json").read_bytes())
        for name in ("broad", "numerals")
    )
    assert numerals == broad.replace(
        name="numerals", epochs=4, learning_rate=0.015, drawn_digits=ROBUST_RECIPE.drawn_digits
    )
