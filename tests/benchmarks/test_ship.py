import importlib.util
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.export.onnx_weights import weights_from_onnx
from inkdigits.networks.architecture import ROBUST
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import read_card
from inkdigits.workflows import confidence
from inkdigits.workflows.data import Parts

FOLDER = Path(__file__).parents[2] / "benchmarks"
SHIPPED = Path("shipped")


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    for name in ("go_on", "ship"):
        spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
    return sys.modules["ship"]


def test_the_networks_of_the_package_are_those_of_its_card(script):
    members, card = script.members_of(SHIPPED), read_card()
    assert [each.facts for each in members] == card["members"]
    assert len(members) == len(card["members"]) >= 1


def test_joined_they_answer_with_the_mean_of_their_logits(script, mnist, monkeypatch):
    few = mnist.train.take(slice(300))
    monkeypatch.setattr(script, "split_for", lambda *_: Parts(few, few, mnist.test))
    monkeypatch.setattr(confidence, "CHOOSING_IMAGES", 20)
    members = script.members_of(SHIPPED)[:1] * 2
    content, fitted = script.join(members)
    (first, second) = weights_from_onnx(content, ROBUST)
    np.testing.assert_array_equal(first["conv1/kernel"], second["conv1/kernel"])
    alone = OnnxClassifier(to_onnx(ROBUST, [members[0].weights], DIGIT_NAMES))
    cooled = alone.probabilities(few.images) ** (1 / fitted.temperature)
    cooled /= cooled.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(OnnxClassifier(content).probabilities(few.images), cooled, atol=1e-4)


def test_a_network_that_is_not_what_its_run_wrote_is_refused(script, tmp_path, monkeypatch):
    other = SimpleNamespace(sha256={"model.onnx": "0" * 64})
    monkeypatch.setattr(script.Manifest, "from_json", lambda text: other)
    (tmp_path / "manifest.json").write_text(json.dumps({}))
    (tmp_path / "model.onnx").write_bytes(b"another")
    with pytest.raises(SystemExit, match="must be what the run wrote"):
        script.members_of(tmp_path)
