"""Digits of few cells: reduced until only the share of ink in each cell is known, drawn again.

Comes in: digits and a number. Goes out: as many images in the form of MNIST with their labels.
What is lost where a digit was small or its scan coarse is learnt from these. The cells are made as
those of the UCI's digits were (E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten
Digits", 1998): a digit fills a bitmap, of which each cell counts the ink. None of those digits is
read here.
"""

from __future__ import annotations

import numpy as np

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.imaging.cells import enlarge_and_normalise, to_cells

CELLS = (7, 10)  # a side, both included
_THRESHOLDS = (90, 165)  # of 255: what is above is ink; each digit has its own
_SEED = 1_414_213


def draw_coarse(train: LabelledImages, count: int) -> LabelledImages:
    """Reduce digits to a few cells each, and draw them again.

    Args:
        train: The digits, grey, of any size.
        count: How many to make.

    Returns:
        As many images in the form of MNIST with their labels, the same at every call; none if the
        digits have no ink.

    Example:
        >>> bar = np.zeros((1, 28, 28), np.uint8)
        >>> bar[0, 4:24, 12:16] = 255
        >>> made = draw_coarse(LabelledImages(bar, np.array([1], np.uint8)), 2)
        >>> made.images.shape, made.labels.tolist()
        ((2, 28, 28), [1, 1])
    """
    inked = np.flatnonzero((train.images > _THRESHOLDS[1]).any(axis=(1, 2)))
    rng = np.random.default_rng(_SEED)
    chosen = rng.choice(inked, count) if len(inked) else inked
    sides = rng.integers(*CELLS, len(chosen), endpoint=True)
    images = np.zeros((len(chosen), 28, 28), np.uint8)
    for side in range(CELLS[0], CELLS[1] + 1):
        of_side = np.flatnonzero(sides == side)
        if len(of_side):
            thresholds = rng.integers(*_THRESHOLDS, len(of_side))
            digits = zip(train.images[chosen[of_side]], thresholds, strict=True)
            cells = [to_cells(digit, side, int(threshold)) for digit, threshold in digits]
            images[of_side] = enlarge_and_normalise(np.stack(cells))
    return LabelledImages(images, train.labels[chosen])
