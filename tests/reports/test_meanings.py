import pytest

from inkdigits.evaluation.comparison import Comparison
from inkdigits.evaluation.corruptions import suite
from inkdigits.evaluation.outlier_scores import KINDS
from inkdigits.evaluation.outliers import OUTLIER_SETS
from inkdigits.reports.meanings import CORRUPTIONS, EXCUSED, OUTLIERS, SCORES, say_comparison


def test_everything_that_is_measured_has_its_words():
    assert list(CORRUPTIONS) == list(suite.CORRUPTIONS)
    assert tuple(OUTLIERS) == OUTLIER_SETS
    assert tuple(SCORES) == KINDS
    assert set(OUTLIERS) >= EXCUSED


def test_sentences_are_sentences():
    for sentence in (*CORRUPTIONS.values(), *OUTLIERS.values()):
        assert sentence[0].isupper() and sentence.endswith(".") and "  " not in sentence


def compared(mine, theirs, p_value):
    return say_comparison(Comparison(mine, theirs, 90, 1, p_value), "one.onnx", "two.onnx")


def test_it_says_which_network_is_right_where():
    told = compared(1234, 1, 0.25)
    assert "one.onnx is right on 1,234 images where two.onnx is wrong" in told
    assert "two.onnx on 1 image where one.onnx is wrong" in told


@pytest.mark.parametrize(
    ("p_value", "how_likely", "verdict"),
    [
        (1e-30, "p < 0.0001", "more than chance at the 5 % level"),
        (0.0001, "p = 0.0001", "more than chance"),
        (0.04999, "p = 0.05", "more than chance"),
        (0.05, "p = 0.05", "may well be chance at the 5 % level"),
        (1.0, "p = 1 ", "may well be chance"),
    ],
)
def test_it_says_whether_that_is_more_than_chance(p_value, how_likely, verdict):
    told = compared(9, 1, p_value)
    assert how_likely in told and verdict in told


def test_networks_that_never_differ_need_no_test():
    assert compared(0, 0, 1.0) == (
        "one.onnx and two.onnx are right and wrong on the very same images."
    )
