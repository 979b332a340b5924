"""The plots of pictures that are no digits: how strange they look to a network, and which pass.

Comes in: scores, or pictures in the order they are to be shown. Goes out: figures. It does not
know how the scores came about.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from inkdigits.array_types import Float
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
    label,
    place,
    write,
)

HISTOGRAM_WIDTH, ROW_HEIGHT = 5.0, 0.62  # inches
BINS = 80
GREY = "#9aa2ae"
NAME_LENGTH = 22
MANY_TIMES = 1000  # with scores so far apart, the axis is logarithmic
_OUTER = 0.002  # share of a set's scores that may lie beyond either end of the axis

TYPICAL, WRONG = 5, 7  # pictures of each row
CAPTION_HEIGHT = 0.19  # inches
_LARGER = 4 / 3  # drawn as small as pictures of that many times the height


@dataclass(frozen=True, eq=False)
class ExampleRow:
    """Pictures of one set.

    Attributes:
        name: Of the set.
        note: How many are on the wrong side of the threshold, in words.
        typical: Shape (n, height, width), uint8: pictures as they come, at most `TYPICAL`.
        wrong: Shape (m, height, width), uint8: those on its wrong side, at most `WRONG`.
        captions: A few letters for each of these.
        excused: Whether they are no mistakes after all, and grey in place of orange.
    """

    name: str
    note: str
    typical: Images
    wrong: Images
    captions: Sequence[str]
    excused: bool = False


def score_histograms(
    digits: Float[np.ndarray, " n"],
    outliers: Mapping[str, Float[np.ndarray, " _"]],
    threshold: float,
    score: str,
    excused: Collection[str] = (),
) -> Figure:
    """Show how an outlier score is spread over digits and over each set of outliers.

    What the threshold judges wrongly is orange. Each histogram is as high as its row; what lies
    beyond the ends of the axis is counted at its ends. The axis is logarithmic where the scores
    lie very far apart.

    Args:
        digits: Shape (n,): scores of digits, at least one.
        outliers: Scores of each set, at least one, by its name.
        threshold: What is higher is rejected.
        score: Name of the score.
        excused: Names of the sets that may pass for digits; they are grey in place of orange.
    """
    rows = {"digits": digits, **outliers}
    scale, edges = _axis(list(rows.values()), threshold)
    names = [shorten(name, NAME_LENGTH) for name in rows]
    left = MARGIN + max(map(len, names)) * CHARACTER_WIDTH + 0.12
    top = MARGIN + TITLE_HEIGHT + 0.22
    size = (left + HISTOGRAM_WIDTH + 1.15, top + ROW_HEIGHT * len(rows) + 0.55)
    figure = canvas(*size, "How strange they look to the network")
    for line, (each, scores) in enumerate(rows.items()):
        axes = place(figure, left, top + line * ROW_HEIGHT, HISTOGRAM_WIDTH, ROW_HEIGHT)
        passing = GREY if each in excused else ORANGE
        colors = (passing, BLUE) if line else (BLUE, ORANGE)
        _draw_histogram(axes, scores, edges, threshold, colors)
        axes.set_xscale(scale)
        axes.set_xlim(edges[0], edges[-1])
        _write_row(axes, names[line], percent(float((scores > threshold).mean()), 1))
        axes.tick_params(labelbottom=line == len(rows) - 1)
        if line == 0:
            words = "accepted  ←  threshold  →  rejected"
            above = write(axes, threshold, 1.32, words, size=SMALL_SIZE, align="center")
            above.set_clip_on(False)
    label(axes, f"outlier score: {score}, higher is stranger")
    return figure


def _axis(rows: Sequence[np.ndarray], threshold: float) -> tuple[str, np.ndarray]:
    """Return the kind of axis and the bins' bounds.

    The steps are even, or even ratios for scores of 0 and more that lie far apart.
    """
    if threshold > 0 and min(scores.min() for scores in rows) >= 0:
        positive = [scores[scores > 0] for scores in rows if scores.max() > 0]
        low, high = _ends(positive, threshold)
        if high > MANY_TIMES * low:
            return "log", np.exp(_steps(log(low), log(threshold), log(high)))
    low, high = _ends(rows, threshold)
    return "linear", _steps(low, threshold, high)


def _ends(rows: Sequence[np.ndarray], threshold: float) -> tuple[float, float]:
    ends = [np.quantile(scores, (_OUTER, 1 - _OUTER)).tolist() for scores in rows]
    lows, highs = zip(*ends, (threshold, threshold), strict=True)
    return min(lows), max(highs)


def _steps(low: float, threshold: float, high: float) -> np.ndarray:
    """Return even steps from at most `low` to at least `high`; the threshold is one of them."""
    step = (high - low) / BINS or max(1.0, abs(threshold) / BINS)
    below, above = ceil((threshold - low) / step), ceil((high - threshold) / step)
    return threshold + step * np.arange(-below - 1, above + 2)


def _draw_histogram(
    axes: Axes,
    scores: np.ndarray,
    edges: np.ndarray,
    threshold: float,
    colors: tuple[str, str],
) -> None:
    inside = np.clip(scores, edges[0], edges[-1])
    highest = np.histogram(inside, edges)[0].max()
    for part, color in zip((scores <= threshold, scores > threshold), colors, strict=True):
        heights = np.histogram(inside[part], edges)[0] / highest
        axes.stairs(heights, edges, fill=True, color=color, alpha=0.75)
    axes.axvline(threshold, color=INK, linewidth=1.0, linestyle=(0, (4, 3)))
    axes.set_ylim(0, 1.25)
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
    axes.tick_params(which="both", length=0, pad=5, labelsize=SMALL_SIZE, labelcolor=MUTED)


def _write_row(axes: Axes, name: str, rejected: str) -> None:
    for x, y, text, align, color, size in (
        (-0.12 / HISTOGRAM_WIDTH, 0.3, name, "right", INK, 9.0),
        (1 + 0.12 / HISTOGRAM_WIDTH, 0.3, f"{rejected} rejected", "left", MUTED, SMALL_SIZE),
    ):
        written = write(axes, x, y, text, align=align, color=color, size=size, vertical="center")
        written.set_transform(axes.transAxes)


def outlier_examples(rows: Sequence[ExampleRow]) -> Figure:
    """Show pictures of each set as they come, and some on the wrong side of the threshold.

    Args:
        rows: One for each set, at least one, the digits first.
    """
    height, width = rows[0].typical.shape[1:]
    drawn_as = round(height * _LARGER)
    pixel = inches(1, drawn_as)
    row = height + gap(height) + round(CAPTION_HEIGHT / pixel)
    column = width + 3 * gap(height)
    second = TYPICAL * column + 4 * gap(height)
    grid = np.zeros((row * len(rows), second + WRONG * column), np.uint8)
    for line, each in enumerate(rows):
        paste(grid, each.typical, [(line * row, i * column) for i in range(len(each.typical))])
        paste(grid, each.wrong, [(line * row, second + i * column) for i in range(len(each.wrong))])
    longest = max(len(text) for each in rows for text in (_name(each), each.note))
    left = MARGIN + 0.92 * longest * CHARACTER_WIDTH + 0.14
    top = MARGIN + TITLE_HEIGHT + 0.25
    grid_height, grid_width = (inches(side, drawn_as) for side in grid.shape)
    size = (left + grid_width + MARGIN, top + grid_height + MARGIN)
    figure = canvas(*size, "What is rejected and what passes")
    axes = show(figure, grid, left, top, drawn_as)
    headings = (
        (0, "as they come", MUTED),
        (second, "accepted; in the first row, rejected", ORANGE),
    )
    for x, heading, color in headings:
        write(axes, x, -0.1 / pixel, heading, color=color, size=SMALL_SIZE)
    for line, each in enumerate(rows):
        _write_beside(axes, line * row + height / 2, each, pixel)
        _write_below(axes, line * row + height, second, column, each, pixel)
    return figure


def _name(row: ExampleRow) -> str:
    return shorten(row.name, NAME_LENGTH)


def _write_beside(axes: Axes, middle: float, row: ExampleRow, pixel: float) -> None:
    x, step = -0.14 / pixel, 0.09 / pixel
    write(axes, x, middle - step, _name(row), align="right", vertical="center")
    note = write(axes, x, middle + step, row.note, align="right", vertical="center", color=MUTED)
    note.set_fontsize(SMALL_SIZE)


def _write_below(
    axes: Axes, bottom: float, left: float, column: float, row: ExampleRow, pixel: float
) -> None:
    width = row.typical.shape[2]
    color = MUTED if row.excused else ORANGE
    for number, caption in enumerate(row.captions):
        x, y = left + number * column + width / 2, bottom + 0.13 / pixel
        write(axes, x, y, caption, size=SMALL_SIZE, color=color, align="center")
    if not row.captions:
        write(axes, left, bottom - width / 2, "none", color=MUTED, vertical="center")
