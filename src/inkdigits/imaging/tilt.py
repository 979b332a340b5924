"""How far lines of writing rise or fall.

Comes in: boxes of marks. Goes out: one slope for all lines. It does not tell which marks stand in
which line.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from inkdigits.array_types import Float64, Int64

_SLOPES = np.linspace(-0.28, 0.28, 29)  # rows per column: 16 degrees to either side
_NEAR = 6.0  # typical heights, in columns, between neighbours in a line
_LEVEL = 0.2  # typical heights, in rows: such neighbours hardly stand in one line
_FEWEST = 3  # boxes that tell a slope
_BETTER, _MORE = 1.2, 1.0  # as many neighbours in line than without a slope, and so many more
_MOST = 300  # boxes: more tell no more

Boxes: TypeAlias = Int64[np.ndarray, "n 4"]
Rows: TypeAlias = Float64[np.ndarray, " n"]


def line_slope(boxes: Boxes, height: float) -> float:
    """Tell how many rows lines fall for each column.

    The slope is taken with which most boxes stand level with those near by, as in the projection
    profiles of H. S. Baird, "The Skew Angle of Printed Documents", 1987.

    Args:
        boxes: Shape (n, 4), int64: first column, first row, width and height of each digit.
        height: That of most digits.

    Returns:
        Between -0.28 and 0.28; 0 unless another slope fits much better.

    Example:
        >>> rising = np.array([[60 * i, 100 - 12 * i, 20, 30] for i in range(4)])
        >>> round(line_slope(rising, 30.0), 2)
        -0.2
    """
    boxes = boxes[:_MOST]
    if len(boxes) < _FEWEST:
        return 0.0
    x = boxes[:, 0] + boxes[:, 2] / 2
    y = boxes[:, 1] + boxes[:, 3] / 2
    apart, drop = x[:, None] - x, y[:, None] - y
    near = (apart > 0) & (apart <= _NEAR * height) & (abs(drop) <= _steepest(apart, height))
    off = (drop[near] - _SLOPES[:, None] * apart[near]) / (_LEVEL * height)
    level = np.exp(-(off**2)).sum(axis=1)
    best = int(np.argmax(level))
    without = float(level[len(_SLOPES) // 2])
    if level[best] < max(_BETTER * without, without + _MORE):
        return 0.0
    return float(_SLOPES[best])


def _steepest(apart: np.ndarray, height: float) -> np.ndarray:
    """Return by how many rows boxes so far apart may differ with any slope."""
    steepest: np.ndarray = _SLOPES[-1] * apart + 2 * _LEVEL * height
    return steepest
