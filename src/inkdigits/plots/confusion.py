"""The plot of which class was taken for which.

Comes in: a confusion matrix. Goes out: a figure. It does not know how the answers came about.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from inkdigits.array_types import Float64
from inkdigits.arrays import ConfusionMatrix
from inkdigits.formats import count, shorten
from inkdigits.plots.style import (
    CHARACTER_WIDTH,
    LINE,
    MARGIN,
    MUTED,
    ORANGE,
    PALE_BLUE,
    PAPER,
    TEXT_SIZE,
    TITLE_HEIGHT,
    canvas,
    place,
    write,
)

SIDE = 6.0  # inches that the cells of many classes share
SMALLEST_CELL, LARGEST_CELL = 0.24, 0.58
NAME_LENGTH = 18
SHORT = 3  # letters that fit above a column without turning them
FULL = 10  # mistakes that take the full colour where no cell has more


def confusion_matrix(confusion: ConfusionMatrix, class_names: Sequence[str]) -> Figure:
    """Show how often each class got each answer.

    Only mistakes are coloured, on a scale of their own: the thousands on the diagonal would
    leave no colour for them.

    Args:
        confusion: Shape (classes, classes), int64; row is the true class, column the answer.
        class_names: One name per class, in order.
    """
    names = [shorten(name, NAME_LENGTH) for name in class_names]
    longest = max(len(name) for name in names)
    cell = min(LARGEST_CELL, max(SMALLEST_CELL, SIDE / len(names)))
    left = MARGIN + 0.35 + longest * CHARACTER_WIDTH
    top = MARGIN + TITLE_HEIGHT + 0.4 + (longest * CHARACTER_WIDTH if longest > SHORT else 0.1)
    side = cell * len(names)
    title = "Mistakes in colour, right answers on the diagonal"
    figure = canvas(max(left + side + 2 * MARGIN, 4.4), top + side + 2 * MARGIN, title)
    axes = place(figure, left, top, side, side)
    axes.imshow(_colours(_shade(confusion)), interpolation="nearest", aspect="auto")
    _draw_lines(axes, len(names))
    _write_counts(axes, confusion, min(TEXT_SIZE, cell * 72 / 4.2))
    _write_names(axes, names, cell, turned=longest > SHORT)
    return figure


def _shade(confusion: ConfusionMatrix) -> Float64[np.ndarray, "classes classes"]:
    """Return 0 to 1 for each mistake, steep at first: one mistake shows beside thirty."""
    wrong = confusion.astype(np.float64)
    np.fill_diagonal(wrong, 0.0)
    shade: Float64[np.ndarray, "classes classes"] = np.sqrt(wrong / max(FULL, wrong.max()))
    return shade


def _colours(shade: np.ndarray) -> Float64[np.ndarray, "classes classes 3"]:
    paper, full = np.array(to_rgb(PAPER)), np.array(to_rgb(ORANGE))
    colours: Float64[np.ndarray, "classes classes 3"] = paper + shade[..., np.newaxis] * (
        full - paper
    )
    diagonal = np.arange(len(shade))
    colours[diagonal, diagonal] = to_rgb(PALE_BLUE)
    return colours


def _draw_lines(axes: Axes, classes: int) -> None:
    axes.set_xticks(np.arange(classes + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(classes + 1) - 0.5, minor=True)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(visible=True, which="minor", color=LINE, linewidth=0.6)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_color(LINE)


def _write_counts(axes: Axes, confusion: ConfusionMatrix, size: float) -> None:
    for row, column in np.argwhere(confusion > 0):
        text = count(int(confusion[row, column]))
        write(axes, column, row, text, size=size, align="center", vertical="center")


def _write_names(axes: Axes, names: list[str], cell: float, *, turned: bool) -> None:
    classes, offset = len(names), 0.1 / cell
    size = min(TEXT_SIZE, cell * 72 / 1.6)
    for index, name in enumerate(names):
        write(axes, -0.5 - offset, index, name, size=size, align="right", vertical="center")
        above = write(
            axes, index, -0.5 - offset, name, size=size, align="center", vertical="bottom"
        )
        above.set_rotation(90 if turned else 0)
    room = max(len(name) for name in names) * CHARACTER_WIDTH / cell
    middle = (classes - 1) / 2
    beyond = offset + 0.22 / cell
    write(
        axes,
        middle,
        -0.5 - beyond - (room if turned else 0.05 / cell),
        "the network's answer",
        color=MUTED,
        align="center",
        vertical="bottom",
    )
    beside = write(
        axes, -0.5 - beyond - room, middle, "truth", color=MUTED, align="center", vertical="center"
    )
    beside.set_rotation(90)
