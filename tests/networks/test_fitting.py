import numpy as np
import pytest

from inkdigits.arrays import MOST_CLASSES, scale
from inkdigits.errors import UsageError
from inkdigits.networks.architecture import ARCHITECTURES, BEST, FAST, ROBUST, TUTORIAL, Padding2D
from inkdigits.networks.arithmetic import summarise
from inkdigits.networks.build import build
from inkdigits.networks.fitting import fit_architecture, smallest_side


@pytest.mark.parametrize("network", ARCHITECTURES.values(), ids=lambda each: each.name)
def test_fitted_to_mnist_a_network_stays_what_it_is(network):
    assert fit_architecture(network, (28, 28, 1), 10) == network


def test_shape_and_classes_change_the_first_and_the_last_layer_alone():
    fitted = fit_architecture(TUTORIAL, (32, 32, 3), 4)
    before, after = summarise(TUTORIAL).layers, summarise(fitted).layers
    assert after[0].params_formula == "(3*3*3) * 32 + 32 = 896"
    assert after[-2].params_formula == "512 * 4 + 4 = 2,052"
    assert [row.name for row in after] == [row.name for row in before]


@pytest.mark.parametrize(("none_class", "outputs"), [(None, 6), (True, 6), (False, 5)])
def test_the_output_for_none_is_kept_or_left_out(none_class, outputs):
    fitted = fit_architecture(ROBUST, (28, 28, 1), 5, none_class=none_class)
    assert (fitted.outputs, fitted.classes) == (outputs, 5)


def test_a_margin_is_added_before_everything_else_and_is_zeros():
    fitted = fit_architecture(BEST, (28, 20, 1), 10, margin=3)
    assert fitted.layers == (Padding2D(3), *BEST.layers)
    padding = build(fitted).layers[0]
    padded = np.asarray(padding(np.ones((1, 28, 20, 1), np.float32)))[0, :, :, 0]
    np.testing.assert_array_equal(padded, np.pad(np.ones((28, 20)), 3))


def test_with_a_margin_smaller_images_fit():
    padded = fit_architecture(BEST, (28, 28, 1), 10, margin=2)
    assert smallest_side(padded) == smallest_side(BEST) - 4


@pytest.mark.parametrize("network", ARCHITECTURES.values(), ids=lambda each: each.name)
def test_the_smallest_side_leaves_one_value_and_one_pixel_less_none(network):
    side = smallest_side(network)
    fitted = fit_architecture(network, (side, side, 1), 10)
    assert min(min(row.output_shape) for row in summarise(fitted).layers) >= 1
    with pytest.raises(UsageError, match=f"reads images of {side}x{side} to 256x256 pixels"):
        fit_architecture(network, (side - 1, side, 1), 10)


def test_a_side_beyond_the_largest_is_refused():
    with pytest.raises(UsageError, match="to 256x256 pixels; received 28x257"):
        fit_architecture(BEST, (28, 257, 1), 10)


@pytest.mark.parametrize("classes", [0, 1, MOST_CLASSES + 1])
def test_too_few_and_too_many_classes_are_refused(classes):
    with pytest.raises(UsageError, match=f"2 to 255 classes; received {classes}"):
        fit_architecture(BEST, (28, 28, 1), classes)


@pytest.mark.parametrize("network", [TUTORIAL, FAST, BEST], ids=lambda each: each.name)
def test_a_fitted_network_is_built_and_answers(network):
    fitted = fit_architecture(network, (30, 26, 3), 3)
    images = np.zeros((2, 30, 26, 3), np.uint8)
    answers = build(fitted, fast_layers=True).predict(scale(images), verbose=0)
    assert answers.shape == (2, 3)


def test_drawn_filters_answer_to_grey_as_they_do_to_the_same_grey_in_colour():
    grey = np.random.default_rng(0).integers(0, 256, (1, 28, 28), np.uint8)
    colour = np.repeat(grey[..., np.newaxis], 3, axis=3)
    answers = [
        build(fit_architecture(FAST, (28, 28, channels), 10)).layers[0](scale(images))
        for channels, images in ((1, grey), (3, colour))
    ]
    np.testing.assert_allclose(answers[1], answers[0], atol=1e-5)
