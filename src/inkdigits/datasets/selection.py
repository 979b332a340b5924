"""Choosing a few images to look at.

Comes in: labelled images. Goes out: some of them.
"""

from __future__ import annotations

import numpy as np

from inkdigits.datasets.dataset import LabelledImages


def first_of_each_class(labelled: LabelledImages, classes: int, count: int) -> LabelledImages:
    """Return the first `count` images of every class, class by class.

    Args:
        labelled: The images to choose from.
        classes: Number of classes.
        count: Images per class; fewer where a class has fewer.

    Example:
        >>> three = LabelledImages(np.zeros((3, 2, 2), np.uint8), np.array([1, 0, 1], np.uint8))
        >>> first_of_each_class(three, classes=2, count=1).labels.tolist()
        [0, 1]
    """
    indices = [np.flatnonzero(labelled.labels == label)[:count] for label in range(classes)]
    return labelled.take(np.concatenate(indices))
