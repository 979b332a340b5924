"""Edges: outlines instead of ink.

Comes in: clean images. Goes out: their edges. It does not know the other corruptions. Parameters:
`corruptions.py` of https://github.com/google-research/mnist-c.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from skimage.feature import canny

from inkdigits.arrays import WHITE, Images
from inkdigits.evaluation.corruptions.shares import to_shares

_SIGMA = 1.0  # pixels of smoothing before
_LOW, _HIGH = 0.1, 0.2  # thresholds of the gradient

_canny: Callable[..., Any] = canny  # scikit-image has no type hints here


def canny_edges(images: Images, rng: np.random.Generator) -> Images:
    """Replace each image by its edges, one pixel wide.

    J. Canny, "A Computational Approach to Edge Detection", 1986, in scikit-image's implementation
    with the values that were its defaults when the published images were made.

    Args:
        images: Shape (n, 28, 28), uint8.
        rng: Not drawn from.

    Returns:
        The same shape; 255 on an edge, 0 elsewhere.

    Example:
        >>> half = np.zeros((1, 28, 28), dtype=np.uint8)
        >>> half[:, :, 14:] = 255
        >>> np.flatnonzero(canny_edges(half, np.random.default_rng(0))[0, 14]).tolist()
        [13, 14]
    """
    edges = np.zeros_like(images)
    for edge, shares in zip(edges, to_shares(images), strict=True):
        edge[_canny(shares, sigma=_SIGMA, low_threshold=_LOW, high_threshold=_HIGH)] = WHITE
    return edges
