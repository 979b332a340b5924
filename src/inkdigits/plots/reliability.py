"""The plot of confidence against accuracy.

Comes in: answers in bins of confidence. Goes out: a figure. It does not know the answers.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator, PercentFormatter

from inkdigits.evaluation.calibration import Reliability
from inkdigits.formats import count, percent
from inkdigits.plots.style import (
    BLUE,
    INK,
    LINE,
    MARGIN,
    MUTED,
    ORANGE,
    PAPER,
    SMALL_SIZE,
    TITLE_HEIGHT,
    canvas,
    label,
    place,
    tidy,
    write,
)

WIDTH, HEIGHT = 6.5, 6.35  # inches
LEFT, PANEL_WIDTH = 0.8, 5.4
UPPER_HEIGHT, LOWER_HEIGHT = 3.5, 1.15
FEW = 30  # answers; with fewer, the accuracy of a bin is mostly chance


def reliability_diagram(reliability: Reliability) -> Figure:
    """Show how often answers of each confidence are right, and how many there are.

    Args:
        reliability: The answers in bins.
    """
    error = f"expected calibration error {percent(reliability.expected_error)}"
    figure = canvas(WIDTH, HEIGHT, f"Confidence against accuracy: {error}")
    top = MARGIN + TITLE_HEIGHT + 0.15
    upper = place(figure, LEFT, top, PANEL_WIDTH, UPPER_HEIGHT)
    lower = place(figure, LEFT, top + UPPER_HEIGHT + 0.45, PANEL_WIDTH, LOWER_HEIGHT)
    _draw_accuracy(upper, reliability)
    _draw_counts(lower, reliability)
    for axes in (upper, lower):
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_locator(MultipleLocator(0.2))
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    return figure


def _draw_accuracy(axes: Axes, reliability: Reliability) -> None:
    tidy(axes)
    filled = reliability.count > 0
    confidence, accuracy = reliability.confidence[filled], reliability.accuracy[filled]
    many = reliability.count[filled] >= FEW
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1.0, linestyle=(0, (4, 3)))
    gap_colors = [ORANGE if enough else LINE for enough in many]
    axes.vlines(confidence, confidence, accuracy, color=gap_colors, linewidth=2.0)
    for chosen, face, name in (
        (many, BLUE, f"{FEW} answers or more"),
        (~many, PAPER, f"fewer than {FEW}: mostly chance"),
    ):
        axes.plot(
            confidence[chosen],
            accuracy[chosen],
            linestyle="",
            marker="o",
            markersize=7,
            color=BLUE,
            markerfacecolor=face,
            markeredgewidth=1.4,
            label=name,
            clip_on=False,
            zorder=3,
        )
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_locator(MultipleLocator(0.2))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    label(axes, "", "share of right answers")
    axes.legend(frameon=False, fontsize=SMALL_SIZE, loc="lower right", labelcolor=INK)


def _draw_counts(axes: Axes, reliability: Reliability) -> None:
    tidy(axes)
    edges, counts = reliability.edges, reliability.count
    widths = np.diff(edges)
    axes.bar(edges[:-1] + widths / 2, counts, widths * 0.86, color=LINE)
    axes.set_yscale("symlog", linthresh=1)
    axes.set_ylim(0, max(10.0, float(counts.max())) * 6)
    axes.set_yticks([])
    axes.minorticks_off()
    for middle, number in zip(edges[:-1] + widths / 2, counts, strict=True):
        if number:
            text = count(int(number))
            write(axes, middle, number * 1.35, text, align="center", size=SMALL_SIZE, color=MUTED)
    label(axes, "confidence of the answer", "answers, log scale")
