import numpy as np
import pytest

from inkdigits.evaluation.calibration import reliability
from inkdigits.plots.reliability import FEW, reliability_diagram


@pytest.fixture
def half_right():
    """40 answers with confidence 0.75, half of them right, and one of 1.0 that is right."""
    probabilities = np.array([[0.75, 0.25]] * 40 + [[1.0, 0.0]], np.float32)
    labels = np.array([0, 1] * 20 + [0], np.uint8)
    return reliability(probabilities, labels, bins=10)


def test_dots_stand_at_confidence_and_accuracy(half_right):
    upper, _ = reliability_diagram(half_right).axes
    lines = {line.get_label(): line for line in upper.get_lines()}
    many, few = lines[f"{FEW} answers or more"], lines[f"fewer than {FEW}: mostly chance"]
    np.testing.assert_allclose(many.get_xydata(), [[0.75, 0.5]])
    np.testing.assert_allclose(few.get_xydata(), [[1.0, 1.0]])
    assert many.get_markerfacecolor() != few.get_markerfacecolor()


def test_count_of_each_bin_and_the_error_are_written(half_right, texts):
    found = texts(reliability_diagram(half_right))
    assert {"40", "1"} <= set(found)
    # 40 answers of 41 are 0.25 off.
    assert any("24.39 %" in text for text in found)


def test_bars_are_as_high_as_the_counts(half_right):
    _, lower = reliability_diagram(half_right).axes
    assert sorted(bar.get_height() for bar in lower.patches) == [0] * 8 + [1, 40]
