"""The mixture of images without a digit that a network is trained on besides digits.

Comes in: digits and a number. Goes out: the digits and, behind them, as many images without one.
Trained towards answering all classes alike (Hendrycks, Mazeika and Dietterich, "Deep Anomaly
Detection with Outlier Exposure", 2019), a network tells by its confidence whether it was shown a
digit, and whoever looks for digits in a picture, where one begins and ends. None of the images is
taken from the sets of outliers that networks are measured on.
"""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from inkdigits.arrays import Images
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.imaging.blots import draw_blots
from inkdigits.imaging.normalise import to_mnist
from inkdigits.imaging.strokes import draw_signs
from inkdigits.training.no_digits.neighbours import join_digits
from inkdigits.training.no_digits.pieces import cut_pieces
from inkdigits.training.no_digits.rearranged import shuffle_quarters, turn_digits
from inkdigits.training.no_digits.scribbles import draw_scribbles

NO_CLASS = 255  # the label of an image that shows none of the classes
SHARES = {  # of a hundred
    "scribbles": 18,
    "turned": 8,
    "shuffled": 8,
    "bare": 4,
    "neighbours": 20,
    "pieces": 13,
    "signs": 15,
    "blots": 14,
}
BOX = 20 / 28  # of the side: what MNIST's digits were fitted into
_SEED = 7_041_776


def add_no_digits(train: LabelledImages, count: int) -> LabelledImages:
    """Put images without a digit behind the training images.

    Args:
        train: The training images, of even sides; their size is that of the new ones.
        count: How many to add: of a hundred 18 scribbles, every second of them brought to size
            as a digit is, 8 turned and 8 shuffled digits, 4 of bare paper, 20 of digits that
            touch, 13 pieces of digits, 15 letters and signs, 14 blots and frames. Oblong images
            have scribbles in place of the last four. None where there are no training images.

    Returns:
        All of them, the new ones labelled `NO_CLASS`; the same at every call.

    Example:
        >>> blank = LabelledImages(np.zeros((2, 28, 28), np.uint8), np.zeros(2, np.uint8))
        >>> add_no_digits(blank, 4).labels.tolist()
        [0, 0, 255, 255, 255, 255]
    """
    if not count or not len(train):
        return train
    images = [train.images, *make_no_digits(train, count).values()]
    labels = np.full(count, NO_CLASS, np.uint8)
    return LabelledImages(np.concatenate(images), np.concatenate([train.labels, labels]))


def make_no_digits(train: LabelledImages, count: int) -> dict[str, Images]:
    """Make the images that `add_no_digits` adds, by their kind.

    Args:
        train: The training images, at least one, of even sides.
        count: How many to make, of all kinds together.

    Returns:
        The images of each kind in `SHARES`, shape (n, height, width), uint8.

    Example:
        >>> blank = LabelledImages(np.zeros((2, 28, 28), np.uint8), np.zeros(2, np.uint8))
        >>> len(make_no_digits(blank, 100)["signs"])
        15
    """
    rng = np.random.default_rng(_SEED)
    height, width = train.images.shape[1:]
    square = height == width
    n = _split(count, square)
    box = max(1, round(BOX * height))
    scribbles = draw_scribbles(n["scribbles"], (height, width), rng)
    for image in scribbles[::2] if square else scribbles[:0]:
        image[:] = to_mnist(image, height, box)
    shuffled = train.images[rng.integers(0, len(train), n["shuffled"])]
    made = {
        "scribbles": scribbles,
        "turned": turn_digits(train, n["turned"], rng),
        "shuffled": shuffle_quarters(shuffled, rng),
        "bare": np.zeros((n["bare"], height, width), np.uint8),
    }
    if square:
        made["neighbours"] = join_digits(train, n["neighbours"], box, rng)
        made["pieces"] = cut_pieces(train, n["pieces"], box, rng)
        made["signs"] = draw_signs(n["signs"], height, box, rng)
        made["blots"] = draw_blots(n["blots"], height, box, rng)
    return made


def _split(count: int, square: bool) -> dict[str, int]:
    """Return how many images each kind has of them all."""
    ends = [count * end // 100 for end in accumulate(SHARES.values())]
    n = {kind: end - start for kind, start, end in zip(SHARES, [0, *ends], ends, strict=False)}
    if not square:
        n["scribbles"] += sum(n.pop(kind) for kind in ("neighbours", "pieces", "signs", "blots"))
    return n
