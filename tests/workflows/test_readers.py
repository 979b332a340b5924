from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inkdigits.errors import ModelFileError
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.imaging.picture import picture_of
from inkdigits.networks.architecture import Architecture, Dense, Flatten, Softmax
from inkdigits.networks.network import Network
from inkdigits.recognition.counts import Count, Counter
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.picture_reader import PictureReader
from inkdigits.recognition.reader import Reader
from inkdigits.workflows import readers
from inkdigits.workflows.readers import load_reader


@pytest.fixture
def network(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a network which always gives the last answer, and returns its path."""

    def write(names, form, shape=(28, 28, 1)):
        values = int(np.prod(shape))
        bias = np.zeros(len(names), np.float32)
        bias[-1] = 9
        weights = {
            "dense1/kernel": np.zeros((values, len(names)), np.float32),
            "dense1/bias": bias,
        }
        layers = (Flatten(), Dense(len(names)), Softmax())
        path = tmp_path / "network.onnx"
        network = Network(Architecture("flat", shape, layers), weights)
        path.write_bytes(to_onnx([network], names, form=form))
        return path

    return write


def test_a_network_that_learnt_from_digits_looks_for_them(network):
    assert isinstance(load_reader(network("0123456789", "digits")), Reader)


def test_a_network_that_knows_three_digits_reads_those(network):
    reader = load_reader(network("178", "digits"))
    page = np.full((200, 200), 255, np.uint8)
    page[40:160, 95:107] = 0
    reading = reader.read(picture_of(page))
    assert reading.text == "8"
    assert [guess.digit for guess in reading.digits[0].top] == [8, 1, 7]


@pytest.fixture
def touching() -> np.ndarray:
    """A page with two strokes that a joint connects."""
    page = np.full((200, 200), 255, np.uint8)
    page[40:160, 30:42] = page[40:160, 158:170] = page[95:105, 30:170] = 0
    return page


@pytest.mark.parametrize(("names", "asked"), [("0123456789", True), ("178", False)])
def test_only_a_network_that_knows_all_digits_is_helped_to_count_them(
    names, asked, network, touching, monkeypatch
):
    asked_about = []

    def counts(self, strips):
        asked_about.append(len(strips))
        return [Count(1.0, 0.0, 0.0, *np.zeros((3, 10), np.float32))] * len(strips)

    monkeypatch.setattr(Counter, "counts", counts)
    load_reader(network(names, "digits")).read(picture_of(touching))
    assert len(asked_about) == asked


def test_the_larger_networks_of_the_package_are_loaded_for_what_is_not_clear_alone(
    mnist, monkeypatch
):
    loaded = []

    def load(path, threads):
        loaded.append((path.name, threads))
        return OnnxClassifier(path, threads)

    monkeypatch.setattr(readers, "load_classifier", load)
    monkeypatch.setattr(readers, "OnnxClassifier", load)
    readers._shipped_reader.cache_clear()
    reader = load_reader(threads=2)
    readers._shipped_reader.cache_clear()
    assert loaded.pop() == ("quick.onnx", 1)
    seven = mnist.test.images[0]
    assert reader.read(picture_of(seven)).text == "7"
    assert loaded == []
    for _ in range(2):
        assert reader.read(picture_of(np.flipud(seven))).text in ("", "2", "4")
    assert loaded == [("medium.onnx", 2), ("model.onnx", 2)]


def test_a_network_for_pictures_reads_each_as_a_whole(network):
    reader = load_reader(network(["cat", "dog"], "pictures", (32, 32, 3)))
    assert isinstance(reader, PictureReader)
    assert reader.read(picture_of(np.zeros((9, 9), np.uint8))).text == "dog"


def test_digits_by_other_names_are_refused(network):
    with pytest.raises(ModelFileError, match="tell digits apart, 0 to 9; it tells cat, dog"):
        load_reader(network(["cat", "dog"], "digits"))


def test_digits_of_another_size_are_refused(network):
    path = network("0123456789", "digits", (32, 32, 1))
    with pytest.raises(ModelFileError, match="digits of 28x28 pixels; it reads 32x32 pixels"):
        load_reader(path)
