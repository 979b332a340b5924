from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

from inkdigits.errors import ModelFileError
from inkdigits.evaluation.confidence import Confidence
from inkdigits.evaluation.outlier_scores import Energy
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.networks.architecture import Architecture, Dense, Flatten, Softmax
from inkdigits.networks.network import Network
from inkdigits.networks.precision import resolve_precision
from inkdigits.processor import processor_flags
from inkdigits.recognition import openvino_runtime
from inkdigits.recognition.answers import BATCH
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.openvino_runtime import OpenVinoClassifier
from inkdigits.recognition.shipped import shipped_network
from tests.hand_made_networks import write_network

NETWORK = Architecture("flat", (3, 5, 1), (Flatten(), Dense(4), Softmax()))
NAMES = ("north", "east", "south", "west")


def noise(n):
    return np.random.default_rng(n).integers(0, 256, (n, 3, 5), np.uint8)


@pytest.fixture(scope="module")
def content():
    rng = np.random.default_rng(5)
    weights = {
        "dense1/kernel": rng.normal(size=(15, 4)).astype(np.float32),
        "dense1/bias": rng.normal(size=4).astype(np.float32),
    }
    confidence = Confidence(temperature=2.0, score=Energy(), threshold=-1.5, areas={})
    return to_onnx([Network(NETWORK, weights)], NAMES, confidence=confidence)


@pytest.fixture(scope="module")
def both(content):
    """The same network computed by ONNX Runtime and by OpenVINO, in float32."""
    return OnnxClassifier(content), OpenVinoClassifier(content, precision="float32")


@pytest.mark.parametrize("n", [0, 1, 3, BATCH, BATCH + 1])
def test_in_float32_the_answers_are_those_of_onnx_runtime(both, n):
    expected, answers = (each.answers(noise(n)) for each in both)
    np.testing.assert_allclose(answers.probabilities, expected.probabilities, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(answers.outlierness, expected.outlierness, rtol=1e-4, atol=1e-5)
    assert answers.rejected.tolist() == expected.rejected.tolist()
    assert (answers.probabilities.dtype, answers.outlierness.dtype) == (np.float32, np.float32)
    assert (answers.probabilities.shape, answers.outlierness.shape) == ((n, 4), (n,))


def test_what_the_file_says_is_read_in_the_same_way(both):
    onnx_runtime, openvino = both
    assert openvino.signature == onnx_runtime.signature
    assert openvino.class_names == NAMES
    assert openvino.input_shape == (3, 5, 1)
    assert openvino.rejection.threshold == -1.5


def test_in_bfloat16_the_digits_are_those_of_onnx_runtime(mnist):
    # All, as one in a hundred is near what is rejected; some where float32 is computed anyhow.
    emulated = resolve_precision("auto", processor_flags()) == "float32"
    images = mnist.test.images[:: 10 if emulated else 1]
    expected = OnnxClassifier(shipped_network()).answers(images)
    answers = OpenVinoClassifier(shipped_network(), precision="bfloat16").answers(images)
    same = answers.probabilities.argmax(axis=1) == expected.probabilities.argmax(axis=1)
    assert same.mean() >= 0.999
    assert (answers.rejected == expected.rejected).mean() >= 0.999
    np.testing.assert_allclose(answers.probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(answers.probabilities, expected.probabilities, atol=0.05)


def test_a_network_without_a_score_rejects_nothing(tmp_path):
    classifier = OpenVinoClassifier(write_network(tmp_path / "three.onnx", 3))
    answers = classifier.answers(np.zeros((2, 28, 28), np.uint8))
    assert answers.probabilities.argmax(axis=1).tolist() == [3, 3]
    assert answers.outlierness is None
    assert answers.rejected.tolist() == [False, False]


def test_outputs_come_in_the_order_asked_for(both):
    for classifier in both:
        strange, likely = classifier.run(noise(2), ["outlierness", "probabilities"])
        assert (strange.shape, likely.shape) == ((2,), (2, 4))


def test_answers_are_not_overwritten_by_later_ones(both):
    _, classifier = both
    first = classifier.probabilities(noise(3))
    kept = first.copy()
    classifier.probabilities(noise(4)[:3])
    np.testing.assert_array_equal(first, kept)


def test_threads_may_ask_at_once(both):
    _, classifier = both
    expected = [classifier.probabilities(noise(n)) for n in range(1, 9)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: classifier.probabilities(noise(n)), range(1, 9)))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)


def test_images_of_another_size_are_refused(both):
    with pytest.raises(ModelFileError, match="reads images of 3x5 pixels; received 5x3 pixels"):
        both[1].answers(np.zeros((1, 5, 3), np.uint8))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelFileError, match=r"cannot read .*gone\.onnx: No such file"):
        OpenVinoClassifier(tmp_path / "gone.onnx")


def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "half.onnx"
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelFileError) as caught:
        OpenVinoClassifier(path)
    assert str(caught.value).startswith(f"{path} is not a network of inkdigits: ")


def test_what_openvino_cannot_compute_is_said_in_one_line(content, monkeypatch):
    class Core:
        read_model = bytes

        def compile_model(self, *_):
            raise RuntimeError("Exception from core.cpp:\n\nno such operator\n")

    module = SimpleNamespace(Core=Core)
    monkeypatch.setattr(openvino_runtime, "import_openvino", lambda: module)
    with pytest.raises(ModelFileError) as caught:
        OpenVinoClassifier(content, precision="float32")
    assert str(caught.value) == "OpenVINO cannot compute the network: no such operator"


@pytest.mark.parametrize(
    ("flags", "capabilities", "precision"),
    [
        ({"avx512_bf16"}, ["FP32", "BF16"], "bfloat16"),
        ({"amx_bf16"}, ["FP32", "BF16"], "bfloat16"),
        ({"avx512f"}, ["FP32", "BF16"], "float32"),
        ({"avx512_bf16"}, ["FP32"], "float32"),
    ],
)
def test_bfloat16_is_used_where_processor_and_openvino_have_it(
    content, monkeypatch, flags, capabilities, precision
):
    class Core:
        def get_property(self, device, name):
            assert (device, name) == ("CPU", "OPTIMIZATION_CAPABILITIES")
            return capabilities

    monkeypatch.setattr(openvino_runtime, "processor_flags", lambda: frozenset(flags))
    assert openvino_runtime._fastest(Core()) == precision


def test_people_are_told_what_computes(both):
    onnx_runtime, openvino = both
    assert onnx_runtime.runtime.startswith("ONNX Runtime 1.")
    assert openvino.runtime.startswith("OpenVINO 20")
    assert openvino.runtime.endswith(", float32")
