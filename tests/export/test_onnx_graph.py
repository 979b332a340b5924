import json

import numpy as np
import onnx
import pytest

from inkdigits.arrays import scale
from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.networks.architecture import (
    ARCHITECTURES,
    FAST,
    TUTORIAL,
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    OrientedFilters,
    Relu,
    Softmax,
)
from inkdigits.networks.build import build
from inkdigits.networks.weights import get_weights, set_weights
from inkdigits.recognition.onnx_runtime import OnnxClassifier

# Sides that differ, pools that leave a rest, batch normalisation of maps and of rows.
WIDE = Architecture(
    "wide",
    (9, 14, 1),
    (
        *(Conv2D(3, kernel=2), BatchNormalization(), Relu(), MaxPooling2D(3), Flatten()),
        *(BatchNormalization(), Dense(6), Relu(), Dropout(0.5), Dense(4), Softmax()),
    ),
)
# Filters whose stride leaves a rest down and none across, before a batch normalisation.
STRIDED = Architecture(
    "strided",
    (12, 17, 1),
    (OrientedFilters(6, 4, stride=3), BatchNormalization(), Relu(), Flatten(), Dense(4), Softmax()),
)
NETWORKS = [*ARCHITECTURES.values(), WIDE, STRIDED]


@pytest.fixture(scope="module")
def pairs(random_weights, tmp_path_factory):
    """For each network: Keras's model and ours in ONNX Runtime, with the same random weights."""
    folder = tmp_path_factory.mktemp("onnx")
    made = {}
    for network in NETWORKS:
        weights = random_weights(network, seed=3)
        model = build(network)
        set_weights(model, weights)
        path = folder / f"{network.name}.onnx"
        path.write_bytes(to_onnx(network, weights, DIGIT_NAMES[: model.output_shape[-1]]))
        made[network.name] = model, OnnxClassifier(path), path
    return made


def noise(n, network):
    height, width, _ = network.input_shape
    return np.random.default_rng(n).integers(0, 256, (n, height, width), np.uint8)


@pytest.mark.parametrize("n", [1, 3, 501])
@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_onnx_runtime_gives_the_probabilities_of_keras(pairs, network, n):
    model, classifier, _ = pairs[network.name]
    images = noise(n, network)
    probabilities = classifier.probabilities(images)
    expected = model.predict(scale(images), verbose=0)
    assert probabilities.shape == (n, model.output_shape[-1])
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities, expected, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_random_weights_tell_images_and_classes_apart(pairs, network):
    _, classifier, _ = pairs[network.name]
    probabilities = classifier.probabilities(noise(20, network))
    assert probabilities.std(axis=0).max() > 1e-3
    assert probabilities.std(axis=1).max() > 1e-2


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_no_images_give_no_rows(pairs, network):
    model, classifier, _ = pairs[network.name]
    assert classifier.probabilities(noise(0, network)).shape == (0, model.output_shape[-1])


@pytest.mark.parametrize("name", ["tutorial", "fast"])
def test_digits_are_read_as_by_keras(pairs, digits, name):
    model, classifier, _ = pairs[name]
    expected = model.predict(scale(digits.images), verbose=0)
    np.testing.assert_allclose(
        classifier.probabilities(digits.images), expected, rtol=1e-3, atol=1e-5
    )


def test_the_moving_statistics_matter(pairs, random_weights, tmp_path):
    """The comparison with Keras would notice if batch normalisation were left out."""
    weights = random_weights(WIDE, seed=3)
    weights["norm1/moving_mean"] = weights["norm1/moving_mean"] + 1
    path = tmp_path / "other.onnx"
    path.write_bytes(to_onnx(WIDE, weights, list("abcd")))
    images = noise(3, WIDE)
    changed = OnnxClassifier(path).probabilities(images)
    assert np.abs(changed - pairs["wide"][1].probabilities(images)).max() > 1e-3


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_the_file_is_what_the_docstring_promises(pairs, network):
    model = onnx.load(pairs[network.name][2])
    onnx.checker.check_model(model, full_check=True)
    height, width, channels = network.input_shape
    (images,), (probabilities,) = model.graph.input, model.graph.output
    shape = [d.dim_param or d.dim_value for d in images.type.tensor_type.shape.dim]
    assert (images.name, shape) == ("images", ["n", height, width, channels])
    assert probabilities.name == "probabilities"
    assert probabilities.type.tensor_type.shape.dim[0].dim_param == "n"
    assert [(each.domain, each.version) for each in model.opset_import] == [("", 18)]
    kinds = {tensor.data_type for tensor in model.graph.initializer}
    kinds |= {value.type.tensor_type.elem_type for value in (images, probabilities)}
    assert kinds == {onnx.TensorProto.FLOAT}
    assert "Dropout" not in {node.op_type for node in model.graph.node}


def test_filters_are_a_convolution_with_their_stride_and_without_bias_or_padding(pairs):
    (node,) = [node for node in onnx.load(pairs["strided"][2]).graph.node if node.op_type == "Conv"]
    assert len(node.input) == 2
    assert {each.name: list(each.ints) for each in node.attribute} == {"strides": [3, 3]}


def test_class_names_travel_with_the_file(random_weights, tmp_path):
    names = ("zéro", 'q"uote', "", "数字")
    content = to_onnx(WIDE, random_weights(WIDE), names)
    properties = {each.key: each.value for each in onnx.load_from_string(content).metadata_props}
    assert json.loads(properties["class_names"]) == list(names)
    path = tmp_path / "names.onnx"
    path.write_bytes(content)
    assert OnnxClassifier(path).class_names == names


def test_the_same_weights_give_the_same_bytes(random_weights):
    weights = random_weights(WIDE)
    assert to_onnx(WIDE, weights, "abcd") == to_onnx(WIDE, dict(weights), list("abcd"))


@pytest.mark.parametrize("network", [TUTORIAL, FAST], ids=lambda network: network.name)
def test_weights_of_a_fast_bfloat16_model_are_exported_in_float32(network, digits, tmp_path):
    model = build(network, fast_layers=True, precision="bfloat16")
    path = tmp_path / "exported.onnx"
    path.write_bytes(to_onnx(network, get_weights(model), DIGIT_NAMES))
    plain = build(network)
    set_weights(plain, get_weights(model))
    expected = plain.predict(scale(digits.images[:8]), verbose=0)
    np.testing.assert_allclose(
        OnnxClassifier(path).probabilities(digits.images[:8]), expected, rtol=1e-3, atol=1e-5
    )
