from math import log

import numpy as np
import pytest

from inkdigits.imaging.marks import Mark
from inkdigits.recognition.counts import Count
from inkdigits.recognition.evidence import logarithm, weigh, weigh_part
from inkdigits.recognition.hypotheses import Hypothesis
from inkdigits.recognition.lattice import Span

DIGIT, LEFT, RIGHT = np.eye(10, dtype=np.float32)[[3, 1, 2]]
EVEN = np.full(10, 0.1, np.float32)
COUNT = Count(one=0.5, two=0.25, more=0.25, digit=DIGIT, left=LEFT, right=RIGHT)
WHOLE = Span(2, 5)


def hypothesis(start, stop, *, cut=False):
    mask = np.ones((30, 20), bool)
    mark = Mark(0, 0, np.full(mask.shape, 255, np.uint8), mask, 255.0)
    image = np.zeros((28, 28), np.uint8)
    return Hypothesis(Span(start, stop), (mark,), 0, 1, cut, image, EVEN)


def test_two_digits_speak_against_the_whole():
    one = hypothesis(2, 5)
    weigh(one, WHOLE, COUNT)
    assert one.evidence == pytest.approx(log(0.75))
    assert one.part == 0.0
    np.testing.assert_array_equal(one.probabilities, EVEN)


@pytest.mark.parametrize(
    ("start", "stop", "digit", "of_two"), [(2, 4, 1, 0.0), (3, 5, 2, log(0.5) - 0.5)], ids=str
)
def test_a_side_is_the_digit_of_that_side_as_far_as_there_are_two(start, stop, digit, of_two):
    one = hypothesis(start, stop)
    weigh(one, WHOLE, COUNT)
    assert one.part == 0.25
    assert one.probabilities[digit] == pytest.approx(0.25 + 0.75 * 0.1)
    assert one.probabilities.sum() == pytest.approx(1)
    assert one.evidence == pytest.approx(0.1 * log(0.1) + of_two)


def test_what_stands_alone_is_less_likely_two():
    one = hypothesis(3, 5)
    weigh(one, WHOLE, COUNT, alone=True)
    assert one.evidence == pytest.approx(0.1 * log(0.1) + log(0.5) - 1.0)


@pytest.mark.parametrize(("cut", "evidence"), [(True, log(0.5)), (False, None)])
def test_one_digit_speaks_against_a_cut_beyond_which_another_mark_is_joined(cut, evidence):
    one = hypothesis(4, 6, cut=cut)
    weigh(one, WHOLE, COUNT)
    assert one.evidence == (evidence if evidence is None else pytest.approx(evidence))


@pytest.mark.parametrize(("start", "stop"), [(0, 2), (5, 7), (3, 4)], ids=str)
def test_other_marks_and_middle_parts_are_left_alone(start, stop):
    one = hypothesis(start, stop, cut=True)
    weigh(one, WHOLE, COUNT)
    assert (one.evidence, one.part) == (None, 0.0)
    np.testing.assert_array_equal(one.probabilities, EVEN)


@pytest.mark.parametrize("more", [1.0, 0.5])
def test_of_a_part_both_networks_have_a_say(more):
    one = hypothesis(3, 4)
    weigh_part(one, more, COUNT)
    # The second network: a 3, if it is one digit, which is as likely as not.
    expected = 0.7 * more * 0.5 * DIGIT + (1 - 0.7 * more) * EVEN
    np.testing.assert_allclose(one.probabilities, expected, rtol=1e-6)
    assert one.probabilities.dtype == np.float32
    assert (one.evidence, one.part) == (0.0, more)


def test_the_logarithm_of_no_chance_is_finite():
    assert logarithm(0.0) == pytest.approx(log(1e-4))
    assert logarithm(0.5) == pytest.approx(log(0.5))
