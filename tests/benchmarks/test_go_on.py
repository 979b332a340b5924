import hashlib
import json
import sys
from dataclasses import replace

import numpy as np
import pytest

from inkdigits.export.onnx_graph import to_onnx
from inkdigits.export.onnx_weights import networks_from_onnx
from inkdigits.networks.architecture import find_architecture
from inkdigits.networks.network import Network
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.runs.folder import RunFolder, create_run
from inkdigits.runs.manifest import Manifest
from inkdigits.training.recipe import Recipe
from inkdigits.training.teacher import Teacher
from inkdigits.training.trainer import Trainer
from inkdigits.workflows.train import train

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


def test_a_run_goes_on_from_the_weights_of_a_network(script, few_images, random_weights, tmp_path):
    architecture = find_architecture("fast")
    weights = random_weights(architecture)
    run = create_run("small", tmp_path / "on")
    network = to_onnx([Network(architecture, weights)], tuple("0123456789"))
    script.go_on(run, SMALL, few_images, network)
    assert run.manifest.exists()
    (learnt,) = networks_from_onnx(RunFolder(tmp_path / "on").onnx.read_bytes(), architecture)
    for name, before in weights.items():
        if "moving" not in name:  # at this learning rate nothing else changes
            np.testing.assert_allclose(learnt.weights[name], before, atol=1e-5, err_msg=name)


def test_with_a_teacher_its_answers_are_learnt_in_place_of_labels(
    script, few_images, random_weights, tmp_path, monkeypatch
):
    architecture = find_architecture("fast")
    network = to_onnx([Network(architecture, random_weights(architecture))], tuple("0123456789"))
    teacher = Teacher([Network(architecture, random_weights(architecture))])
    teachers = []

    class Watched(Trainer):
        def __init__(self, *args, **options):
            teachers.append(options["teacher"])
            super().__init__(*args, **options)

    monkeypatch.setattr(script, "Trainer", Watched)
    script.go_on(create_run("small", tmp_path / "on"), SMALL, few_images, network, teacher)
    assert teachers == [teacher]


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
