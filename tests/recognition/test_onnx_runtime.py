import json
from dataclasses import replace

import numpy as np
import onnx
import pytest
from jaxtyping import TypeCheckError
from onnx import TensorProto, helper

from inkdigits.arrays import scale
from inkdigits.errors import ModelFileError
from inkdigits.evaluation.confidence import Confidence
from inkdigits.evaluation.outlier_scores import Energy
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.networks.architecture import Architecture, Dense, Flatten, Softmax
from inkdigits.networks.network import Network
from inkdigits.recognition.answers import BATCH, Rejection
from inkdigits.recognition.onnx_runtime import OnnxClassifier

NETWORK = Architecture("flat", (3, 5, 1), (Flatten(), Dense(4), Softmax()))
NAMES = ("north", "east", "south", "west")
THRESHOLD = -1.5


@pytest.fixture(scope="module")
def weights():
    rng = np.random.default_rng(5)
    return {
        "dense1/kernel": rng.normal(size=(15, 4)).astype(np.float32),
        "dense1/bias": rng.normal(size=4).astype(np.float32),
    }


@pytest.fixture(scope="module")
def content(weights):
    return to_onnx([Network(NETWORK, weights)], NAMES)


@pytest.fixture(scope="module")
def scored(weights):
    """A network with a temperature and a score, whose threshold some noise exceeds."""
    confidence = Confidence(temperature=2.0, score=Energy(), threshold=THRESHOLD, areas={})
    return to_onnx([Network(NETWORK, weights)], NAMES, confidence=confidence)


@pytest.fixture
def load(tmp_path):
    """A function that writes a file and loads it as a network."""

    def from_bytes(content):
        path = tmp_path / "model.onnx"
        path.write_bytes(content)
        return OnnxClassifier(path)

    return from_bytes


def logits_by_hand(images, weights):
    rows = scale(images).reshape(len(images), 15).astype(float)
    return rows @ weights["dense1/kernel"] + weights["dense1/bias"]


def by_hand(images, weights, temperature=1):
    scores = np.exp(logits_by_hand(images, weights) / temperature)
    return scores / scores.sum(axis=1, keepdims=True)


def noise(n):
    return np.random.default_rng(n).integers(0, 256, (n, 3, 5), np.uint8)


@pytest.mark.parametrize("n", [0, 1, 3, BATCH, BATCH + 1])
def test_probabilities_are_those_worked_out_by_hand_in_the_order_of_the_images(
    load, content, weights, n
):
    probabilities = load(content).probabilities(noise(n))
    assert probabilities.shape == (n, 4)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities, by_hand(noise(n), weights), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("n", [0, 1, 20, BATCH + 1])
def test_answers_are_those_worked_out_by_hand(scored, weights, n):
    answers = OnnxClassifier(scored).answers(noise(n))
    expected = by_hand(noise(n), weights, temperature=2)
    np.testing.assert_allclose(answers.probabilities, expected, rtol=1e-4, atol=1e-6)
    energy = -np.log(np.exp(logits_by_hand(noise(n), weights)).sum(axis=1))
    np.testing.assert_allclose(answers.outlierness, energy, rtol=1e-4, atol=1e-5)
    assert answers.rejected.tolist() == (energy > THRESHOLD).tolist()
    assert (answers.outlierness.shape, answers.rejected.shape) == ((n,), (n,))
    assert (answers.outlierness.dtype, answers.rejected.dtype) == (np.float32, bool)
    if n >= 20:
        assert 0 < answers.rejected.sum() < n


def test_an_image_on_the_threshold_is_accepted(weights, scored):
    outlierness = np.sort(OnnxClassifier(scored).answers(noise(20)).outlierness)
    confidence = Confidence(2.0, Energy(), threshold=float(outlierness[-2]), areas={})
    classifier = OnnxClassifier(to_onnx([Network(NETWORK, weights)], NAMES, confidence=confidence))
    assert classifier.answers(noise(20)).rejected.sum() == 1


@pytest.mark.parametrize("n", [0, 1, 3])
def test_without_a_score_nothing_is_rejected(content, weights, n):
    classifier = OnnxClassifier(content)
    assert classifier.rejection is None
    answers = classifier.answers(noise(n))
    np.testing.assert_allclose(answers.probabilities, by_hand(noise(n), weights), rtol=1e-4)
    assert answers.outlierness is None
    assert answers.rejected.tolist() == [False] * n
    assert answers.rejected.dtype == bool


def test_how_it_rejects_comes_from_the_file(scored):
    rejection = OnnxClassifier(scored).rejection
    assert rejection == Rejection(score="energy", threshold=THRESHOLD, temperature=2.0)


@pytest.mark.parametrize("value", [0, 255])
def test_even_images_get_an_answer(scored, weights, value):
    images = np.full((2, 3, 5), value, np.uint8)
    answers = OnnxClassifier(scored).answers(images)
    np.testing.assert_allclose(answers.probabilities, by_hand(images, weights, 2), rtol=1e-4)
    assert answers.outlierness[0] == answers.outlierness[1]


def test_outputs_come_in_the_order_asked_for(weights):
    classifier = OnnxClassifier(to_onnx([Network(NETWORK, weights)], NAMES, inner=True))
    images = noise(BATCH + 1)
    features, logits = classifier.run(images, ["features", "logits"])
    np.testing.assert_allclose(features, scale(images).reshape(-1, 15), rtol=1e-6)
    np.testing.assert_allclose(logits, logits_by_hand(images, weights), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("ask", [OnnxClassifier.answers, OnnxClassifier.probabilities])
@pytest.mark.parametrize("which", ["content", "scored"])
def test_every_question_refuses_images_of_another_size(request, which, ask):
    classifier = OnnxClassifier(request.getfixturevalue(which))
    with pytest.raises(ModelFileError, match="reads images of 3x5 pixels; received 5x3 pixels"):
        ask(classifier, np.zeros((1, 5, 3), np.uint8))


def test_the_content_will_do_in_place_of_the_file(load, content):
    np.testing.assert_array_equal(
        OnnxClassifier(content).probabilities(noise(3)), load(content).probabilities(noise(3))
    )


def test_damaged_content_is_refused_without_a_path(content):
    with pytest.raises(ModelFileError) as caught:
        OnnxClassifier(half(content))
    assert str(caught.value).startswith("the content is not a network of inkdigits: ")


def test_images_need_not_lie_in_one_piece_of_memory(load, content, weights):
    images = noise(12)[::3, ::-1]
    np.testing.assert_allclose(
        load(content).probabilities(images), by_hand(images, weights), rtol=1e-4, atol=1e-6
    )


@pytest.mark.parametrize("threads", [0, 1, 2])
def test_the_number_of_threads_does_not_change_the_answer(content, weights, tmp_path, threads):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    probabilities = OnnxClassifier(path, threads).probabilities(noise(7))
    np.testing.assert_allclose(probabilities, by_hand(noise(7), weights), rtol=1e-4, atol=1e-6)


def test_names_and_size_come_from_the_file(load, content):
    classifier = load(content)
    assert classifier.class_names == NAMES
    assert classifier.input_shape == (3, 5, 1)


@pytest.mark.parametrize("size", [(28, 28), (5, 3), (3, 4), (0, 0)])
def test_images_of_another_size_are_refused_with_both_sizes(load, content, size):
    with pytest.raises(ModelFileError) as caught:
        load(content).probabilities(np.zeros((2, *size), np.uint8))
    received = f"{size[0]}x{size[1]} pixels"
    assert str(caught.value) == f"the network reads images of 3x5 pixels; received {received}"


def test_images_in_colour_are_refused_by_a_network_for_grey_ones(load, content):
    with pytest.raises(ModelFileError, match="of 3x5 pixels; received 3x5 pixels in colour"):
        load(content).probabilities(np.zeros((2, 3, 5, 3), np.uint8))


def test_a_network_for_pictures_in_colour_says_so_and_reads_every_colour():
    kernel = np.zeros((45, 2), np.float32)
    kernel[[7 * 3 + 2, 0], [0, 1]] = 4.0  # the blue of pixel 7, the red of pixel 0
    weights = {"dense1/kernel": kernel, "dense1/bias": np.zeros(2, np.float32)}
    network = replace(NETWORK, input_shape=(3, 5, 3), layers=(Flatten(), Dense(2), Softmax()))
    classifier = OnnxClassifier(
        to_onnx([Network(network, weights)], ("sky", "rose"), form="pictures")
    )
    assert (classifier.input_shape, classifier.signature.form) == ((3, 5, 3), "pictures")
    images = np.zeros((2, 3, 5, 3), np.uint8)
    images[0, 1, 2, 2] = images[1, 0, 0, 0] = 255
    surer = 1 / (1 + np.exp(-4.0))
    expected = [[surer, 1 - surer], [1 - surer, surer]]
    np.testing.assert_allclose(classifier.probabilities(images), expected, rtol=1e-5)


def test_a_form_that_nobody_knows_is_refused(content):
    model = onnx.load_from_string(content)
    next(each for each in model.metadata_props if each.key == "form").value = "letters"
    with pytest.raises(ModelFileError, match="is not a network of inkdigits"):
        OnnxClassifier(model.SerializeToString())


def test_a_file_from_before_there_were_forms_reads_digits(content):
    kept = own_properties(content)
    del kept["form"]
    assert OnnxClassifier(with_metadata(content, **kept)).signature.form == "digits"


def test_a_single_image_without_the_axis_of_images_is_refused(load, content):
    with pytest.raises((TypeError, TypeCheckError)):
        load(content).probabilities(np.zeros((3, 5), np.uint8))


def test_images_that_are_scaled_already_are_refused(load, content):
    with pytest.raises((TypeError, TypeCheckError)):
        load(content).probabilities(np.zeros((1, 3, 5), np.float32))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelFileError, match=r"cannot read .*gone\.onnx: No such file"):
        OnnxClassifier(tmp_path / "gone.onnx")


def test_a_folder_in_place_of_the_file_is_named(tmp_path):
    with pytest.raises(ModelFileError, match=r"cannot read .*: Is a directory"):
        OnnxClassifier(tmp_path)


def half(content):
    return content[: len(content) // 2]


def all_but_the_last_byte(content):
    return content[:-1]


def nothing(_content):
    return b""


def a_picture(_content):
    return b"\x89PNG\r\n\x1a\n" + bytes(100)


def a_text(_content):
    return b"this is no network\n" * 20


def with_metadata(content, **properties):
    model = onnx.load_from_string(content)
    del model.metadata_props[:]
    helper.set_model_props(model, properties)
    return model.SerializeToString()


def own_properties(content):
    """What a file says of itself, but for the digest, which no longer holds once it is changed."""
    properties = {each.key: each.value for each in onnx.load_from_string(content).metadata_props}
    del properties["sha256"]
    return properties


def without_class_names(content):
    return with_metadata(content)


def class_names_that_are_no_json(content):
    return with_metadata(content, class_names="north, east")


def class_names_that_are_a_number(content):
    return with_metadata(content, class_names="4")


def class_names_that_are_an_object(content):
    return with_metadata(content, class_names='{"north": 1, "east": 2, "south": 3, "west": 4}')


def class_names_that_are_a_text(content):
    return with_metadata(content, class_names='"nesw"')


def class_names_that_are_numbers(content):
    return with_metadata(content, class_names="[0, 1, 2, 3]")


def too_few_class_names(content):
    return with_metadata(content, class_names=json.dumps(NAMES[:3]))


def network_of(inputs, nodes, outputs, names=NAMES):
    def values(shapes):
        kind = TensorProto.FLOAT
        return [helper.make_tensor_value_info(name, kind, shape) for name, shape in shapes.items()]

    model = helper.make_model(
        helper.make_graph(nodes, "other", values(inputs), values(outputs)),
        opset_imports=[helper.make_opsetid("", 18)],
        ir_version=9,
    )
    helper.set_model_props(model, {"class_names": json.dumps(names)})
    return model.SerializeToString()


def two_inputs(_content):
    add = helper.make_node("Add", ["a", "b"], ["c"])
    return network_of({"a": [1, 4], "b": [1, 4]}, [add], {"c": [1, 4]})


def an_input_that_is_no_image(_content):
    return network_of({"a": ["n", 4]}, [helper.make_node("Relu", ["a"], ["b"])], {"b": ["n", 4]})


def an_input_of_any_size(_content):
    flat = [helper.make_node("Flatten", ["a"], ["b"])]
    return network_of({"a": ["n", "height", "width", 1]}, flat, {"b": ["n", 4]})


def images_of_three_colours(_content):
    flat = [helper.make_node("Flatten", ["a"], ["b"])]
    return network_of({"a": ["n", 1, 2, 3]}, flat, {"b": ["n", 6]}, names="abcdef")


def an_input_of_another_type(content):
    model = onnx.load_from_string(content)
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.DOUBLE
    model.graph.node.insert(0, helper.make_node("Cast", ["images"], ["floats"], to=1))
    model.graph.node[1].input[0] = "floats"
    return model.SerializeToString()


def one_image_at_a_time_only(content):
    model = onnx.load_from_string(content)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = 1
    return model.SerializeToString()


def an_unknown_operator(_content):
    return network_of({"a": ["n", 4]}, [helper.make_node("Riddle", ["a"], ["b"])], {"b": ["n", 4]})


@pytest.mark.parametrize(
    "damage",
    [
        half,
        all_but_the_last_byte,
        nothing,
        a_picture,
        a_text,
        without_class_names,
        class_names_that_are_no_json,
        class_names_that_are_a_number,
        class_names_that_are_an_object,
        class_names_that_are_a_text,
        class_names_that_are_numbers,
        too_few_class_names,
        two_inputs,
        an_input_that_is_no_image,
        an_input_of_any_size,
        images_of_three_colours,
        an_input_of_another_type,
        one_image_at_a_time_only,
        an_unknown_operator,
    ],
)
def test_a_file_that_is_no_network_of_ours_is_refused(load, content, damage, tmp_path):
    with pytest.raises(ModelFileError) as caught:
        load(damage(content))
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'model.onnx'} is not a network of inkdigits")
    assert "\n" not in message


@pytest.mark.parametrize(
    "changed",
    [
        *({"outlier_threshold": text} for text in ("nan", "inf", "-inf", "", "high", None)),
        *({"temperature": text} for text in ("nan", "inf", "", "warm", "0", "-1", None)),
        {"outlier_score": None},
    ],
    ids=lambda changed: " ".join(f"{name}={text}" for name, text in changed.items()),
)
def test_a_file_with_a_score_needs_a_threshold_and_a_temperature(scored, changed):
    kept = own_properties(scored)
    assert changed.keys() <= kept.keys()
    properties = {name: text for name, text in {**kept, **changed}.items() if text is not None}
    with pytest.raises(ModelFileError, match="is not a network of inkdigits"):
        OnnxClassifier(with_metadata(scored, **properties))


def test_meta_the_same_file_with_its_own_properties_is_taken(scored):
    OnnxClassifier(with_metadata(scored, **own_properties(scored)))


def other_score(shape, node):
    """A network of four pixels that gives them back, and has an output "outlierness"."""
    content = network_of(
        {"a": ["n", 2, 2, 1]},
        [helper.make_node("Flatten", ["a"], ["probabilities"]), node],
        {"probabilities": ["n", 4], "outlierness": shape},
    )
    named = {"class_names": json.dumps(NAMES), "temperature": "1", "outlier_score": "own"}
    return with_metadata(content, **named, outlier_threshold="0.5")


def test_a_score_that_is_not_one_number_an_image_is_refused():
    four = helper.make_node("Identity", ["probabilities"], ["outlierness"])
    with pytest.raises(ModelFileError, match="is not a network of inkdigits"):
        OnnxClassifier(other_score(["n", 4], four))


def test_meta_the_same_network_with_one_number_an_image_is_taken():
    largest = helper.make_node("ReduceMax", ["probabilities"], ["outlierness"], keepdims=0)
    content = other_score(["n"], largest)
    model = onnx.load_from_string(content)
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([1]), "axes"))
    model.graph.node[1].input.append("axes")
    images = np.array([[[0, 51], [255, 0]], [[51, 102], [0, 0]]], np.uint8)
    answers = OnnxClassifier(model.SerializeToString()).answers(images)
    np.testing.assert_allclose(answers.outlierness, [1, 0.4], rtol=1e-6)
    assert answers.rejected.tolist() == [True, False]


def test_nothing_is_printed_about_a_damaged_file(load, content, capfd):
    with pytest.raises(ModelFileError):
        load(half(content))
    assert capfd.readouterr() == ("", "")
