"""The parts of a picture: ink that hangs together, straight or across a corner.

Comes in: a grey picture. Goes out: one picture for each part.
"""

from __future__ import annotations

import cv2
import numpy as np

from inkdigits.arrays import Image


def ink_parts(image: Image, faintest: int = 1) -> list[Image]:
    """Separate the parts of what is drawn.

    Args:
        image: Shape (height, width), uint8; 0 is paper, 255 is full ink.
        faintest: From which value on a pixel belongs to a part, 1 to 255.

    Returns:
        Images of the same shape with one part each, the one with the most pixels first.

    Example:
        >>> [part.tolist() for part in ink_parts(np.array([[9, 0, 0, 8, 7]], np.uint8))]
        [[[0, 0, 0, 8, 7]], [[9, 0, 0, 0, 0]]]
    """
    mask = (image >= faintest).astype(np.uint8)
    n, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    order = np.argsort(-stats[1:n, cv2.CC_STAT_AREA], kind="stable") + 1
    return [np.where(labels == label, image, 0).astype(np.uint8) for label in order]
