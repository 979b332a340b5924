"""The plot of how corrupted digits are read: what they look like, and how many are read rightly.

Comes in: for each corruption a few pictures and a share with its interval. Goes out: a figure. It
does not know what corrupted them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from inkdigits.arrays import Images
from inkdigits.formats import percent, shorten
from inkdigits.plots.mosaic import gap, inches, paste, show
from inkdigits.plots.style import (
    BLUE,
    CHARACTER_WIDTH,
    INK,
    LINE,
    MARGIN,
    MUTED,
    ORANGE,
    SMALL_SIZE,
    TITLE_HEIGHT,
    canvas,
    place,
    tidy,
    write,
)

BARS_WIDTH, FIGURES_WIDTH = 1.9, 0.72  # inches
AXIS_HEIGHT = 0.5
NAME_LENGTH = 18
_LARGER = 4 / 3  # drawn as small as pictures of that many times the height
_BAR = 0.52  # of the height of a row
_SHADE = 0.35


@dataclass(frozen=True, eq=False)
class CorruptionRow:
    """One line of the figure.

    Attributes:
        name: What was done to the pictures.
        pictures: Shape (n, height, width), uint8: the same digits in every row.
        accuracy: Share of all such pictures that is read rightly, 0 to 1.
        interval95: Its interval.
    """

    name: str
    pictures: Images
    accuracy: float
    interval95: tuple[float, float]


def corruption_chart(
    clean: CorruptionRow, corrupted: Sequence[CorruptionRow], mean: float, start: float
) -> Figure:
    """Show the same digits clean and corrupted, and beside each row a bar of the accuracy.

    Args:
        clean: The first row, in grey.
        corrupted: The other rows, at least one; the worst of them is drawn in orange.
        mean: Mean accuracy of the corrupted ones, drawn as a dashed line, 0 to 1.
        start: Where the axis of the bars begins, at most the lowest of all bounds; it ends at 1.
    """
    rows = [clean, *corrupted]
    height, width = clean.pictures.shape[1:]
    drawn_as = round(height * _LARGER)
    row, column = height + gap(height), width + gap(height)
    grid = np.zeros((row * len(rows) - gap(height), column * len(clean.pictures)), np.uint8)
    for line, each in enumerate(rows):
        paste(grid, each.pictures, [(line * row, i * column) for i in range(len(each.pictures))])
    names = [shorten(each.name, NAME_LENGTH) for each in rows]
    left = MARGIN + max(map(len, names)) * CHARACTER_WIDTH + 0.12
    top = MARGIN + TITLE_HEIGHT
    grid_height, grid_width = (inches(side, drawn_as) for side in grid.shape)
    bars_left = left + grid_width + 0.12
    whole = bars_left + BARS_WIDTH + FIGURES_WIDTH + MARGIN
    figure = canvas(
        whole, top + grid_height + AXIS_HEIGHT, "Corrupted digits, and how many are read"
    )
    pictures = show(figure, grid, left, top, drawn_as)
    for line, name in enumerate(names):
        middle = line * row + height / 2
        write(pictures, -0.12 / inches(1, drawn_as), middle, name, align="right", vertical="center")
    bars = place(figure, bars_left, top, BARS_WIDTH, grid_height)
    bars.set_ylim(len(rows) - gap(height) / row, 0)
    _draw_bars(bars, rows, (height / 2) / row)
    _draw_axis(bars, mean, start)
    return figure


def _draw_bars(axes: Axes, rows: Sequence[CorruptionRow], middle: float) -> None:
    worst = min(rows[1:], key=lambda each: each.accuracy)
    for line, each in enumerate(rows):
        color = MUTED if line == 0 else ORANGE if each is worst else BLUE
        y = line + middle
        axes.barh(y, each.accuracy, _BAR, color=color, alpha=_SHADE, linewidth=0)
        axes.plot(each.interval95, [y, y], color=color, linewidth=2.6, solid_capstyle="butt")
        axes.vlines(each.accuracy, y - _BAR / 2, y + _BAR / 2, color=color, linewidth=1.4)
        weight = "bold" if each is worst else "normal"
        text = f"  {percent(each.accuracy)}"
        write(axes, 1, y, text, size=SMALL_SIZE, color=color, vertical="center", weight=weight)


def _draw_axis(axes: Axes, mean: float, start: float) -> None:
    tidy(axes)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color=LINE, linewidth=0.6)
    axes.set_xlim(start, 1)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g} %"))
    axes.axvline(mean, color=INK, linewidth=1.0, linestyle=(0, (4, 3)))
    text = f"dashed: mean of the corrupted, {percent(mean)}"
    axes.set_xlabel(text, size=SMALL_SIZE, color=INK, labelpad=4)
