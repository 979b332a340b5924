import keras
import numpy as np
import pytest

from inkdigits.arrays import scale
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.networks.architecture import FAST, Architecture, Dense, Flatten, Softmax
from inkdigits.networks.network import Network
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.training.teacher import Lesson, Teacher

TWO = Architecture("two", (1, 1, 1), (Flatten(), Dense(2), Softmax()))
AND_NONE = Architecture("none", (1, 1, 1), (Flatten(), Dense(3), Softmax()), none_class=True)


def with_bias(*logits):
    bias = np.array(logits, np.float32)
    return {"dense1/kernel": np.zeros((1, len(logits)), np.float32), "dense1/bias": bias}


def answer(teacher, outputs, inputs=None):
    lesson = Lesson(teacher, outputs, "float32")
    inputs = np.zeros((1, 1, 1, 1), np.float32) if inputs is None else inputs
    answers = lesson.answers(keras.ops.convert_to_tensor(inputs), lesson.values)
    return np.array(keras.ops.convert_to_numpy(answers))


def test_one_network_answers_with_its_probabilities():
    teacher = Teacher([Network(TWO, with_bias(np.log(3), 0))])
    np.testing.assert_allclose(answer(teacher, 2), [[0.75, 0.25]], rtol=1e-6)


def test_several_answer_with_the_mean_of_their_logits():
    teacher = Teacher([Network(TWO, with_bias(*each)) for each in ((np.log(9), 0), (0, 0))])
    np.testing.assert_allclose(answer(teacher, 2), [[0.75, 0.25]], rtol=1e-6)


def test_a_pupils_output_for_no_class_is_never_the_answer():
    teacher = Teacher([Network(TWO, with_bias(np.log(3), 0))])
    np.testing.assert_allclose(answer(teacher, 3), [[0.75, 0.25, 0]], rtol=1e-6)


@pytest.mark.parametrize(("outputs", "expected"), [(2, [0.75, 0.25]), (3, [0.75, 0.25, 0])])
def test_nor_is_the_teachers_own(outputs, expected):
    teacher = Teacher([Network(AND_NONE, with_bias(np.log(3), 0, 50))])
    np.testing.assert_allclose(answer(teacher, outputs), [expected], rtol=1e-6)


def test_a_teacher_answers_as_its_exported_file_does(digits, random_weights):
    members = [Network(FAST, random_weights(FAST, seed)) for seed in (0, 1)]
    expected = OnnxClassifier(to_onnx(members, "0123456789")).probabilities(digits.images)
    answers = answer(Teacher(members), 10, scale(digits.images))
    np.testing.assert_allclose(answers, expected, atol=1e-4)


def test_the_values_that_are_handed_over_count():
    lesson = Lesson(Teacher([Network(TWO, with_bias(0, 0))]), 2, "float32")
    ((learnt, other),) = lesson.values
    changed = [([learnt[0], learnt[1] + np.float32([np.log(3), 0])], other)]
    inputs = keras.ops.convert_to_tensor(np.zeros((1, 1, 1, 1), np.float32))
    answers = keras.ops.convert_to_numpy(lesson.answers(inputs, changed))
    np.testing.assert_allclose(answers, [[0.75, 0.25]], rtol=1e-6)
