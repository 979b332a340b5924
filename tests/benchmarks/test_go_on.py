import hashlib
import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inkdigits.export.onnx_graph import to_onnx
from inkdigits.export.onnx_weights import networks_from_onnx
from inkdigits.networks.architecture import find_architecture
from inkdigits.networks.network import Network
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.runs.folder import RunFolder, create_run
from inkdigits.training.recipe import Recipe
from inkdigits.training.teacher import Teacher
from inkdigits.training.trainer import Trainer

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "go_on.py"
SMALL = Recipe(
    name="small", network="fast", epochs=1, batch_size=20, learning_rate=1e-9, validation_images=40
)


@pytest.fixture
def script(monkeypatch):
    spec = importlib.util.spec_from_file_location("go_on", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "go_on", module)
    spec.loader.exec_module(module)
    return module


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


def test_a_teacher_is_noted_with_the_command_that_trained_it(
    script, few_images, random_weights, tmp_path
):
    architecture = find_architecture("fast")
    run = create_run("small", tmp_path / "teacher")
    network = to_onnx([Network(architecture, random_weights(architecture))], tuple("0123456789"))
    script.go_on(run, SMALL, few_images, network)
    known = script.taught_by(run.path)
    assert known["sha256"] == hashlib.sha256(run.onnx.read_bytes()).hexdigest()
    assert known["command"].startswith("inkdigits train")


def test_it_is_noted_what_a_run_began_with(script):
    digest = hashlib.sha256(b"network").hexdigest()
    card = {"sha256": digest, "command": "a", "seconds": 1.5, "finished": "noon", "seed": 3}
    assert script.began_with(b"network", card) == {
        "sha256": digest,
        "command": "a",
        "seconds": 1.5,
        "finished": "noon",
    }


def test_of_several_networks_the_first_goes_on(script):
    digest = hashlib.sha256(b"networks").hexdigest()
    card = {"sha256": digest, "members": [{"command": "a"}, {"command": "b"}]}
    assert script.began_with(b"networks", card) == {"sha256": digest, "command": "a"}


def test_of_a_network_without_a_card_the_digest_alone_is_known(script):
    known = script.began_with(b"network", {"sha256": "another", "command": "a"})
    assert known == {"sha256": hashlib.sha256(b"network").hexdigest()}


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
