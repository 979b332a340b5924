"""The plot of how training went: loss and accuracy after each epoch.

Comes in: the records of a run. Goes out: a figure. It does not know what the validation images
were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import floor, isfinite, log10
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from inkdigits.plots.style import (
    BLUE,
    INK,
    MARGIN,
    ORANGE,
    SMALL_SIZE,
    TEXT_SIZE,
    TITLE_HEIGHT,
    canvas,
    label,
    place,
    tidy,
)
from inkdigits.training.state import EpochRecord

WIDTH, HEIGHT = 7.2, 3.5  # inches
PANEL_WIDTH, PANEL_HEIGHT = 2.85, 2.25
MARKED_EPOCHS = 30  # with more, markers would hide the lines

_TITLE: dict[str, Any] = {"loc": "left", "size": TEXT_SIZE, "color": INK, "pad": 8}
_TRAINING: dict[str, Any] = {"label": "training", "color": BLUE, "marker": "o", "linestyle": "--"}
_VALIDATION: dict[str, Any] = {"label": "validation", "color": ORANGE, "marker": "s"}


def curves(history: Sequence[EpochRecord]) -> Figure:
    """Show loss and accuracy on training and validation images, epoch by epoch.

    Both panels are logarithmic, the right one in the share of errors, so that a halving of the
    errors is the same step everywhere. A loss or share of zero is drawn on the outermost line.

    Args:
        history: One record per epoch, in order, at least one.
    """
    figure = canvas(WIDTH, HEIGHT, "How training went")
    top = MARGIN + TITLE_HEIGHT + 0.3
    epochs = [record.epoch for record in history]
    loss = place(figure, 0.62, top, PANEL_WIDTH, PANEL_HEIGHT)
    losses = [record.loss for record in history], [record.val_loss for record in history]
    _draw(loss, epochs, *losses, lambda value: f"{value:g}")
    loss.set_title("loss, in nats", **_TITLE)
    accuracy = place(figure, 4.22, top, PANEL_WIDTH, PANEL_HEIGHT)
    errors = [1 - record.accuracy for record in history], [1 - r.val_accuracy for r in history]
    _draw(accuracy, epochs, *errors, _as_accuracy)
    accuracy.set_title("accuracy", **_TITLE)
    accuracy.invert_yaxis()
    loss.legend(frameon=False, fontsize=SMALL_SIZE, labelcolor=INK, handlelength=3)
    return figure


def _draw(
    axes: Axes,
    epochs: list[int],
    training: list[float],
    validation: list[float],
    name: Callable[[float], str],
) -> None:
    tidy(axes)
    label(axes, "epoch")
    zero = _logarithmic(axes, [*training, *validation], name)
    for values, look in ((training, _TRAINING), (validation, _VALIDATION)):
        marks = look if len(epochs) <= MARKED_EPOCHS else look | {"marker": ""}
        axes.plot(epochs, np.maximum(values, zero), linewidth=1.6, markersize=4.5, **marks)
    axes.set_xlim(epochs[0] - 0.4, epochs[-1] + 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1))


def _logarithmic(axes: Axes, values: list[float], name: Callable[[float], str]) -> float:
    """Set a logarithmic scale that holds all values, and return where zero is drawn on it."""
    positive = [value for value in values if value > 0 and isfinite(value)]
    lowest, highest = (min(positive), max(positive)) if positive else (0.01, 1.0)
    zero = 10.0 ** floor(log10(lowest / 2)) if min(values) <= 0 else 0.0
    axes.set_yscale("log")
    axes.set_ylim((zero or lowest) / 1.3, highest * 2)
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: name(0.0 if value < 1.01 * zero else value))
    )
    return zero


def _as_accuracy(error: float) -> str:
    return f"{round(100 * (1 - error), 6):g} %" if error < 1 else ""
