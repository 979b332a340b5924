import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inkdigits.errors import ModelFileError, UsageError
from inkdigits.export.onnx_weights import networks_from_onnx
from inkdigits.recognition.shipped import read_card
from inkdigits.runs.folder import RunFolder
from inkdigits.training.recipes import FAST
from inkdigits.workflows.train import train

SHIPPED = Path("shipped")


@pytest.fixture
def script(load):
    return load("members")


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


@pytest.mark.parametrize("number", ["0", "-1", "99", "first"])
def test_one_that_the_package_lacks_is_refused(script, number):
    with pytest.raises(UsageError, match=rf"shipped/1 to shipped/\d; received shipped/{number}"):
        script.members_of(SHIPPED / number)


def test_a_folder_of_that_name_is_not_the_package(script, tmp_path, monkeypatch):
    (tmp_path / "shipped" / "1").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for path in (SHIPPED, SHIPPED / "1"):
        with pytest.raises(ModelFileError, match="is not a run folder"):
            script.members_of(path)


@pytest.fixture(scope="module")
def run(mnist, tmp_path_factory):
    """A finished run of a recipe that is in a file."""
    recipe = FAST.replace(name="small", batch_size=100, validation_images=200)
    few = replace(mnist, train=mnist.train.take(slice(700)), test=mnist.test.take(slice(50)))
    return train(recipe, seed=3, dataset=few, out=tmp_path_factory.mktemp("members") / "a run")


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
