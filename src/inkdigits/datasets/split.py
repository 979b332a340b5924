"""Setting a validation part of the training images aside.

Comes in: labelled images. Goes out: two disjoint parts. It does not know what they are used for.
"""

from __future__ import annotations

import numpy as np

from inkdigits.datasets.dataset import LabelledImages

# The same images are held out in every run, whatever its seed, so that runs can be compared.
SPLIT_SEED = 20_201_122


def hold_out(labelled: LabelledImages, size: int) -> tuple[LabelledImages, LabelledImages]:
    """Split off a validation part in which each class has its share.

    Args:
        labelled: The images to split, n of them.
        size: Images to hold out, between 1 and n - 1.

    Returns:
        The remaining images in their order, and the held-out images in theirs.

    Raises:
        ValueError: If `size` leaves one of the parts empty.

    Example:
        >>> labels = np.array([0, 0, 0, 0, 1, 1], dtype=np.uint8)
        >>> rest, held_out = hold_out(LabelledImages(np.zeros((6, 2, 2), np.uint8), labels), 3)
        >>> rest.labels.tolist(), held_out.labels.tolist()
        ([0, 0, 1], [0, 0, 1])
    """
    n = len(labelled)
    if not 1 <= size < n:
        raise ValueError(f"`size` must be between 1 and {n - 1} images; received {size}")
    chosen = stratified_order(labelled.labels)[:size]
    held_out = np.zeros(n, dtype=bool)
    held_out[chosen] = True
    return labelled.take(np.flatnonzero(~held_out)), labelled.take(np.flatnonzero(held_out))


def stratified_order(labels: np.ndarray) -> np.ndarray:
    """Order the indices so that every prefix has the classes in proportion.

    The j-th of a class's m images in random order gets the key (j + 1/2) / m; sorting by key
    spreads each class evenly over the whole. The order depends on the labels alone.

    Args:
        labels: Shape (n,), integers.

    Returns:
        Shape (n,): each index once.

    Example:
        >>> labels = np.array([0, 0, 0, 0, 1, 1])
        >>> sorted(labels[stratified_order(labels)[:3]].tolist())
        [0, 0, 1]
    """
    shuffled = np.random.default_rng(SPLIT_SEED).permutation(len(labels))
    keys = np.empty(len(labels))
    for label in np.unique(labels):
        members = shuffled[labels[shuffled] == label]
        keys[members] = (np.arange(len(members)) + 0.5) / len(members)
    return np.argsort(keys, kind="stable")
