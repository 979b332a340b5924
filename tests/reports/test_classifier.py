from math import log

import numpy as np
import pytest

from inkdigits.evaluation.metrics import evaluate
from inkdigits.reports.classifier import classifier_facts

IMAGES = np.zeros((4, 28, 28), np.uint8)


def test_facts_of_four_answers():
    rows = np.array([[0.75, 0.25], [0.75, 0.25], [0.5, 0.5], [0.0, 1.0]], np.float32)
    facts = classifier_facts(evaluate(rows, np.array([0, 1, 0, 1], np.uint8)), IMAGES, "ab")
    assert facts["test_counts"] == [2, 2]
    assert facts["mean_confidence"] == pytest.approx(0.75)
    assert [(each.truth, each.answer, each.count) for each in facts["mix_ups"]] == [("b", "a", 1)]
    assert facts["worst"][0] is None and facts["worst"][1].answer == "a"
    assert [card.index for card in facts["cards"]] == [1]
    assert facts["uniform_loss"] == pytest.approx(log(2))


def test_one_image_read_rightly_leaves_nothing_to_show():
    result = evaluate(np.array([[1.0, 0.0]], np.float32), np.zeros(1, np.uint8))
    facts = classifier_facts(result, IMAGES[:1], "ab")
    assert facts["cards"] == facts["mix_ups"] == [] and facts["worst"] == [None, None]
