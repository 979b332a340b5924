"""A digit stays the same when it is moved or turned a little, or saved anew: so its answer."""

import sys

import numpy as np
import pytest

from inkdigits.datasets.mnist import load_mnist_test
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import shipped_network
from tests.hand_made_networks import write_network

KEPT = 0.995
EVERY = 8  # of the test digits one in so many, spread over all of them; the script takes all


@pytest.fixture
def script(load):
    return load("steadiness")


@pytest.fixture(scope="module")
def network():
    return OnnxClassifier(shipped_network())


@pytest.fixture(scope="module")
def images():
    return load_mnist_test().images[::EVERY]


@pytest.fixture
def dot():
    """A bright square to the right of the middle."""
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 12:16, 20:24] = 255
    return image


def middle(image):
    """Row and column of the middle of an image's ink."""
    down, right = np.indices(image[0].shape)
    return [float((place * image[0]).sum() / image.sum()) for place in (down, right)]


def test_the_answer_stays_when_the_digit_does(script, network, images):
    shares = script.kept(network, images)
    assert shares.keys() == script.CHANGES.keys()
    assert min(shares.values()) >= KEPT, shares


def test_an_answer_that_changes_is_noticed(script, network, images, monkeypatch):
    upside_down = {"upside down": lambda each: script.turned(each, 180)}
    monkeypatch.setattr(script, "CHANGES", upside_down)
    assert script.kept(network, images[:500])["upside down"] < KEPT


def test_images_move_where_a_change_says(script, dot):
    down, right = middle(dot)
    assert middle(script.shifted(dot, 1, 0)) == [down, right + 1]
    assert middle(script.shifted(dot, 0, -1)) == [down - 1, right]
    assert middle(script.turned(dot, 90)) == pytest.approx([27 - right, down], abs=0.1)
    slightly = middle(script.turned(dot, 8))
    assert slightly[0] == pytest.approx(down - np.sin(np.radians(8)) * (right - 13.5), abs=0.1)


def test_jpeg_and_rescaling_change_values_and_not_places(script, images):
    for change in (script.saved_as_jpeg, lambda each: script.rescaled(each, 3)):
        changed = change(images[:20])
        assert (changed.shape, changed.dtype) == ((20, 28, 28), np.uint8)
        assert (changed != images[:20]).any()
        assert np.abs(changed.astype(int) - images[:20]).mean() < 5


def test_the_table_has_a_row_for_each_change(script):
    shares = dict.fromkeys(script.CHANGES, 0.9987)
    lines = script.table({"shipped": shares, "runs/a": shares}).splitlines()
    assert lines[0] == "| the answer stays | shipped | runs/a |"
    assert lines[2] == "| a pixel to the right | 99.87 % | 99.87 % |"
    assert len(lines) == 2 + len(script.CHANGES)


def test_networks_are_named_by_their_files(script, monkeypatch, tmp_path, capsys):
    path = write_network(tmp_path / "seven.onnx", 7)
    monkeypatch.setattr(script, "load_mnist_test", lambda: load_mnist_test().take(slice(20)))
    monkeypatch.setattr(sys, "argv", ["steadiness", str(path)])
    script.main()
    first, _, *rows = capsys.readouterr().out.splitlines()
    assert first == f"| the answer stays | {path} |"
    assert rows == [f"| {change} | 100.00 % |" for change in script.CHANGES]
