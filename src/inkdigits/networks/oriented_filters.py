"""The kernels of a first layer that need not be learnt: edges and lines in all directions.

Comes in: how many, and their size. Goes out: an array. An edge is the first derivative of a
Gaussian, a line the second derivative across its direction, with a Gaussian along it: the shapes
that learnt first layers come close to, and that the cells of the visual cortex answer to (Young,
"The Gaussian derivative model for spatial vision", Spatial Vision 2(4), 1987). This module does
not know Keras.
"""

from __future__ import annotations

import numpy as np

from inkdigits.array_types import Float32, Float64
from inkdigits.errors import UsageError

EDGE_WIDTH = 0.25  # standard deviation of the Gaussian, as a share of the kernel's side
LINE_WIDTH = 0.15  # the same across a line
NORM = 2.0  # Euclidean norm of each kernel; with it, answers to ink are about 1


def oriented_filters(
    filters: int, kernel: int, channels: int = 1
) -> Float32[np.ndarray, "kernel kernel channels filters"]:
    """Draw edges and lines in evenly turned directions.

    Args:
        filters: Number of kernels, even: the first half edges, turned through 360 degrees (dark
            to bright is another edge than bright to dark), the second half lines, turned
            through 180.
        kernel: Height and width in pixels, at least 3.
        channels: Channels of the images, of which the kernels read the mean.

    Returns:
        Shape (kernel, kernel, channels, filters), float32. For one channel, each kernel has the
        Euclidean norm 2; it sums to 0, so that flat paper gives no answer.

    Raises:
        UsageError: If `filters` is odd or below 2, or `kernel` below 3.

    Example:
        >>> right, down = oriented_filters(4, 3)[:, :, 0, :2].transpose(2, 0, 1)
        >>> bool(right[1, 2] > 0 > right[1, 0]), abs(float(right[0, 1])) < 1e-6
        (True, True)
    """
    if filters < 2 or filters % 2:
        raise UsageError(f"`filters` must be an even number from 2; received {filters}")
    if kernel < 3:
        raise UsageError(f"`kernel` must be at least 3 pixels; received {kernel}")
    half = filters // 2
    edges = [_edge(2 * np.pi * i / half, kernel) for i in range(half)]
    lines = [_line(np.pi * i / half, kernel) for i in range(half)]
    centred = [each - each.mean() for each in (*edges, *lines)]
    scaled = [NORM * each / np.linalg.norm(each) for each in centred]
    drawn = np.stack(scaled, axis=-1)[:, :, np.newaxis, :].astype(np.float32)
    return np.repeat(drawn, channels, axis=2) / np.float32(channels)


def _edge(angle: float, kernel: int) -> Float64[np.ndarray, "kernel kernel"]:
    across, along = _axes(angle, kernel)
    sigma = EDGE_WIDTH * kernel
    edge: Float64[np.ndarray, "kernel kernel"] = across * np.exp(
        -(across**2 + along**2) / (2 * sigma**2)
    )
    return edge


def _line(angle: float, kernel: int) -> Float64[np.ndarray, "kernel kernel"]:
    across, along = _axes(angle, kernel)
    scaled = (across / (LINE_WIDTH * kernel)) ** 2
    length = (along / (EDGE_WIDTH * kernel)) ** 2
    return (1 - scaled) * np.exp(-(scaled + length) / 2)


def _axes(
    angle: float, kernel: int
) -> tuple[Float64[np.ndarray, "kernel kernel"], Float64[np.ndarray, "kernel kernel"]]:
    """Return each pixel's distance from the centre along `angle` and at right angles to it."""
    middle = (kernel - 1) / 2
    y, x = np.mgrid[:kernel, :kernel] - middle
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
