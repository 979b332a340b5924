import json
from itertools import pairwise

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from inkdigits.recognition.onnx_file import check
from inkdigits.recognition.onnx_file.check import check_network
from inkdigits.recognition.onnx_file.seal import seal
from inkdigits.recognition.onnx_file.wire import RefusedError
from inkdigits.recognition.shipped import shipped_network
from tests.recognition.onnx_file.networks import changed, network


def refused(content):
    with pytest.raises(RefusedError) as caught:
        check_network(content)
    return str(caught.value)


def with_names(names):
    return changed(lambda model: helper.set_model_props(model, {"class_names": names}))


def test_the_small_network_is_taken():
    check_network(network().SerializeToString())


def test_the_network_of_the_package_is_taken():
    check_network(shipped_network().read_bytes())


@pytest.mark.parametrize("shape", [(1, 1, 1), (28, 28, 3), (256, 256, 3), (7, 200, 1)])
@pytest.mark.parametrize("classes", [2, 255])
def test_images_and_classes_of_many_kinds_are_taken(shape, classes):
    check_network(network(shape=shape, classes=classes).SerializeToString())


@pytest.mark.parametrize("shape", [(257, 4, 1), (4, 257, 1), (4, 4, 2), (4, 4), (0, 4, 1)])
def test_other_images_are_refused(shape):
    model = network()
    model.graph.input[0].CopyFrom(
        helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", *shape])
    )
    assert "images of up to 256x256 pixels, grey or in colour; received [(None, " in refused(
        model.SerializeToString()
    )


def test_a_fixed_number_of_images_is_refused():
    def fix(model):
        model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1

    assert "it must read any number of images" in refused(changed(fix))


@pytest.mark.parametrize("classes", [1, 256])
def test_too_few_or_many_classes_are_refused(classes):
    content = network(classes=classes).SerializeToString()
    assert refused(content) == "it must name 2 to 255 classes in a list"


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ("a, b, c", "it must name its classes as a JSON list"),
        ("[" * 30_000, "it must name its classes as a JSON list"),
        ('{"a": 1}', "it must name 2 to 255 classes in a list"),
        ('["a", "b"]', "it must give 2 probabilities; it gives (3,)"),
        ('["a", "b", 3]', "a class name must have at most 100 letters; received 3"),
        (json.dumps(["a", "b", "c" * 101]), "a class name must have at most 100 letters"),
        ('["a", "b", "\\u001b[2J"]', "letters; received '\\x1b[2J'"),
        ("[1,\n2]", "`value` must have no control characters"),
    ],
)
def test_class_names_that_are_none_are_refused(names, reason):
    assert reason in refused(with_names(names))


def test_names_in_any_script_are_taken():
    check_network(with_names('["é", "\\u0663", "十 十"]'))


def test_without_class_names_nothing_is_taken():
    content = changed(lambda model: model.ClearField("metadata_props"))
    assert refused(content) == "it must name its classes as a JSON list"


def test_an_unknown_property_is_refused():
    content = changed(lambda model: model.metadata_props.add(key="libraries", value="evil.so"))
    assert refused(content) == "it has the unknown property 'libraries'"


def test_a_property_that_comes_twice_is_refused():
    content = changed(lambda model: model.metadata_props.add(key="class_names", value="[]"))
    assert refused(content) == "'class_names' comes twice"


def test_a_damaged_weight_is_noticed_by_the_digest():
    content = bytearray(seal(network().SerializeToString()))
    check_network(bytes(content))
    content[content.index(bytes(40))] ^= 1
    assert refused(bytes(content)) == "it is not as it was written: its SHA-256 is another"


def test_data_beside_the_file_is_refused():
    def move_out(model):
        onnx.external_data_helper.set_external_data(model.graph.initializer[0], "../secret")

    assert refused(changed(move_out)) == "field 13 is none that inkdigits writes"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda model: model.functions.add(name="f"), 25),
        (lambda model: model.training_info.add(), 20),
        (lambda model: model.graph.sparse_initializer.add(), 15),
        (lambda model: model.graph.value_info.add(name="x"), 13),
        (lambda model: setattr(model.graph.node[0], "domain", "com.microsoft"), 7),
        (lambda model: setattr(model.graph.node[0], "overload", "f"), 8),
        (lambda model: setattr(model.graph.initializer[0], "doc_string", "x" * 9), 12),
    ],
)
def test_parts_of_the_format_that_we_do_not_write_are_refused(change, field):
    assert refused(changed(change)) == f"field {field} is none that inkdigits writes"


def test_a_subgraph_is_refused():
    def add(model):
        attribute = model.graph.node[0].attribute.add(name="body", type=5)
        attribute.g.CopyFrom(network().graph)

    assert refused(changed(add)) == "field 6 is none that inkdigits writes"


@pytest.mark.parametrize("domain", ["com.microsoft", "ai.onnx.ml"])
def test_operators_of_others_are_refused(domain):
    content = changed(lambda model: model.opset_import.add(domain=domain, version=1))
    assert refused(content) == "it must use the operators of ONNX alone"


@pytest.mark.parametrize("version", [0, 17, 22, 2**40])
def test_other_operator_sets_are_refused(version):
    content = changed(lambda model: setattr(model.opset_import[0], "version", version))
    assert refused(content) == f"its operator set must be 18 to 21; received {version}"


@pytest.mark.parametrize("version", [3, 99])
def test_other_versions_of_the_format_are_refused(version):
    content = changed(lambda model: setattr(model, "ir_version", version))
    assert refused(content) == f"its format must be 8 to 13; received {version}"


def test_a_constant_larger_than_its_bytes_is_refused():
    def inflate(model):
        del model.graph.initializer[0].dims[:]
        model.graph.initializer[0].dims.extend([2**20, 2**20])

    reason = "'weights' must hold 4,398,046,511,104 bytes for its shape; received 192"
    assert refused(changed(inflate)) == reason


@pytest.mark.parametrize("dims", [[0], [-1], [2**62, 2], [1, 1, 1, 1, 1]])
def test_impossible_shapes_are_refused(dims):
    def reshape(model):
        del model.graph.initializer[0].dims[:]
        model.graph.initializer[0].dims.extend(dims)

    assert refused(changed(reshape)).startswith("'weights' cannot have the shape (")


@pytest.mark.parametrize("element", [TensorProto.STRING, TensorProto.DOUBLE, 0, 2**31 - 1])
def test_constants_of_another_type_are_refused(element):
    content = changed(lambda model: setattr(model.graph.initializer[0], "data_type", element))
    assert refused(content) == "'weights' must be float32, float16 or int64"


def test_two_constants_of_one_name_are_refused():
    content = changed(lambda model: model.graph.initializer.append(model.graph.initializer[0]))
    assert refused(content) == "'weights' comes twice"


@pytest.mark.parametrize("name", ["images", "weights", "flat"])
def test_two_things_of_one_name_are_refused(name):
    def rename(model):
        model.graph.node[1].output[0] = name
        model.graph.node[2].input[0] = name

    assert refused(changed(rename)) == f"two things are called {name!r}"


def test_nothing_may_be_read_before_it_is_given():
    def swap(model):
        nodes = [model.graph.node[place] for place in (1, 0, 2)]
        model.graph.ClearField("node")
        model.graph.node.extend(nodes)

    assert refused(changed(swap)) == "nothing before gives 'flat'"


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_names_are_neither_empty_nor_endless(name):
    def rename(model):
        model.graph.node[0].output[0] = name

    assert refused(changed(rename)).startswith("a name must have 1 to 200 letters; received '")


class TestOutputs:
    def test_one_that_nothing_gives_is_refused(self):
        content = changed(lambda model: setattr(model.graph.output[0], "name", "none"))
        assert refused(content) == "it cannot give 'none'"

    def test_one_of_another_name_is_refused(self):
        def add(model):
            model.graph.output.append(
                helper.make_tensor_value_info("flat", TensorProto.FLOAT, ["n", 16])
            )

        assert refused(changed(add)) == "it cannot give 'flat'"

    def test_without_probabilities_there_is_no_network(self):
        content = changed(lambda model: model.graph.ClearField("output"))
        assert refused(content) == "it must give probabilities, each output once; it gives []"

    def test_the_same_twice_is_refused(self):
        content = changed(lambda model: model.graph.output.append(model.graph.output[0]))
        assert "each output once" in refused(content)

    @pytest.mark.parametrize("shape", [["n", 4], ["n"], [1, 3], ["n", 3, 1]])
    def test_a_shape_that_does_not_follow_is_refused(self, shape):
        def promise(model):
            model.graph.output[0].CopyFrom(
                helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, shape)
            )

        assert "probabilities has the shape (None, 3), not (" in refused(changed(promise))


class TestCost:
    """Files of a few bytes that would take gigabytes or minutes to load or to run."""

    def test_a_value_of_gigabytes_is_refused(self):
        grow = helper.make_node("Add", ["images", "tall"], ["sum"])
        tall = np.zeros((1, 1, 2**19), np.float32)
        content = network(grow, shape=(4, 8, 1), tall=tall).SerializeToString()
        assert refused(content) == "Add gives more than 8,388,608 values an image"

    def test_many_values_held_at_a_time_are_refused(self):
        branches = [helper.make_node("Neg", ["images"], [f"b{place}"]) for place in range(60)]
        mean = helper.make_node("Mean", [f"b{place}" for place in range(60)], ["mean"])
        content = network(*branches, mean, shape=(256, 256, 3)).SerializeToString()
        assert refused(content) == "it holds more than 8,388,608 values at a time for an image"

    def test_meta_the_same_one_after_the_other_are_not_held(self):
        names = ["images", *(f"b{place}" for place in range(60))]
        nodes = [helper.make_node("Neg", [one], [two]) for one, two in pairwise(names)]
        content = network(*nodes, shape=(256, 256, 3)).SerializeToString()
        assert refused(content) == "it cannot give 'probabilities'"

    def test_a_convolution_of_minutes_is_refused(self):
        first = helper.make_node("Transpose", ["images"], ["first"], perm=[0, 3, 1, 2])
        kernels = np.zeros((64, 1, 64, 64), np.float32)
        wide = helper.make_node("Conv", ["first", "kernels"], ["wide"])
        model = network(first, wide, shape=(256, 256, 1), kernels=kernels)
        assert "takes more than 100,000,000,000 products" not in refused(model.SerializeToString())
        again = [helper.make_node("Conv", ["first", "kernels"], [f"w{at}"]) for at in range(20)]
        model.graph.node.extend(again)
        reason = "it takes more than 100,000,000,000 products an image"
        assert refused(model.SerializeToString()) == reason

    def test_endless_operators_are_refused(self, monkeypatch):
        monkeypatch.setattr(check, "MAX_MULTIPLICATIONS", 16 + 48 + 2)
        reason = "it takes more than 66 products an image"
        assert refused(network().SerializeToString()) == reason
        monkeypatch.setattr(check, "MAX_MULTIPLICATIONS", 16 + 48 + 3)
        check_network(network().SerializeToString())


@pytest.mark.parametrize("kept", range(0, 200, 7))
def test_a_part_of_the_file_is_refused(kept):
    content = network().SerializeToString()
    refused(content[: min(kept, len(content) - 1)])


def test_a_constant_is_raw_bytes_and_nothing_else():
    def as_floats(model):
        tensor = model.graph.initializer[0]
        values = numpy_helper.to_array(tensor).ravel()
        tensor.ClearField("raw_data")
        tensor.float_data.extend(values)

    assert refused(changed(as_floats)) == "field 4 is none that inkdigits writes"


def halved(*more, **constants):
    """The small network with its weights in half precision."""
    nodes = (
        helper.make_node("Flatten", ["images"], ["flat"]),
        helper.make_node("Cast", ["kept"], ["weights"], to=TensorProto.FLOAT),
        *more,
        helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    )
    constants = {"kept": np.zeros((16, 3), np.float16), **constants}
    return network(*nodes, **constants).SerializeToString()


def test_weights_in_half_precision_are_taken():
    check_network(halved())


def test_they_are_cast_once_for_each_time_takes_twice_their_memory():
    again = helper.make_node("Cast", ["kept"], ["more"], to=TensorProto.FLOAT)
    assert refused(halved(again)) == "nothing before gives 'kept'"


def test_they_cannot_be_read_as_they_are():
    raw = helper.make_node("MatMul", ["flat", "raw"], ["unread"])
    content = halved(raw, raw=np.zeros((16, 3), np.float16))
    assert refused(content) == "MatMul must read a constant of the right type"


def test_what_a_cast_gives_has_a_name_of_its_own():
    cast = helper.make_node("Cast", ["kept2"], ["weights"], to=TensorProto.FLOAT)
    content = halved(cast, kept2=np.zeros((16, 3), np.float16))
    assert refused(content) == "two things are called 'weights'"


def test_nor_is_anything_read_before_it_was_cast():
    nodes = (
        helper.make_node("Flatten", ["images"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        helper.make_node("Cast", ["kept"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    )
    content = network(*nodes, kept=np.zeros((16, 3), np.float16)).SerializeToString()
    assert refused(content) == "nothing before gives 'weights'"
