import numpy as np
import pytest
from matplotlib.colors import to_hex

from inkdigits.plots.curves import curves
from inkdigits.plots.png import to_png
from inkdigits.plots.style import BLUE, ORANGE
from inkdigits.training.state import EpochRecord


def record(epoch, loss=0.5, accuracy=0.75, val_loss=0.25, val_accuracy=0.875):
    return EpochRecord(epoch, loss, accuracy, val_loss, val_accuracy, 0.001, 10.0 * epoch)


def shown_ticks(axes):
    low, high = sorted(axes.get_ylim())
    axes.figure.draw_without_rendering()
    ticks = axes.yaxis.get_major_ticks()
    return [t.label1.get_text() for t in ticks if low <= t.get_loc() <= high]


def test_the_lines_hold_the_records():
    loss, accuracy = curves([record(1), record(2, 0.25, 0.875, 0.125, 0.9375)]).axes
    training, validation = loss.get_lines()
    assert (training.get_label(), validation.get_label()) == ("training", "validation")
    np.testing.assert_array_equal(training.get_xydata(), [[1, 0.5], [2, 0.25]])
    np.testing.assert_array_equal(validation.get_ydata(), [0.25, 0.125])
    training, validation = accuracy.get_lines()
    np.testing.assert_array_equal(training.get_ydata(), [0.25, 0.125])
    np.testing.assert_array_equal(validation.get_ydata(), [0.125, 0.0625])


def test_lines_differ_in_more_than_colour():
    for axes in curves([record(1), record(2)]).axes:
        training, validation = axes.get_lines()
        assert (to_hex(training.get_color()), to_hex(validation.get_color())) == (BLUE, ORANGE)
        assert training.get_linestyle() != validation.get_linestyle()
        assert training.get_marker() != validation.get_marker()


def test_accuracy_grows_upwards_and_is_written_as_such():
    _, axes = curves([record(1, accuracy=0.9, val_accuracy=0.99)]).axes
    bottom, top = axes.get_ylim()
    assert bottom > 0.1 > 0.01 > top
    assert {"90 %", "95 %", "98 %", "99 %"} <= set(shown_ticks(axes))


def test_one_epoch_is_one_whole_tick():
    for axes in curves([record(1)]).axes:
        low, high = axes.get_xlim()
        assert [tick for tick in axes.get_xticks() if low <= tick <= high] == [1]


def test_many_epochs_have_lines_without_markers():
    for axes in curves([record(epoch) for epoch in range(1, 151)]).axes:
        assert all(line.get_marker() == "" for line in axes.get_lines())
        assert axes.get_xlim()[1] > 150


def test_a_perfect_epoch_is_drawn_on_the_line_named_100_percent():
    _, axes = curves([record(1, accuracy=0.998), record(2, accuracy=1.0)]).axes
    training = axes.get_lines()[0].get_ydata()
    assert training[0] == pytest.approx(0.002)
    assert 0 < training[1] < training[0]
    assert "100 %" in shown_ticks(axes)


@pytest.mark.parametrize(
    "history",
    [
        [record(1, loss=0.0, accuracy=1.0, val_loss=0.0, val_accuracy=1.0)],
        [record(1, accuracy=0.0, val_accuracy=0.0)],
        [record(1, loss=float("nan"), val_loss=float("inf"))],
        [record(1, loss=float("nan"), val_loss=float("nan")), record(2)],
    ],
    ids=["perfect", "all wrong", "diverged", "recovered"],
)
def test_extreme_runs_can_be_drawn(history):
    assert to_png(curves(history))
