import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.errors import ModelFileError, UsageError
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.export.onnx_weights import networks_from_onnx
from inkdigits.networks.architecture import QUICK, find_architecture
from inkdigits.networks.network import Network
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import read_card
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.manifest import Manifest
from inkdigits.training.recipe import Recipe
from inkdigits.workflows.teaching import load_teacher
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


@pytest.fixture
def network(random_weights):
    architecture = find_architecture("fast")
    return Network(architecture, random_weights(architecture))


@pytest.fixture
def go_on(script, few_images, tmp_path, monkeypatch):
    """Run the script on a hundred images, with more words, into the folder that it returns."""
    recipe = tmp_path / "recipe.json"
    recipe.write_text(SMALL.to_json())
    monkeypatch.setattr(script, "load_mnist", lambda: few_images)

    def run_script(*words):
        out = tmp_path / "on"
        words = ["--recipe", recipe, "--epochs", 1, "--learning-rate", 1e-9, "--out", out, *words]
        monkeypatch.setattr(sys, "argv", ["go_on", *map(str, words)])
        script.main()
        return RunFolder(out)

    return run_script


def test_with_a_teacher_its_answers_are_learnt_in_place_of_labels(
    go_on, script, network, tmp_path, monkeypatch
):
    options = {}
    monkeypatch.setattr(script, "start_run", lambda *_, **given: options.update(given))
    beginning = tmp_path / "net.onnx"
    beginning.write_bytes(to_onnx([network], DIGIT_NAMES))
    run = go_on("--begin-with", beginning, "--teacher", "shipped")
    assert options["teaching"].record == load_teacher(Path("shipped")).record
    note = json.loads((run.path / script.BEGAN).read_bytes())
    assert note["taught_by"]["sha256"] == read_card()["sha256"]


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


def test_it_goes_on_from_a_finished_run(go_on, script, few_images, tmp_path):
    first, _ = train(SMALL, seed=5, dataset=few_images, out=tmp_path / "first")
    run = go_on("--begin-with", first.path)
    began = json.loads((run.path / script.BEGAN).read_bytes())["began_with"]
    manifest = Manifest.from_json(first.manifest.read_bytes())
    assert began["sha256"] == manifest.sha256["model.onnx"]
    assert began["command"] == manifest.command
    before, after = (
        networks_from_onnx(each.onnx.read_bytes(), find_architecture("fast"))[0].weights
        for each in (first, run)
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


def test_between_two_networks_it_begins_with_a_mean_of_their_weights(
    go_on, script, random_weights, tmp_path
):
    architecture = find_architecture("fast")
    weights = [random_weights(architecture, seed) for seed in (0, 1)]
    first, second = (tmp_path / name for name in ("first.onnx", "second.onnx"))
    for file, each in zip((first, second), weights, strict=True):
        file.write_bytes(to_onnx([Network(architecture, each)], DIGIT_NAMES))
    run = go_on("--begin-with", first, "--towards", second, "--share", 0.25)
    after = networks_from_onnx(run.onnx.read_bytes(), architecture)[0].weights["dense1/kernel"]
    kernels = [each["dense1/kernel"] for each in weights]
    np.testing.assert_allclose(after, 0.75 * kernels[0] + 0.25 * kernels[1], atol=1e-5)
    note = json.loads((run.path / script.BEGAN).read_bytes())
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in (first, second)]
    assert note["began_with"] == {"sha256": digests[0]}
    assert note["towards"] == {"share": 0.25, "sha256": digests[1]}


@pytest.mark.parametrize(("way", "expected"), [(0, [1, 10]), (0.5, [2, 20]), (1, [3, 30])])
def test_each_weight_is_as_far_on_the_way_as_all(script, way, expected):
    fast = find_architecture("fast")
    first, second = (
        Network(fast, {"dense1/bias": np.array(bias, np.float32)}) for bias in ([1, 10], [3, 30])
    )
    middle = script.between(first, second, way)
    assert middle.architecture is fast
    assert middle.weights["dense1/bias"].dtype == np.float32
    np.testing.assert_allclose(middle.weights["dense1/bias"], expected)


def test_between_networks_of_different_layers_there_is_none(script, network):
    other = Network(QUICK, network.weights)
    with pytest.raises(UsageError, match="received fast and quick"):
        script.between(network, other, 0.5)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--towards", "shipped/1"], "--towards and --share go together"),
        (["--share", "0.5"], "--towards and --share go together"),
        (["--towards", "shipped/1", "--share", "1.5"], "from 0 to 1; received 1.5"),
    ],
)
def test_half_a_way_is_refused_with_nothing_written(go_on, tmp_path, capsys, words, message):
    with pytest.raises(SystemExit):
        go_on(*words)
    assert message in capsys.readouterr().err
    assert not (tmp_path / "on").exists()
