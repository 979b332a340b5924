import numpy as np
import pytest

from inkdigits.evaluation.disputed import DISPUTED_MNIST_TEST, without
from inkdigits.evaluation.metrics import evaluate


@pytest.fixture
def four():
    """Answers to four images of classes 0, 1, 1 and 0: right, right, wrong, wrong."""
    rows = [[0.75, 0.25], [0.125, 0.875], [1, 0], [0.375, 0.625]]
    return evaluate(np.array(rows, np.float32), np.array([0, 1, 1, 0], np.uint8))


def test_the_figures_are_those_of_the_images_that_are_left(four):
    result = without(four, [2])
    assert result.probabilities.tolist() == [[0.75, 0.25], [0.125, 0.875], [0.375, 0.625]]
    assert result.labels.tolist() == [0, 1, 0]
    assert (result.n, result.correct, result.confusion.tolist()) == (3, 2, [[1, 1], [0, 1]])
    brier = [2 * 0.25**2, 2 * 0.125**2, 2 * 0.625**2]
    assert result.brier == pytest.approx(sum(brier) / 3)
    assert result.log_loss == pytest.approx(-np.log([0.75, 0.875, 0.375]).mean())


def test_the_evaluation_given_stays_as_it_is(four):
    without(four, [0, 1])
    assert (four.n, four.correct) == (4, 2)


def test_order_and_repetition_of_the_indices_do_not_matter(four):
    once = without(four, [1, 3])
    again = without(four, (3, 1, 3))
    assert once.labels.tolist() == again.labels.tolist() == [0, 1]
    assert once.log_loss == again.log_loss


def test_without_nothing_everything_is_left(four):
    result = without(four, [])
    assert (result.n, result.correct, result.log_loss) == (4, 2, four.log_loss)


@pytest.mark.parametrize("index", [-1, 4, 9729])
def test_an_index_without_an_image_is_refused(four, index):
    with pytest.raises(ValueError, match=f"must be from 0 to 3; received {index}"):
        without(four, [0, index])


def test_at_least_one_image_must_be_left(four):
    with pytest.raises(ValueError, match="received the indices of all 4"):
        without(four, [0, 1, 2, 3])


def test_fifteen_labels_of_mnist_are_disputed_each_listed_once():
    assert len(set(DISPUTED_MNIST_TEST)) == len(DISPUTED_MNIST_TEST) == 15


def test_the_disputed_indices_find_the_labels_that_people_were_asked_about(mnist):
    # The study lists, beside each index, the label that its raters were shown.
    shown = [8, 0, 9, 4, 2, 5, 6, 6, 5, 5, 0, 1, 4, 6, 5]
    assert mnist.test.labels[list(DISPUTED_MNIST_TEST)].tolist() == shown


def test_a_network_wrong_on_the_disputed_images_alone_is_perfect_without_them(mnist):
    labels = mnist.test.labels
    answers = labels.copy()
    answers[list(DISPUTED_MNIST_TEST)] = (answers[list(DISPUTED_MNIST_TEST)] + 1) % 10
    result = evaluate(np.eye(10, dtype=np.float32)[answers], labels)
    assert (result.correct, result.n) == (9985, 10_000)
    rest = without(result, DISPUTED_MNIST_TEST)
    assert (rest.correct, rest.n) == (9985, 9985)
