import numpy as np
import pytest

from inkdigits.imaging.marks import Mark
from inkdigits.recognition.counts import Count
from inkdigits.recognition.hypotheses import sure_height
from inkdigits.recognition.lattice import Span
from inkdigits.recognition.line_of_marks import LineOfMarks

DOUBT = 0.15


def answer(digit, confidence):
    """Probabilities with this one for the digit; the others share the rest."""
    row = np.full(10, (1 - confidence) / 9, np.float32)
    row[digit] = confidence
    return row


def block(x, width, height=30, y=0):
    mask = np.ones((height, width), bool)
    return Mark(x, y, np.full(mask.shape, 255, np.uint8), mask, 255.0)


def two_blocks_with_a_joint(width=20, between=8, height=30):
    """A mark that hangs together by three rows of ink."""
    mask = np.zeros((height, 2 * width + between), bool)
    mask[:, :width] = mask[:, width + between :] = True
    mask[height // 2 : height // 2 + 3] = True
    return Mark(0, 0, np.where(mask, 255, 0).astype(np.uint8), mask, 255.0)


def ask(hypotheses, network):
    for one in hypotheses:
        one.probabilities = network(one)


def read(line, network, of_page=None):
    """Both rounds, with a function from a hypothesis to its probabilities."""
    ask(line.hypotheses, network)
    line.settle_height(of_page)
    ask(line.doubt(), network)
    return line.best()


def test_each_mark_is_a_hypothesis_at_first():
    line = LineOfMarks([block(0, 20), block(30, 20)])
    assert [one.span for one in line.hypotheses] == [Span(0, 1), Span(1, 2)]
    assert [one.box for one in line.hypotheses] == [(0, 0, 20, 30), (30, 0, 20, 30)]
    for one in line.hypotheses:
        assert one.image.shape == (28, 28)
        assert one.image.max() == 255


def test_the_best_guess_and_its_confidence_come_from_the_probabilities():
    (one,) = LineOfMarks([block(0, 20)]).hypotheses
    one.probabilities = answer(7, 0.8)
    assert one.guess == 7
    assert one.confidence == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("digit", "confidence", "sure"), [(7, 0.99, True), (7, 0.5, False), (1, 0.99, False)]
)
def test_a_digit_without_doubt_is_confident_and_no_mere_stroke(digit, confidence, sure):
    (one,) = LineOfMarks([block(0, 20)]).hypotheses
    one.probabilities = answer(digit, confidence)
    assert one.sure is sure


def test_sure_digits_tell_the_height():
    line = LineOfMarks([block(0, 20, 30), block(30, 20, 32), block(60, 20, 90)])
    ask(line.hypotheses, lambda one: answer(3, DOUBT if one.box[3] == 90 else 0.99))
    assert sure_height(line.hypotheses) in (30, 32)
    assert sure_height([]) is None


def test_sure_digits_are_left_as_they_are():
    line = LineOfMarks([block(0, 18), block(20, 18), block(40, 18)])
    best = read(line, lambda one: answer(5, 0.999))
    assert [one.span for one in best] == [Span(0, 1), Span(1, 2), Span(2, 3)]
    assert all(line.is_digit(one) for one in best)


def test_two_halves_are_joined_where_the_network_knows_the_whole():
    halves = [block(0, 9), block(11, 9)]
    whole = read(LineOfMarks(halves), lambda one: answer(0, 0.99 if one.box[2] == 20 else DOUBT))
    assert [one.box for one in whole] == [(0, 0, 20, 30)]
    assert whole[0].marks_joined == 2
    assert whole[0].gap == 2


def test_two_halves_stay_apart_where_the_network_knows_these():
    halves = [block(0, 9), block(11, 9)]
    apart = read(LineOfMarks(halves), lambda one: answer(4, DOUBT if one.box[2] == 20 else 0.9))
    assert [one.box[2] for one in apart] == [9, 9]


def test_marks_far_apart_are_never_one_digit():
    far = read(LineOfMarks([block(0, 9), block(90, 9)]), lambda one: answer(0, DOUBT))
    assert [one.box[2] for one in far] == [9, 9]


def test_strokes_with_much_paper_between_them_are_never_one_digit():
    apart = [block(0, 9), block(28, 9)]  # a gap of 19, more than half of their height
    best = read(LineOfMarks(apart), lambda one: answer(0, 0.99 if one.box[2] > 9 else DOUBT))
    assert [one.box[2] for one in best] == [9, 9]


def test_a_mark_of_two_digits_is_cut_where_the_network_knows_its_parts():
    line = LineOfMarks([two_blocks_with_a_joint()])
    best = read(line, lambda one: answer(6, 0.99 if one.box[2] < 35 else DOUBT))
    assert len(best) == 2
    assert all(line.is_digit(one) for one in best)
    assert best[1].cut
    assert not best[0].cut
    assert sum(int(mark.mask.sum()) for one in best for mark in one.marks) == 2 * 600 + 24


def test_a_mark_of_two_digits_stays_whole_where_the_network_knows_it_whole():
    line = LineOfMarks([two_blocks_with_a_joint()])
    (one,) = read(line, lambda one: answer(6, 0.999 if one.box[2] > 45 else DOUBT))
    assert one.box == (0, 0, 48, 30)


def test_what_the_network_does_not_know_is_no_digit():
    line = LineOfMarks([block(0, 20)])
    (one,) = read(line, lambda one: answer(0, DOUBT))
    assert not line.is_digit(one)


def test_a_confident_speck_beside_tall_digits_is_no_digit():
    line = LineOfMarks([block(0, 60, 90), block(100, 10, 12, y=70), block(150, 60, 90)])
    best = read(line, lambda one: answer(5, 0.999 if one.box[3] == 90 else 0.7))
    assert [line.is_digit(one) for one in best] == [True, False, True]


def test_the_page_tells_the_height_where_the_line_does_not():
    line = LineOfMarks([block(0, 10, 12)])
    (one,) = read(line, lambda one: answer(1, 0.7), of_page=90.0)
    assert not line.is_digit(one)
    alone = LineOfMarks([block(0, 10, 12)])
    (one,) = read(alone, lambda one: answer(1, 0.7))
    assert alone.is_digit(one)


def test_all_marks_together_are_one_hypothesis_without_doubt():
    line = LineOfMarks([block(0, 9), block(80, 9), block(200, 5, 90)], together=True)
    ask(line.hypotheses, lambda one: answer(4, 0.99))
    line.settle_height(None)
    assert line.doubt() == []
    (one,) = line.best()
    assert one.box == (0, 0, 205, 90)
    assert line.is_digit(one)


def test_each_piece_of_ink_is_in_one_hypothesis_whatever_the_network_says(rng):
    marks = [block(0, 20), two_blocks_with_a_joint(), block(60, 6, 10), block(75, 25)]
    marks = [
        Mark(mark.x + 50 * i, mark.y, mark.values, mark.mask, 255.0) for i, mark in enumerate(marks)
    ]
    ink = sum(int(mark.mask.sum()) for mark in marks)
    for _ in range(20):
        line = LineOfMarks(marks)
        best = read(line, lambda one: rng.dirichlet(np.full(10, 0.2)).astype(np.float32))
        assert sum(int(mark.mask.sum()) for one in best for mark in one.marks) == ink


def count(one, two, left=0, right=0, *, more=0.0, digit=0):
    """What a mark may be: this digit for certain, if it is one, and these two, if it is two."""
    return Count(one, two, more, answer(digit, 1.0), answer(left, 1.0), answer(right, 1.0))


def read_counted(line, network, *counts):
    ask(line.hypotheses, network)
    line.settle_height(None)
    line.take_counts(counts)
    ask(line.doubt(), network)
    line.weigh_counts()
    return line.best()


def test_marks_that_may_be_several_digits_are_uncounted():
    line = LineOfMarks([block(0, 20), two_blocks_with_a_joint(), block(120, 20)])
    assert line.uncounted == []
    ask(line.hypotheses, lambda one: answer(3, 0.99))
    line.settle_height(None)
    assert [mark.width for mark in line.uncounted] == [48]


@pytest.mark.parametrize(("one", "cut"), [(0.999, False), (0.9, True)])
def test_what_is_one_digit_without_doubt_is_not_cut(one, cut):
    line = LineOfMarks([two_blocks_with_a_joint()])
    ask(line.hypotheses, lambda one: answer(6, 0.5))
    line.settle_height(None)
    line.take_counts([count(one, 1 - one)])
    assert bool(line.doubt()) is cut


def test_without_counts_all_that_may_be_several_digits_are_cut():
    line = LineOfMarks([two_blocks_with_a_joint(), two_blocks_with_a_joint()])
    ask(line.hypotheses, lambda one: answer(6, 0.5))
    line.settle_height(None)
    assert line.doubt()
    line.weigh_counts()
    assert all(one.evidence is None for one in line.hypotheses)


def test_expected_to_be_one_digit_nothing_is_counted():
    line = LineOfMarks([two_blocks_with_a_joint()], together=True)
    ask(line.hypotheses, lambda one: answer(6, 0.5))
    line.settle_height(None)
    assert line.uncounted == []


def test_two_digits_are_read_as_the_count_says_where_the_network_knows_neither_part():
    line = LineOfMarks([two_blocks_with_a_joint()])
    best = read_counted(line, lambda one: answer(8, 0.3), count(0.01, 0.99, left=1, right=3))
    assert [one.guess for one in best] == [1, 3]
    assert all(one.confidence > 0.95 for one in best)
    assert all(line.is_digit(one) for one in best)


def test_two_digits_are_cut_although_the_network_takes_the_whole_for_one():
    line = LineOfMarks([two_blocks_with_a_joint()])
    network = {True: answer(8, 0.99), False: answer(8, 0.3)}
    counted = count(0.02, 0.98, left=1, right=3)
    best = read_counted(line, lambda one: network[one.box[2] == 48], counted)
    assert [one.guess for one in best] == [1, 3]


def test_one_digit_stays_whole_although_the_network_knows_both_parts():
    line = LineOfMarks([two_blocks_with_a_joint(width=12, between=12)])
    network = {True: answer(0, 0.85), False: answer(6, 0.97)}
    (one,) = read_counted(line, lambda one: network[one.box[2] == 36], count(0.999, 0.001))
    assert one.guess == 0


def three_blocks_with_joints():
    mask = np.zeros((30, 80), bool)
    for x in (0, 30, 60):
        mask[:, x : x + 20] = True
    mask[14:17] = True
    return Mark(0, 0, np.where(mask, 255, 0).astype(np.uint8), mask, 255.0)


def test_of_three_digits_the_parts_are_what_they_look_like():
    line = LineOfMarks([block(-90, 20), three_blocks_with_joints()])
    best = read_counted(
        line, lambda one: answer(5, 0.99 if one.box[2] < 35 else DOUBT), count(0.0, 0.0)
    )
    assert [one.guess for one in best] == [5, 5, 5, 5]


def test_three_digits_are_read_as_the_counts_of_parts_say_where_the_network_knows_none():
    line = LineOfMarks([block(-90, 20), three_blocks_with_joints()])

    def network(one):
        return answer(5, 0.99 if one.box[0] < 0 else DOUBT)

    read_counted(line, network, count(0.0, 0.0, more=1.0))
    parts = line.uncounted_parts
    assert parts
    assert all(mark.width <= 40 for part in parts for mark in part)
    places = [min(mark.x for mark in part) for part in parts]
    widths = [max(mark.right for mark in part) - x for part, x in zip(parts, places, strict=True)]
    line.take_counts_of_parts(
        [
            count(0.9 if 18 <= width <= 32 else 0.01, 0.0, digit=(x + 15) // 30)
            for x, width in zip(places, widths, strict=True)
        ]
    )
    best = line.best()
    assert [one.guess for one in best] == [5, 0, 1, 2]
    assert all(line.is_digit(one) for one in best)


@pytest.mark.parametrize("chances", [{"more": 0.4}, {"one": 0.9}, {"two": 0.9}], ids=str)
def test_parts_are_asked_about_only_where_there_are_three_digits_and_more(chances):
    line = LineOfMarks([block(-90, 20), three_blocks_with_joints()])
    counted = count(**{"one": 0.0, "two": 0.0, **chances})
    read_counted(line, lambda one: answer(5, 0.99 if one.box[0] < 0 else DOUBT), counted)
    assert line.uncounted_parts == []


def test_counts_change_nothing_for_other_marks():
    line = LineOfMarks([block(0, 20), two_blocks_with_a_joint(), block(120, 20)])
    best = read_counted(line, lambda one: answer(3, 0.99), count(0.0, 1.0, left=1, right=2))
    assert [one.guess for one in best] == [3, 1, 2, 3]
    assert best[0].probabilities == pytest.approx(answer(3, 0.99))
