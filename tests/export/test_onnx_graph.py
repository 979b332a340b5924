import json
from dataclasses import replace

import numpy as np
import onnx
import pytest

from inkdigits.arrays import scale
from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.evaluation.confidence import Confidence
from inkdigits.evaluation.feature_distances import MahalanobisDistance
from inkdigits.evaluation.outlier_scores import Energy, Mahalanobis, MaxSoftmax, NoneClass
from inkdigits.evaluation.temperature import softmax
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.networks.architecture import (
    ARCHITECTURES,
    BEST,
    FAST,
    ROBUST,
    TUTORIAL,
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    OrientedFilters,
    Padding2D,
    Relu,
    Softmax,
)
from inkdigits.networks.build import build
from inkdigits.networks.network import Network
from inkdigits.networks.weights import get_weights, set_weights
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.training.prediction import among_classes

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
PADDED = Architecture(
    "padded", (6, 9, 1), (Padding2D(2), Conv2D(3, kernel=3), Flatten(), Dense(4), Softmax())
)
NETWORKS = [*ARCHITECTURES.values(), WIDE, STRIDED, PADDED]
# Its logits and features can be worked out with two products.
FLAT = Architecture(
    "flat",
    (3, 5, 1),
    (Flatten(), Dense(6), Relu(), Dropout(0.5), Dense(4), Softmax()),
)


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
        path.write_bytes(to_onnx([Network(network, weights)], DIGIT_NAMES[: network.classes]))
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
    expected = among_classes(model.predict(scale(images), verbose=0), network.classes)
    assert probabilities.shape == (n, network.classes)
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
    _, classifier, _ = pairs[network.name]
    assert classifier.probabilities(noise(0, network)).shape == (0, network.classes)


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
    path.write_bytes(to_onnx([Network(WIDE, weights)], list("abcd")))
    images = noise(3, WIDE)
    changed = OnnxClassifier(path).probabilities(images)
    assert np.abs(changed - pairs["wide"][1].probabilities(images)).max() > 1e-3


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_the_file_is_what_the_docstring_promises(pairs, network):
    model = onnx.load(pairs[network.name][2])
    onnx.checker.check_model(model, full_check=True)
    height, width, channels = network.input_shape
    (images,), (probabilities, *others) = model.graph.input, model.graph.output
    assert [each.name for each in others] == ["none"] * network.none_class
    shape = [d.dim_param or d.dim_value for d in images.type.tensor_type.shape.dim]
    assert (images.name, shape) == ("images", ["n", height, width, channels])
    assert probabilities.name == "probabilities"
    assert probabilities.type.tensor_type.shape.dim[0].dim_param == "n"
    assert [(each.domain, each.version) for each in model.opset_import] == [("", 18)]
    # Where to cut, which column to take, how many zeros to add: integers.
    places = ("class_logits", "none/", "padding")
    weights = [each for each in model.graph.initializer if not each.name.startswith(places)]
    kinds = {tensor.data_type for tensor in weights}
    kinds |= {value.type.tensor_type.elem_type for value in (images, probabilities, *others)}
    assert kinds == {onnx.TensorProto.FLOAT}
    assert "Dropout" not in {node.op_type for node in model.graph.node}


def test_filters_are_a_convolution_with_their_stride_and_without_bias_or_padding(pairs):
    (node,) = [node for node in onnx.load(pairs["strided"][2]).graph.node if node.op_type == "Conv"]
    assert len(node.input) == 2
    assert {each.name: list(each.ints) for each in node.attribute} == {"strides": [3, 3]}


def test_class_names_travel_with_the_file(random_weights, tmp_path):
    names = ("zéro", 'q"uote', "", "数字")
    content = to_onnx([Network(WIDE, random_weights(WIDE))], names)
    properties = {each.key: each.value for each in onnx.load_from_string(content).metadata_props}
    assert json.loads(properties["class_names"]) == list(names)
    path = tmp_path / "names.onnx"
    path.write_bytes(content)
    assert OnnxClassifier(path).class_names == names


def test_the_same_weights_give_the_same_bytes(random_weights):
    weights = random_weights(WIDE)
    assert to_onnx([Network(WIDE, weights)], "abcd") == to_onnx(
        [Network(WIDE, dict(weights))], list("abcd")
    )


@pytest.mark.parametrize("network", [TUTORIAL, FAST], ids=lambda network: network.name)
def test_weights_of_a_fast_bfloat16_model_are_exported_in_float32(network, digits, tmp_path):
    model = build(network, fast_layers=True, precision="bfloat16")
    path = tmp_path / "exported.onnx"
    path.write_bytes(to_onnx([Network(network, get_weights(model))], DIGIT_NAMES))
    plain = build(network)
    set_weights(plain, get_weights(model))
    expected = plain.predict(scale(digits.images[:8]), verbose=0)
    np.testing.assert_allclose(
        OnnxClassifier(path).probabilities(digits.images[:8]), expected, rtol=1e-3, atol=1e-5
    )


@pytest.fixture(scope="module")
def flat(random_weights):
    """Three networks of one architecture."""
    return [Network(FLAT, random_weights(FLAT, seed)) for seed in (1, 2, 3)]


def confidence(temperature=1.0, score=None, threshold=0.0):
    return Confidence(temperature, score or Energy(), threshold, areas={})


def inner_by_hand(images, network):
    """Logits and features of a flat network."""
    weights = network.weights
    rows = scale(images).reshape(len(images), 15).astype(float)
    features = np.maximum(rows @ weights["dense1/kernel"] + weights["dense1/bias"], 0)
    return features @ weights["dense2/kernel"] + weights["dense2/bias"], features


def operators(content):
    return [node.op_type for node in onnx.load_from_string(content).graph.node]


def outputs(content):
    return {
        each.name: [d.dim_param or d.dim_value for d in each.type.tensor_type.shape.dim]
        for each in onnx.load_from_string(content).graph.output
    }


def properties(content):
    return {each.key: each.value for each in onnx.load_from_string(content).metadata_props}


@pytest.mark.parametrize("n", [0, 1, 20])
def test_logits_and_features_are_those_worked_out_by_hand(flat, n):
    classifier = OnnxClassifier(to_onnx(flat[:1], "abcd", inner=True))
    images = noise(n, FLAT)
    logits, features = classifier.run(images, ["logits", "features"])
    expected = inner_by_hand(images, flat[0])
    np.testing.assert_allclose(logits, expected[0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(features, expected[1], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(classifier.probabilities(images), softmax(logits), atol=1e-6)


@pytest.mark.parametrize("inner", [False, True])
@pytest.mark.parametrize("count", [1, 2])
def test_outputs_are_those_asked_for(flat, inner, count):
    plain = to_onnx(flat[:count], "abcd", inner=inner)
    scored = to_onnx(flat[:count], "abcd", confidence=confidence(), inner=inner)
    more = {"logits": ["n", 4], "features": ["n", "features"]} if inner else {}
    assert outputs(plain) == {"probabilities": ["n", 4], **more}
    assert outputs(scored) == {"probabilities": ["n", 4], "outlierness": ["n"], **more}


@pytest.mark.parametrize("temperature", [0.5, 1.0])
@pytest.mark.parametrize("count", [1, 3])
def test_an_output_for_none_is_no_part_of_the_probabilities_and_gives_log_odds(
    flat, temperature, count
):
    layers = replace(FLAT, none_class=True)
    members = [replace(each, architecture=layers) for each in flat[:count]]
    fitted = confidence(temperature, NoneClass())
    content = to_onnx(members, "abc", confidence=fitted, inner=True)
    assert outputs(content) == {
        "probabilities": ["n", 3],
        "none": ["n"],
        "outlierness": ["n"],
        "logits": ["n", 4],
        "features": ["n", "features"],
    }
    assert properties(content)["outlier_score"] == "none-class"
    images = noise(20, FLAT)
    logits = np.mean([inner_by_hand(images, each)[0] for each in flat[:count]], axis=0)
    names = ["probabilities", "logits", "outlierness"]
    classifier = OnnxClassifier(content)
    probabilities, all_logits, odds = classifier.run(images, names)
    np.testing.assert_allclose(all_logits, logits, rtol=1e-4, atol=1e-5)
    expected = softmax(logits[:, :3].astype(np.float32), temperature)
    np.testing.assert_allclose(probabilities, expected, rtol=1e-4, atol=1e-6)
    # One class or another has the probability that the softmax over all outputs gives to these.
    any_class = softmax(logits.astype(np.float32))[:, :3].sum(axis=1)
    np.testing.assert_allclose(1 / (1 + np.exp(odds)), any_class, rtol=1e-4)
    none = classifier.answers(images).none
    np.testing.assert_allclose(none, 1 - any_class, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("temperature", [0.05, 0.5, 1.0, 2.0, 20.0])
def test_the_temperature_divides_the_logits_and_nothing_else(flat, temperature):
    fitted = confidence(temperature)
    classifier = OnnxClassifier(to_onnx(flat[:1], "abcd", confidence=fitted, inner=True))
    images = noise(20, FLAT)
    names = ["probabilities", "logits", "features", "outlierness"]
    probabilities, logits, features, outlierness = classifier.run(images, names)
    np.testing.assert_allclose(logits, inner_by_hand(images, flat[0])[0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(probabilities, softmax(logits, temperature), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(outlierness, Energy().score(logits, features), rtol=1e-5, atol=1e-5)


def test_temperature_1_adds_no_operator(flat):
    plain = operators(to_onnx(flat[:1], "abcd"))
    assert "Div" not in plain
    for score, more in (
        (MaxSoftmax(), ["Softmax", "ReduceMax", "Neg", "Add"]),
        (Energy(), ["ReduceLogSumExp", "Neg"]),
    ):
        fitted = confidence(1.0, score)
        assert operators(to_onnx(flat[:1], "abcd", confidence=fitted)) == plain + more
    assert "Div" in operators(to_onnx(flat[:1], "abcd", confidence=confidence(2.0)))


def test_the_confidence_travels_with_the_file(flat):
    fitted = confidence(1 / 3, MaxSoftmax(), -1e-9 / 7)
    kept = properties(to_onnx(flat[:1], "abcd", confidence=fitted))
    scored = {"temperature", "outlier_score", "outlier_threshold"}
    assert kept.keys() == {"form", "class_names", "sha256"} | scored
    assert kept["outlier_score"] == "max-softmax"
    assert float(kept["temperature"]) == 1 / 3
    assert float(kept["outlier_threshold"]) == -1e-9 / 7
    assert properties(to_onnx(flat[:1], "abcd")).keys() == {"form", "class_names", "sha256"}


def test_a_network_twice_answers_like_the_network(flat):
    images = noise(20, FLAT)
    alone = OnnxClassifier(to_onnx(flat[:1], "abcd"))
    twice = OnnxClassifier(to_onnx(2 * flat[:1], "abcd"))
    np.testing.assert_allclose(
        twice.probabilities(images), alone.probabilities(images), rtol=1e-5, atol=1e-7
    )


def test_the_logits_of_several_are_the_mean_of_theirs_by_hand(flat):
    images = noise(20, FLAT)
    classifier = OnnxClassifier(to_onnx(flat, "abcd", inner=True))
    logits, features = classifier.run(images, ["logits", "features"])
    expected = [inner_by_hand(images, each) for each in flat]
    mean = np.mean([each for each, _ in expected], axis=0)
    np.testing.assert_allclose(logits, mean, rtol=1e-4, atol=1e-5)
    side_by_side = np.concatenate([each for _, each in expected], axis=1)
    np.testing.assert_allclose(features, side_by_side, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(classifier.probabilities(images), softmax(logits), atol=1e-6)
    alone = softmax(expected[0][0].astype(np.float32))
    assert np.abs(classifier.probabilities(images) - alone).max() > 1e-2


def test_the_order_of_several_does_not_matter(flat):
    images = noise(20, FLAT)
    there, back = (
        OnnxClassifier(to_onnx(each, "abcd", confidence=confidence(2.0)))
        for each in (flat, flat[::-1])
    )
    np.testing.assert_allclose(
        there.probabilities(images), back.probabilities(images), rtol=1e-5, atol=1e-7
    )
    np.testing.assert_allclose(
        there.answers(images).outlierness, back.answers(images).outlierness, rtol=1e-5
    )


def test_digits_go_through_several_real_networks_as_through_each(random_weights, digits):
    members = [Network(FAST, random_weights(FAST, seed)) for seed in (4, 5)]
    joined, *alone = (
        OnnxClassifier(to_onnx(each, DIGIT_NAMES, inner=True))
        for each in (members, members[:1], members[1:])
    )
    images = digits.images[:20]
    logits = [each.run(images, ["logits"])[0] for each in alone]
    np.testing.assert_allclose(
        joined.run(images, ["logits"])[0], np.mean(logits, axis=0), rtol=1e-4, atol=1e-4
    )


def test_networks_of_different_layers_answer_together(random_weights, digits):
    members = [Network(each, random_weights(each, 4)) for each in (FAST, BEST)]
    joined, *alone = (
        OnnxClassifier(to_onnx(each, DIGIT_NAMES, inner=True))
        for each in (members, members[:1], members[1:])
    )
    images = digits.images[:20]
    ((logits,), one, two) = (each.run(images, ["logits"]) for each in (joined, *alone))
    np.testing.assert_allclose(logits, (one[0] + two[0]) / 2, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("other", [ROBUST, FLAT, replace(BEST, none_class=True)])
def test_networks_that_cannot_answer_together_are_refused(random_weights, other):
    members = [Network(each, random_weights(each)) for each in (BEST, other)]
    with pytest.raises(ValueError, match=f"; {other.name} is "):
        to_onnx(members, DIGIT_NAMES)


def test_half_precision_halves_the_file_and_hardly_changes_the_answers(random_weights, digits):
    members = [Network(BEST, random_weights(BEST, 4))]
    whole, half = (to_onnx(members, DIGIT_NAMES, inner=True, half=each) for each in (False, True))
    assert len(half) < 0.51 * len(whole)
    (exact,), (near,) = (
        OnnxClassifier(each).run(digits.images[:20], ["logits"]) for each in (whole, half)
    )
    assert 0 < np.abs(near - exact).max() < 2e-3 * np.abs(exact).max()


def test_what_outliers_are_told_by_is_kept_in_full_precision(flat):
    distance = MahalanobisDistance(
        np.full((flat[0].weights["dense2/kernel"].shape[0], 2), 1 / 3, np.float32),
        np.full((4, 2), 1 / 3, np.float32),
    )
    distances = Mahalanobis((distance,))
    content = to_onnx(flat[:1], "abcd", confidence=confidence(score=distances), half=True)
    kept = {each.data_type for each in onnx.load_from_string(content).graph.initializer}
    assert kept == {onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.INT64}
    narrow = [
        each.name
        for each in onnx.load_from_string(content).graph.initializer
        if each.data_type == onnx.TensorProto.FLOAT16
    ]
    assert narrow == ["dense1/0/half", "dense2/0/half"]
