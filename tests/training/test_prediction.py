import numpy as np
import pytest

from inkdigits.networks.architecture import FAST
from inkdigits.networks.build import build
from inkdigits.training.prediction import among_classes, predict_at_once, predict_with


def rows(*values):
    return np.array(values, np.float32)


def test_what_goes_to_no_class_is_shared_out_among_the_classes_in_proportion():
    result = among_classes(rows([0.2, 0.3, 0.5], [0.75, 0.25, 0]), 2)
    np.testing.assert_allclose(result, [[0.4, 0.6], [0.75, 0.25]], rtol=1e-6)
    assert result.dtype == np.float32


def test_where_every_output_is_a_class_nothing_changes_but_rounding():
    probabilities = rows([0.2, 0.3, 0.5], [1, 0, 0])
    np.testing.assert_allclose(among_classes(probabilities, 3), probabilities, rtol=1e-6)


def test_classes_that_are_all_impossible_are_alike():
    assert among_classes(rows([0, 0, 0, 0, 1]), 4).tolist() == [[0.25] * 4]


def test_tiny_probabilities_keep_their_proportion():
    result = among_classes(rows([3e-30, 1e-30, 1]), 2)
    np.testing.assert_allclose(result, [[0.75, 0.25]], rtol=1e-5)


@pytest.mark.parametrize("classes", [2, 3])
def test_no_images_have_no_rows(classes):
    assert among_classes(np.zeros((0, 3), np.float32), classes).shape == (0, classes)


def test_few_images_are_read_at_once_as_many_are(rng):
    model = build(FAST)
    few = rng.uniform(0, 1, (3, 28, 28, 1)).astype(np.float32)
    result = predict_at_once(model, few)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, predict_with(model, few), rtol=1e-5, atol=1e-6)
