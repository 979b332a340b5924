"""How every plot looks: colours, sizes of type, and a canvas measured in inches.

Comes in: sizes and places. Goes out: figures and axes of matplotlib. It does not know what is
drawn on them. The colours are those of Okabe and Ito, "Color Universal Design", 2008, which
people with any kind of colour vision can tell apart (https://jfly.uni-koeln.de/color/).
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

DPI = 200

PAPER = "#ffffff"
INK = "#1c2230"
MUTED = "#5d6675"
LINE = "#d9dde3"
BLUE = "#0072b2"
ORANGE = "#d55e00"
PALE_BLUE = "#e4eff6"

TITLE_SIZE = 10.5
TEXT_SIZE = 9.0
SMALL_SIZE = 8.0

MARGIN = 0.15
TITLE_HEIGHT = 0.34
CHARACTER_WIDTH = 0.076  # inches that a letter of TEXT_SIZE takes, on average


def canvas(width: float, height: float, title: str) -> Figure:
    """Make a white figure with its title in the upper left corner.

    Args:
        width: In inches.
        height: In inches, the title's included.
        title: What the figure shows, in a few words.
    """
    figure = Figure(figsize=(width, height), dpi=DPI, facecolor=PAPER)
    figure.text(
        MARGIN / width,
        1 - MARGIN / height,
        title,
        ha="left",
        va="top",
        size=TITLE_SIZE,
        weight="bold",
        color=INK,
        parse_math=False,
    )
    return figure


def place(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Add axes at a place measured in inches from the figure's upper left corner.

    Example:
        >>> axes = place(canvas(4.0, 2.0, "Example"), left=1.0, top=0.5, width=2.0, height=1.0)
        >>> [round(float(bound), 3) for bound in axes.get_position().bounds]
        [0.25, 0.25, 0.5, 0.5]
    """
    whole_width, whole_height = figure.get_size_inches()
    return figure.add_axes(
        (
            left / whole_width,
            1 - (top + height) / whole_height,
            width / whole_width,
            height / whole_height,
        )
    )


def tidy(axes: Axes) -> None:
    """Leave a thin baseline and faint horizontal lines, and set the type of the ticks."""
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.tick_params(
        which="both", length=0, pad=5, labelsize=SMALL_SIZE, labelcolor=MUTED, color=LINE
    )
    axes.grid(visible=True, axis="y", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)


def write(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    *,
    size: float = TEXT_SIZE,
    color: str = INK,
    align: str = "left",
    vertical: str = "baseline",
    weight: str = "normal",
) -> Text:
    """Write text at a place in the axes' own coordinates, never read as a formula."""
    return axes.text(
        x,
        y,
        text,
        size=size,
        color=color,
        ha=align,
        va=vertical,
        weight=weight,
        parse_math=False,
    )


def label(axes: Axes, x: str, y: str = "") -> None:
    """Name the axes."""
    axes.set_xlabel(x, size=TEXT_SIZE, color=INK, labelpad=6)
    axes.set_ylabel(y, size=TEXT_SIZE, color=INK, labelpad=6)
