import sys

import numpy as np
import pytest

from inkdigits.errors import MissingExtraError, ModelFileError, UsageError
from inkdigits.recognition import classifier as module
from inkdigits.recognition.answers import in_batches
from inkdigits.recognition.classifier import AutoClassifier, load_classifier
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.openvino_runtime import OpenVinoClassifier
from tests.hand_made_networks import write_network


@pytest.fixture
def path(tmp_path):
    return write_network(tmp_path / "seven.onnx", 7, threshold=0.5)


@pytest.fixture
def machine(monkeypatch):
    """A function that pretends what the processor and the installation have."""

    def pretend(flags, installed):
        monkeypatch.setattr(module, "processor_flags", lambda: frozenset(flags))
        monkeypatch.setattr(module, "openvino_installed", lambda: installed)

    return pretend


@pytest.fixture
def no_openvino(monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)


def blank(n):
    return np.zeros((n, 28, 28), np.uint8)


@pytest.mark.parametrize(
    ("flags", "installed", "chosen"),
    [
        ({"avx512_bf16"}, True, AutoClassifier),
        ({"amx_bf16"}, True, AutoClassifier),
        ({"avx512_bf16"}, False, OnnxClassifier),
        ({"avx2"}, True, OnnxClassifier),
    ],
)
def test_auto_takes_openvino_into_account_where_it_is_faster(
    path, machine, flags, installed, chosen
):
    machine(flags, installed)
    assert type(load_classifier(path)) is chosen


@pytest.mark.parametrize(
    ("runtime", "chosen"), [("onnxruntime", OnnxClassifier), ("openvino", OpenVinoClassifier)]
)
def test_a_wish_is_granted_on_any_processor(path, machine, runtime, chosen):
    machine({"avx2"}, True)
    classifier = load_classifier(path, runtime, threads=1)
    assert type(classifier) is chosen
    assert classifier.answers(blank(1)).probabilities.argmax() == 7


def test_without_openvino_a_wish_for_it_says_how_to_install_it(path, no_openvino):
    with pytest.raises(MissingExtraError, match=r"pip install 'inkdigits\[openvino\]'"):
        load_classifier(path, "openvino")


def test_an_unknown_runtime_is_refused_with_those_there_are(path):
    with pytest.raises(UsageError) as caught:
        load_classifier(path, "tensorrt")
    assert str(caught.value) == (
        "`runtime` must be one of auto, onnxruntime, openvino; received 'tensorrt'"
    )


def test_a_negative_number_of_threads_is_refused(path):
    with pytest.raises(UsageError, match="`threads` must be 0 or more; received -1"):
        load_classifier(path, threads=-1)


@pytest.mark.parametrize("runtime", ["auto", "onnxruntime", "openvino"])
def test_a_file_that_is_no_network_is_refused_by_all(tmp_path, runtime):
    path = tmp_path / "picture.onnx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(ModelFileError) as caught:
        load_classifier(path, runtime)
    assert str(caught.value).startswith(f"{path} is not a network of inkdigits: ")


def test_openvino_takes_over_with_the_call_that_reaches_the_break_even(path):
    classifier = AutoClassifier(path, break_even=10)
    for images, name in [(4, "ONNX Runtime"), (5, "ONNX Runtime"), (1, "OpenVINO")]:
        answers = classifier.answers(blank(images))
        assert answers.probabilities.argmax(axis=1).tolist() == [7] * images
        assert classifier.runtime.startswith(name)
    assert classifier.answers(blank(3)).probabilities.shape == (3, 10)
    assert classifier.runtime.startswith("OpenVINO")


def test_one_large_call_is_openvinos(path):
    classifier = AutoClassifier(path, break_even=10)
    classifier.answers(blank(500))
    assert classifier.runtime.startswith("OpenVINO")


def test_the_content_will_do_in_place_of_the_file(path):
    classifier = AutoClassifier(path.read_bytes(), break_even=1)
    assert classifier.probabilities(blank(1)).argmax() == 7
    assert classifier.runtime.startswith("OpenVINO")


def test_where_openvino_fails_onnx_runtime_goes_on(path, no_openvino):
    classifier = AutoClassifier(path, break_even=2)
    for _ in range(3):
        assert classifier.answers(blank(2)).probabilities.argmax(axis=1).tolist() == [7, 7]
        assert classifier.runtime.startswith("ONNX Runtime")


def test_what_the_file_says_is_known_before_and_after(path):
    classifier = AutoClassifier(path, break_even=1)
    before = classifier.class_names, classifier.input_shape, classifier.rejection
    classifier.answers(blank(1))
    assert (classifier.class_names, classifier.input_shape, classifier.rejection) == before
    assert classifier.rejection.threshold == 0.5


def test_images_of_another_size_do_not_count(path):
    classifier = AutoClassifier(path, break_even=1)
    with pytest.raises(ModelFileError, match="reads images of 28x28 pixels; received 5x3 pixels"):
        classifier.answers(np.zeros((9, 5, 3), np.uint8))
    assert classifier.runtime.startswith("ONNX Runtime")


def test_of_large_images_there_are_fewer_in_a_batch():
    sizes = []

    def compute(inputs):
        sizes.append(len(inputs))
        return [inputs[:, 0, 0, 0]]

    in_batches(np.zeros((5, 256, 256, 3), np.uint8), compute)
    # 102,400 pixels are the most: one image of 65,536.
    assert sizes == [1] * 5
    in_batches(np.zeros((5, 160, 160), np.uint8), compute)
    assert sizes[5:] == [4, 1]


def test_batches_are_full_but_for_the_last():
    sizes = []

    def compute(inputs):
        sizes.append(len(inputs))
        return [inputs[:, 0, 0, 0], inputs.reshape(len(inputs), -1)]

    images = np.arange(7, dtype=np.uint8).reshape(7, 1, 1)
    first, rows = in_batches(images, compute, batch_size=3)
    assert sizes == [3, 3, 1]
    np.testing.assert_allclose(first * 255, range(7), rtol=1e-6)
    assert rows.shape == (7, 1)
