import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from inkdigits.recognition.shipped import read_card
from inkdigits.runs.manifest import Manifest
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import FAST
from inkdigits.workflows.opened_run import open_run
from inkdigits.workflows.teaching import load_teacher
from inkdigits.workflows.train import train


@pytest.fixture
def origins(load):
    return load("origins")


@pytest.fixture(scope="module")
def run(mnist, tmp_path_factory):
    """A finished run's folder, of a recipe that is in a file."""
    recipe = FAST.replace(name="small", batch_size=100, validation_images=200)
    few = replace(mnist, train=mnist.train.take(slice(700)), test=mnist.test.take(slice(50)))
    out = tmp_path_factory.mktemp("origins") / "a run"
    return train(recipe, seed=3, dataset=few, out=out)[0]


def lay_beside(origins, monkeypatch, folder, recipe):
    """Put a recipe where the script looks for it."""
    (folder / "small.json").write_text(recipe.to_json())
    monkeypatch.setattr(origins, "__file__", str(folder / "origins.py"))


def own_recipe(run):
    return Recipe.from_json(run.recipe.read_bytes())


def test_a_run_tells_how_it_was_trained(origins, run):
    manifest = Manifest.from_json(run.manifest.read_bytes())
    told = origins.origin(open_run(run.path, "it"))
    assert told == origins.facts(manifest)
    assert (told["command"], told["seed"]) == (manifest.command, 3)


def test_a_run_that_went_on_from_another_keeps_the_command_it_noted(
    origins, run, tmp_path, monkeypatch
):
    copy = Path(shutil.copytree(run.path, tmp_path / "copy"))
    noted = {"command": "python benchmarks/go_on.py --epochs 1", "began_with": {"sha256": "a"}}
    (copy / origins.BEGAN).write_text(json.dumps(noted))
    lay_beside(origins, monkeypatch, tmp_path, own_recipe(run).replace(batch_size=50))
    told = origins.origin(open_run(copy, "it"))
    assert {key: told[key] for key in noted} == noted


@pytest.mark.parametrize(("epochs", "more"), [(1, ""), (4, " --epochs 1")])
def test_a_recipe_that_lies_beside_the_script_is_named_as_it_lies_there(
    origins, run, tmp_path, monkeypatch, epochs, more
):
    lay_beside(origins, monkeypatch, tmp_path, own_recipe(run).replace(epochs=epochs))
    named = f"inkdigits train --recipe {tmp_path.name}/small.json{more} --seed 3"
    assert origins.command(open_run(run.path, "it")) == named


def test_a_run_of_another_recipe_than_the_one_that_lies_there_is_refused(
    origins, run, tmp_path, monkeypatch
):
    lay_beside(origins, monkeypatch, tmp_path, own_recipe(run).replace(batch_size=50))
    with pytest.raises(SystemExit, match="was trained by another recipe than"):
        origins.command(open_run(run.path, "it"))


def test_a_teacher_is_told_of_by_its_digest_and_its_command(origins, run):
    told = origins.taught_by(load_teacher(run.path))
    assert told["sha256"] == hashlib.sha256(run.onnx.read_bytes()).hexdigest()
    assert told["command"].startswith("inkdigits train")


def test_of_the_networks_of_the_package_as_a_teacher_the_digest_is_enough(origins):
    told = origins.taught_by(load_teacher(Path("shipped")))
    assert told == {"sha256": read_card()["sha256"]}


def test_of_a_network_that_another_began_with_its_own_beginning_is_told_too(origins):
    beginnings = {"began_with": {"sha256": "first"}, "towards": {"share": 0.5, "sha256": "other"}}
    facts = {"command": "a", "seconds": 1.5, "seed": 3, **beginnings}
    assert origins.began_with("second", facts) == {
        "sha256": "second",
        "command": "a",
        "seconds": 1.5,
        **beginnings,
    }


def test_a_file_of_the_package_is_told_of_as_its_card_does(origins):
    digest = hashlib.sha256(b"network").hexdigest()
    card = {"sha256": digest, "command": "a", "seconds": 1.5, "finished": "noon", "seed": 3}
    assert origins.began_with_file(b"network", card) == {
        "sha256": digest,
        "command": "a",
        "seconds": 1.5,
        "finished": "noon",
    }


def test_of_several_networks_the_first_goes_on(origins):
    digest = hashlib.sha256(b"networks").hexdigest()
    card = {"sha256": digest, "members": [{"command": "a"}, {"command": "b"}]}
    assert origins.began_with_file(b"networks", card) == {"sha256": digest, "command": "a"}


def test_of_a_file_without_a_card_the_digest_alone_is_known(origins):
    known = origins.began_with_file(b"network", {"sha256": "another", "command": "a"})
    assert known == {"sha256": hashlib.sha256(b"network").hexdigest()}


def test_a_file_is_told_by_its_digest_and_size(origins):
    # The digest of "abc" is FIPS 180-2's first example.
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert origins.of_file(b"abc") == {"sha256": digest, "bytes": 3}
