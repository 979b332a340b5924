"""Grey bytes as shares of white, and back.

Comes in: uint8 images or computed shares. Goes out: the other. It does not know what is done to
the shares in between.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from inkdigits.array_types import Float64
from inkdigits.arrays import WHITE, Images

Shares: TypeAlias = Float64[np.ndarray, "n height width"]

SIDE = 28  # height and width of an image: every published constant is meant for this size


def to_shares(images: Images) -> Shares:
    """Return images as shares of white.

    Args:
        images: Shape (n, height, width), uint8.

    Returns:
        The same shape, float64, 0 to 1.

    Example:
        >>> to_shares(np.array([[[0, 51, 255]]], dtype=np.uint8)).tolist()
        [[[0.0, 0.2, 1.0]]]
    """
    return images / float(WHITE)


def to_bytes(shares: Shares) -> Images:
    """Return shares of white as images.

    Args:
        shares: Shape (n, height, width), float64; what is below 0 or above 1 is cut off.

    Returns:
        The same shape, uint8: whole levels, fractions of one are dropped as in the published
        images.

    Example:
        >>> to_bytes(np.array([[[-1.0, 0.5, 0.2, 7.0]]])).tolist()
        [[[0, 127, 51, 255]]]
    """
    # By way of float32, so that a rounding error of float64 does not cost a whole level.
    return (shares.clip(0, 1) * WHITE).astype(np.float32).astype(np.uint8)
