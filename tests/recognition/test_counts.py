import numpy as np
import pytest

from inkdigits.errors import ModelFileError
from inkdigits.recognition.answers import Classifier, Signature
from inkdigits.recognition.counts import STRIP_CLASSES, Counter, class_index, counts_of


class Fixed(Classifier):
    """Gives every strip the same answer."""

    runtime = "none"

    def __init__(self, row=None, shape=(28, 28, 1), names=STRIP_CLASSES):
        super().__init__(Signature("images", shape, names, None))
        self.row = row

    def _run(self, images, outputs):
        return [np.tile(self.row, (len(images), 1))]


def answers(**chances):
    """Probabilities of texts, whose names begin with t."""
    row = np.zeros(len(STRIP_CLASSES), np.float32)
    for name, chance in chances.items():
        row[STRIP_CLASSES.index(name.removeprefix("t"))] = chance
    return row


def test_classes_are_the_digits_all_pairs_more_and_none():
    assert len(set(STRIP_CLASSES)) == len(STRIP_CLASSES) == 10 + 100 + 2
    assert STRIP_CLASSES[:11] == (*"0123456789", "00")
    assert STRIP_CLASSES[-3:] == ("99", "more", "none")


@pytest.mark.parametrize(
    ("text", "name"),
    [("0", "0"), ("07", "07"), ("99", "99"), ("123", "more"), ("00000", "more"), ("", "none")],
)
def test_each_text_has_a_class(text, name):
    assert STRIP_CLASSES[class_index(text)] == name


def test_counts_are_sums_over_what_one_digit_or_two_may_be():
    row = answers(t3=0.1, t8=0.1, t13=0.2, t18=0.1, t73=0.3, tmore=0.15, tnone=0.05)
    (count,) = counts_of(row[np.newaxis])
    chances = (count.one, count.two, count.more)
    assert chances == (pytest.approx(0.2), pytest.approx(0.6), pytest.approx(0.15))
    digit, left, right = np.zeros((3, 10))
    digit[[3, 8]] = 0.5, 0.5
    left[[1, 7]] = 0.5, 0.5
    right[[3, 8]] = 5 / 6, 1 / 6
    np.testing.assert_allclose(count.digit, digit, rtol=1e-6)
    np.testing.assert_allclose(count.left, left, rtol=1e-6)
    np.testing.assert_allclose(count.right, right, rtol=1e-6)


def test_where_two_are_impossible_nothing_is_said_of_them():
    (count,) = counts_of(answers(t3=1.0)[np.newaxis])
    assert (count.one, count.two) == (1.0, 0.0)
    assert not count.left.any()
    assert not count.right.any()


def test_the_counter_answers_each_strip():
    row = answers(t17=0.75, t1=0.25)
    counter = Counter(Fixed(row))
    (expected,) = counts_of(row[np.newaxis])
    counts = counter.counts(np.zeros((3, 28, 28), np.uint8))
    assert [(count.one, count.two) for count in counts] == [(expected.one, expected.two)] * 3
    assert counter.counts(np.zeros((0, 28, 28), np.uint8)) == []


@pytest.mark.parametrize(
    "changes", [{"shape": (28, 48, 1)}, {"names": STRIP_CLASSES[:10]}, {"shape": (28, 28, 3)}]
)
def test_a_network_for_something_else_is_refused(changes):
    with pytest.raises(ModelFileError, match=r"must read strips of 28x28 .* 112 kinds"):
        Counter(Fixed(**changes))
