"""Setting a test part aside where a source has none.

Comes in: labelled images. Goes out: two parts in which each class has its share, and no image is
on both sides.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from inkdigits.arrays import AnyImages
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.datasets.split import stratified_order
from inkdigits.errors import DataError

SHARE = 5  # one in five


def set_aside(labelled: LabelledImages, where: str) -> np.ndarray:
    """Choose a fifth of the images for the test part, always the same ones.

    Images that are alike to the pixel count as one and stay together. Of a class with a single
    image, that one stays in training.

    Args:
        labelled: All images.
        where: What messages call the source.

    Returns:
        Shape (n,), bool: True for the test part.

    Raises:
        DataError: If no class has two different images.

    Example:
        >>> images = np.zeros((10, 8, 8), np.uint8)
        >>> images[:, 0, 0] = range(10)
        >>> int(set_aside(LabelledImages(images, np.zeros(10, np.uint8)), "mine").sum())
        2
    """
    groups = same_images(labelled.images)
    firsts = np.unique(groups)
    labels = labelled.labels[firsts]
    several = firsts[np.bincount(labels)[labels] > 1]
    if not len(several):
        raise DataError(
            f"{where} has no test part, and no class has two different pictures, so none can be "
            "set aside; add pictures or a test part"
        )
    order = stratified_order(labelled.labels[several])
    return np.isin(groups, several[order[: max(1, len(several) // SHARE)]])


def same_images(images: AnyImages) -> np.ndarray:
    """Number images so that those alike to the pixel have the same number.

    Args:
        images: Shape (n, height, width) or (n, height, width, 3), uint8.

    Returns:
        Shape (n,), int64: for each the index of the first image that is the same.

    Example:
        >>> same_images(np.array([[[1]], [[2]], [[1]]], np.uint8)).tolist()
        [0, 1, 0]
    """
    first: dict[bytes, int] = {}
    digests = (blake2b(image.tobytes(), digest_size=16).digest() for image in images)
    return np.array([first.setdefault(digest, i) for i, digest in enumerate(digests)], np.int64)
