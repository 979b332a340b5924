import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.errors import ModelFileError
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.export.onnx_weights import networks_from_onnx
from inkdigits.networks.architecture import ROBUST
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import read_card
from inkdigits.runs.folder import RunFolder
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import FAST
from inkdigits.training.recipes import ROBUST as ROBUST_RECIPE
from inkdigits.workflows import confidence
from inkdigits.workflows.data import Parts
from inkdigits.workflows.train import train
from tests.places import BENCHMARKS

SHIPPED = Path("shipped")


@pytest.fixture
def script(load):
    return load("ship")


def test_the_networks_of_the_package_are_those_of_its_card(script):
    members, card = script.members_of(SHIPPED), read_card()
    assert [each.facts for each in members] == card["members"]
    assert len(members) == len(card["members"]) >= 1


def test_one_of_them_can_be_named(script):
    members = script.members_of(SHIPPED)
    (last,) = script.members_of(SHIPPED / str(len(members)))
    assert last.facts == members[-1].facts
    np.testing.assert_array_equal(
        last.network.weights["conv1/kernel"], members[-1].network.weights["conv1/kernel"]
    )


def test_joined_they_answer_with_the_mean_of_their_logits(script, mnist, monkeypatch):
    few = mnist.train.take(slice(300))
    monkeypatch.setattr(script, "split_for", lambda *_: Parts(few, few, mnist.test))
    monkeypatch.setattr(confidence, "CHOOSING_IMAGES", 20)
    members = script.members_of(SHIPPED)[:1] * 2
    content, fitted = script.join(members)
    first, second = networks_from_onnx(content, ROBUST, ROBUST)
    kernels = [each.weights["conv1/kernel"] for each in (first, second)]
    np.testing.assert_array_equal(*kernels)
    alone = OnnxClassifier(to_onnx([members[0].network], DIGIT_NAMES))
    cooled = alone.probabilities(few.images) ** (1 / fitted.temperature)
    cooled /= cooled.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(OnnxClassifier(content).probabilities(few.images), cooled, atol=1e-4)


@pytest.fixture(scope="module")
def run(mnist, tmp_path_factory):
    """A finished run of a recipe that is in a file."""
    recipe = FAST.replace(name="small", batch_size=100, validation_images=200)
    few = replace(mnist, train=mnist.train.take(slice(700)), test=mnist.test.take(slice(50)))
    return train(recipe, seed=3, dataset=few, out=tmp_path_factory.mktemp("ship") / "a run")


def test_a_finished_run_gives_its_network_and_how_it_was_trained(script, run):
    folder, manifest = run
    (member,) = script.members_of(folder.path)
    assert member.network.architecture.name == member.facts["network"] == "fast"
    assert member.facts["command"] == manifest.command
    assert member.facts["seed"] == 3
    content = folder.onnx.read_bytes()
    (kept,) = networks_from_onnx(content, member.network.architecture)
    kernels = [each.weights["conv1/kernel"] for each in (member.network, kept)]
    np.testing.assert_array_equal(*kernels)


def test_a_network_that_is_not_what_its_run_wrote_is_refused(script, run, tmp_path):
    folder, _ = run
    copy = RunFolder(Path(shutil.copytree(folder.path, tmp_path / "copy")))
    content = bytearray(copy.weights.read_bytes())
    content[-1] ^= 1
    copy.weights.write_bytes(content)
    with pytest.raises(ModelFileError):
        script.members_of(copy.path)


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
        coarse_digits=0,
        augmentation=broad.augmentation.model_copy(update=nothing),
    )


def test_numerals_goes_on_from_broad_with_drawn_digits_besides():
    broad, numerals = (
        Recipe.from_json((BENCHMARKS / f"{name}.json").read_bytes())
        for name in ("broad", "numerals")
    )
    assert numerals == broad.replace(
        name="numerals", epochs=4, learning_rate=0.015, drawn_digits=ROBUST_RECIPE.drawn_digits
    )
