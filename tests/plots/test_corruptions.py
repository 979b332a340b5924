import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.image import AxesImage

from inkdigits.plots.corruptions import CorruptionRow, corruption_chart
from inkdigits.plots.mosaic import gap
from inkdigits.plots.png import to_png
from inkdigits.plots.style import BLUE, MUTED, ORANGE

CELL = 28 + gap(28)


def row(name, accuracy, pictures):
    return CorruptionRow(name, pictures, accuracy, (accuracy - 0.02, min(1.0, accuracy + 0.01)))


@pytest.fixture
def chart(pictures):
    """Five pictures clean, in fog and turned; the fog is the worst."""
    clean = row("clean", 0.99, pictures)
    corrupted = [row("fog", 0.625, 255 - pictures), row("turned", 0.875, pictures // 2)]
    return corruption_chart(clean, corrupted, mean=0.75, start=0.5)


def bars(figure):
    return next(axes for axes in figure.axes if axes.patches)


def test_each_row_shows_its_pictures_pixel_for_pixel(chart, pictures, drawn):
    grid = drawn(chart)
    assert grid.shape == (3 * CELL - gap(28), 5 * CELL)
    for line, expected in enumerate((pictures, 255 - pictures, pictures // 2)):
        for place, picture in enumerate(expected):
            top, left = line * CELL, place * CELL
            np.testing.assert_array_equal(grid[top : top + 28, left : left + 28], picture)


def test_names_and_accuracies_are_written(chart, texts):
    found = [text.strip() for text in texts(chart)]
    assert {"clean", "fog", "turned", "99.00 %", "62.50 %", "87.50 %"} <= set(found)


def test_bars_end_at_the_accuracies_and_the_worst_has_a_colour_of_its_own(chart):
    patches = bars(chart).patches
    assert [bar.get_width() for bar in patches] == [0.99, 0.625, 0.875]
    colors = [tuple(bar.get_facecolor()[:3]) for bar in patches]
    assert colors == [to_rgb(MUTED), to_rgb(ORANGE), to_rgb(BLUE)]


def test_bars_stand_beside_their_pictures(chart):
    axes = bars(chart)
    pictures = next(each for each in chart.axes if each.findobj(AxesImage))
    for line, bar in enumerate(axes.patches):
        middle = axes.transData.transform((0.6, bar.get_y() + bar.get_height() / 2))[1]
        expected = pictures.transData.transform((0, line * CELL + 14))[1]
        assert middle == pytest.approx(expected, abs=1)


def test_intervals_are_lines_at_the_height_of_their_bars(chart):
    lines = [
        line.get_xydata() for line in bars(chart).get_lines() if len(set(line.get_ydata())) == 1
    ]
    assert [line[:, 0].tolist() for line in lines] == [
        pytest.approx([0.97, 1.0]),
        pytest.approx([0.605, 0.635]),
        pytest.approx([0.855, 0.885]),
    ]


def test_the_mean_is_a_dashed_line_that_is_named(chart, texts):
    dashed = [line for line in bars(chart).get_lines() if line.get_linestyle() == "--"]
    assert [set(line.get_xdata()) for line in dashed] == [{0.75}]
    assert "dashed: mean of the corrupted, 75.00 %" in texts(chart)


def test_the_axis_runs_from_the_start_to_one(chart):
    assert bars(chart).get_xlim() == (0.5, 1.0)


def test_accuracies_are_marked_across_their_bars(chart):
    marks = [each for each in bars(chart).collections if isinstance(each, LineCollection)]
    assert [mark.get_segments()[0][0][0] for mark in marks] == [0.99, 0.625, 0.875]


def test_of_equally_bad_ones_the_first_is_marked(pictures):
    clean = row("clean", 0.9, pictures)
    figure = corruption_chart(clean, [row("a", 0.5, pictures), row("b", 0.5, pictures)], 0.5, 0.0)
    colors = [tuple(bar.get_facecolor()[:3]) for bar in bars(figure).patches]
    assert colors == [to_rgb(MUTED), to_rgb(ORANGE), to_rgb(BLUE)]


@pytest.mark.parametrize("accuracy", [0.0, 1.0])
def test_all_wrong_and_all_right_can_be_drawn(pictures, accuracy):
    only = CorruptionRow("$x^{$", pictures[:1], accuracy, (accuracy, accuracy))
    assert to_png(corruption_chart(only, [only], accuracy, start=0.0))
