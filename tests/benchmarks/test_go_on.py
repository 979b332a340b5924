import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.errors import InterruptedRunError, ModelFileError, UsageError
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.export.onnx_weights import networks_from_onnx
from inkdigits.networks.architecture import QUICK, find_architecture
from inkdigits.networks.network import Network
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import read_card
from inkdigits.runs.folder import RunFolder, create_run
from inkdigits.runs.manifest import Manifest
from inkdigits.runs.start import read_start
from inkdigits.training.recipe import Recipe
from inkdigits.training.trainer import Trainer
from inkdigits.workflows.material import material_for
from inkdigits.workflows.teaching import load_teacher
from inkdigits.workflows.train import resume, train

SMALL = Recipe(
    name="small", network="fast", epochs=1, batch_size=20, learning_rate=1e-9, validation_images=40
)


@pytest.fixture
def script(load):
    return load("go_on")


@pytest.fixture
def few_images(mnist):
    """A hundred images to learn from, where all of MNIST would take long."""
    return replace(mnist, train=mnist.train.take(slice(100)), test=mnist.test.take(slice(30)))


@pytest.fixture
def network(random_weights):
    architecture = find_architecture("fast")
    return Network(architecture, random_weights(architecture))


def material_of(dataset, teaching=None):
    return material_for(SMALL, dataset, None, lambda _: None, teaching)


def test_a_run_goes_on_from_the_weights_of_a_network(script, few_images, network, tmp_path):
    run = create_run("small", tmp_path / "on")
    script.go_on(run, SMALL, material_of(few_images), network)
    assert run.manifest.exists()
    (learnt,) = networks_from_onnx(run.onnx.read_bytes(), network.architecture)
    for name, before in network.weights.items():
        if "moving" not in name:  # at this learning rate nothing else changes
            np.testing.assert_allclose(learnt.weights[name], before, atol=1e-5, err_msg=name)


def test_a_run_that_was_stopped_goes_on_from_these_weights_too(
    script, few_images, network, tmp_path, monkeypatch
):
    run = create_run("small", tmp_path / "on")
    monkeypatch.setattr(script.TerminalObserver, "should_stop", lambda _: True)
    with pytest.raises(InterruptedRunError, match=f"train --resume {run.path}"):
        script.go_on(run, SMALL, material_of(few_images), network)
    assert not run.manifest.exists()
    resume(run.path, dataset=few_images)
    (learnt,) = networks_from_onnx(run.onnx.read_bytes(), network.architecture)
    kernels = [each.weights["dense1/kernel"] for each in (learnt, network)]
    np.testing.assert_allclose(*kernels, atol=1e-5)


def test_with_a_teacher_its_answers_are_learnt_in_place_of_labels(
    script, few_images, network, tmp_path, monkeypatch
):
    teaching = load_teacher(Path("shipped"))
    teachers = []

    class Watched(Trainer):
        def __init__(self, *args, **options):
            teachers.append(options["teacher"])
            super().__init__(*args, **options)

    monkeypatch.setattr(script, "Trainer", Watched)
    run = create_run("small", tmp_path / "on")
    script.go_on(run, SMALL, material_of(few_images, teaching), network)
    assert teachers == [teaching.teacher]
    assert read_start(run)[1].teacher == teaching.record


def test_data_of_one_s_own_is_learnt_by_a_recipe_of_one_s_own(
    script, random_weights, tmp_path, monkeypatch
):
    architecture = find_architecture("fast")
    images = np.random.default_rng(0).integers(0, 256, (130, 28, 28), np.uint8)
    labels = np.arange(130, dtype=np.uint8) % 10
    names = np.array([f"kind {i}" for i in range(10)])
    data, network, recipe = (tmp_path / name for name in ("data.npz", "net.onnx", "recipe.json"))
    np.savez(
        data, x_train=images[:100], y_train=labels[:100], x_test=images[100:], y_test=labels[100:],
        class_names=names,
    )  # fmt: skip
    network.write_bytes(
        to_onnx([Network(architecture, random_weights(architecture))], tuple(names))
    )
    recipe.write_text(SMALL.to_json())
    words = ["--recipe", recipe, "--data", data, "--begin-with", network]
    words += ["--epochs", "1", "--learning-rate", "0.001"]
    monkeypatch.setattr(sys, "argv", ["go_on", *map(str, words), "--out", str(tmp_path / "on")])
    script.main()
    run = RunFolder(tmp_path / "on")
    assert OnnxClassifier(run.onnx).class_names == tuple(names)
    note = json.loads((run.path / script.BEGAN).read_bytes())
    assert note["command"] == " ".join(["python benchmarks/go_on.py", *map(str, words)])
    assert note["began_with"] == {"sha256": hashlib.sha256(network.read_bytes()).hexdigest()}


def test_it_goes_on_from_a_finished_run(script, few_images, tmp_path, monkeypatch):
    monkeypatch.setattr(script, "load_mnist", lambda: few_images)
    first, _ = train(SMALL, seed=5, dataset=few_images, out=tmp_path / "first")
    recipe = tmp_path / "recipe.json"
    recipe.write_text(SMALL.to_json())
    words = ["--recipe", recipe, "--begin-with", first.path]
    words += ["--epochs", "1", "--learning-rate", "1e-9", "--out", tmp_path / "on"]
    monkeypatch.setattr(sys, "argv", ["go_on", *map(str, words)])
    script.main()
    began = json.loads((tmp_path / "on" / script.BEGAN).read_bytes())["began_with"]
    manifest = Manifest.from_json(first.manifest.read_bytes())
    assert began["sha256"] == manifest.sha256["model.onnx"]
    assert began["command"] == manifest.command
    before, after = (
        networks_from_onnx(RunFolder(path).onnx.read_bytes(), find_architecture("fast"))[0].weights
        for path in (first.path, tmp_path / "on")
    )
    np.testing.assert_allclose(after["dense1/kernel"], before["dense1/kernel"], atol=1e-5)


def test_it_goes_on_from_any_network_of_the_package(script):
    members = script.members_of(Path("shipped"))
    second = members[1].network
    network, known = script.beginning(Path("shipped/2"), second.architecture, digits=True)
    np.testing.assert_array_equal(network.weights["conv1/kernel"], second.weights["conv1/kernel"])
    assert (known["sha256"], known["command"]) == (
        read_card()["sha256"],
        members[1].facts["command"],
    )


def test_left_open_it_goes_on_from_the_first(script):
    first = script.members_of(Path("shipped"))[0]
    network, known = script.beginning(None, first.network.architecture, digits=True)
    np.testing.assert_array_equal(
        network.weights["conv1/kernel"], first.network.weights["conv1/kernel"]
    )
    assert known["command"] == first.facts["command"]


def test_a_network_of_other_layers_than_the_recipe_s_is_refused(script):
    with pytest.raises(UsageError, match=r"layers of fast; shipped/1 has those of robust"):
        script.beginning(Path("shipped/1"), find_architecture("fast"), digits=True)


def test_a_network_that_tells_classes_alone_gets_an_output_for_none(
    script, load, network, monkeypatch
):
    member = load("members").Member(network, {"command": "a"}, "digest")
    monkeypatch.setattr(script, "members_of", lambda *_: [member])
    wider, known = script.beginning(Path("run"), QUICK, digits=True)
    assert wider.architecture is QUICK
    assert known == {"sha256": "digest", "command": "a"}
    images = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8)
    before, after = (
        OnnxClassifier(to_onnx([each], DIGIT_NAMES)).probabilities(images)
        for each in (network, wider)
    )
    np.testing.assert_allclose(after, before, atol=1e-6)


def test_a_folder_without_a_run_is_refused(script, tmp_path):
    with pytest.raises(ModelFileError, match=str(tmp_path)):
        script.beginning(tmp_path, find_architecture("fast"), digits=True)
