"""Images that show no digit, for a network to learn that there are such things.

Comes in: a number, digits and a source of randomness. Goes out: drawn scribbles, digits that are
turned or whose quarters are exchanged, and bare paper. Trained towards answering all classes alike
(Hendrycks, Mazeika and Dietterich, "Deep Anomaly Detection with Outlier Exposure", 2019), a
network tells by its confidence whether it was shown a digit. None of them is taken from the sets
of outliers that networks are measured on.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

from inkdigits.arrays import Images
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.imaging.normalise import to_mnist

NO_CLASS = 255  # the label of an image that shows none of the classes
_STROKES = (3, 7)  # fewer strokes are a digit too often: one is a 1, two are a 4 or a 7
_POINTS_OF_A_STROKE = 32
_BLOCK = 16  # pictures drawn at once: their dots stay in the processor's cache
_FAINT = 40.0  # e^-40 leaves no trace, and no product of two is a subnormal, slow number
_SEED = 7_041_776


BOX = 20 / 28  # of the side: what MNIST's digits were fitted into


def _mirror(images: Images) -> Images:
    return images[:, :, ::-1]


def _lay_left(images: Images) -> Images:
    return np.rot90(images, 1, (1, 2))


def _lay_right(images: Images) -> Images:
    return np.rot90(images, -1, (1, 2))


# The digits that look like none after a change: a mirrored 5 may pass for a 2, a 9 that lies on
# its left side for a 5.
_TURNED = ((_mirror, (3, 4, 7, 9)), (_lay_left, (1, 2, 3, 8)), (_lay_right, (1, 2, 3, 4, 7, 8)))


def add_no_digits(train: LabelledImages, count: int) -> LabelledImages:
    """Put images without a digit behind the training images.

    Args:
        train: The training images, of even sides; their size is that of the new ones.
        count: How many to add: a fifth turned digits, a fifth shuffled ones, a seventh bare paper
            and for the rest scribbles, every second of square ones brought to size as a digit
            is; none where there are no training images.

    Returns:
        All of them, the new ones labelled `NO_CLASS`; the same at every call.

    Example:
        >>> blank = LabelledImages(np.zeros((2, 28, 28), np.uint8), np.zeros(2, np.uint8))
        >>> add_no_digits(blank, 4).labels.tolist()
        [0, 0, 255, 255, 255, 255]
    """
    if not count or not len(train):
        return train
    rng = np.random.default_rng(_SEED)
    height, width = train.images.shape[1:]
    turned, shuffled, bare = count // 5, count // 5, count // 7
    scribbles = draw_scribbles(count - turned - shuffled - bare, (height, width), rng)
    for i in range(0, len(scribbles) if height == width else 0, 2):
        scribbles[i] = to_mnist(scribbles[i], height, round(BOX * height))
    parts = [
        scribbles,
        turn_digits(train, turned, rng),
        shuffle_quarters(train.images[rng.integers(0, len(train), shuffled)], rng),
        np.zeros((bare, height, width), np.uint8),
    ]
    labels = np.full(count, NO_CLASS, np.uint8)
    return LabelledImages(
        np.concatenate([train.images, *parts]), np.concatenate([train.labels, labels])
    )


def turn_digits(train: LabelledImages, n: int, rng: np.random.Generator) -> Images:
    """Mirror digits or lay them on their side, where that makes no other digit of them.

    Args:
        train: Images of digits, labelled 0 to 9.
        n: Number of pictures: half mirrored, a quarter turned to either side, or all mirrored if
            they are not square; bare paper where there is no digit that would do.
        rng: Source of randomness.

    Example:
        >>> three = np.zeros((1, 4, 4), np.uint8)
        >>> three[0, :, 3] = 255
        >>> digits = LabelledImages(three, np.array([3], np.uint8))
        >>> turn_digits(digits, 2, np.random.default_rng(0))[0, 0].tolist()
        [255, 0, 0, 0]
    """
    height, width = train.images.shape[1:]
    parts = [np.zeros((0, height, width), np.uint8)]
    shares = (n - n // 2, n // 4, n // 2 - n // 4) if height == width else (n, 0, 0)
    for (turn, labels), share in zip(_TURNED, shares, strict=True):
        fitting = np.flatnonzero(np.isin(train.labels, labels))
        if len(fitting):
            parts.append(turn(train.images[rng.choice(fitting, share)]))
        else:
            parts.append(np.zeros((share, height, width), np.uint8))
    return np.concatenate(parts)


def draw_scribbles(n: int, size: tuple[int, int], rng: np.random.Generator) -> Images:
    """Draw pictures of three to six strokes each, straight or bent, with a round pen.

    Args:
        n: Number of pictures.
        size: Height and width in pixels.
        rng: Source of randomness.

    Returns:
        Shape (n, height, width), uint8; 0 is paper, 255 is full ink.

    Example:
        >>> drawn = draw_scribbles(2, (28, 28), np.random.default_rng(0))
        >>> drawn.shape, bool((drawn.max(axis=(1, 2)) > 200).all())
        ((2, 28, 28), True)
    """
    drawn = np.zeros((n, *size), np.uint8)
    for start in range(0, n, _BLOCK):
        block = drawn[start : start + _BLOCK]
        block[:] = (255 * _scribbles(len(block), size, rng)).round()
    return drawn


def shuffle_quarters(images: Images, rng: np.random.Generator) -> Images:
    """Exchange the quarters of each image, so that none stays in its place.

    Args:
        images: Shape (n, height, width), uint8, height and width even.
        rng: Source of randomness.

    Returns:
        Shape (n, height, width), uint8.

    Raises:
        ValueError: If height or width is odd.

    Example:
        >>> quarters = np.array([[[1, 2], [3, 4]]], np.uint8)
        >>> bool((shuffle_quarters(quarters, np.random.default_rng(0)) == quarters).any())
        False
    """
    n, height, width = images.shape
    if height % 2 or width % 2:
        raise ValueError(f"`images` must have even sides; received {height}x{width} pixels")
    orders = np.array([(1, 0, 3, 2), (2, 3, 0, 1), (3, 2, 1, 0), (1, 2, 3, 0), (3, 0, 1, 2)])
    chosen = orders[rng.integers(0, len(orders), n)]
    quarters = images.reshape(n, 2, height // 2, 2, width // 2).swapaxes(2, 3)
    quarters = quarters.reshape(n, 4, height // 2, width // 2)
    moved = quarters[np.arange(n)[:, np.newaxis], chosen]
    moved = moved.reshape(n, 2, 2, height // 2, width // 2).swapaxes(2, 3)
    return np.ascontiguousarray(moved.reshape(n, height, width))


def _scribbles(
    n: int, size: tuple[int, int], rng: np.random.Generator
) -> Float32[np.ndarray, "n height width"]:
    """Draw n pictures, at least one; ink from 0 to 1."""
    strokes = rng.integers(*_STROKES, n)
    pens = np.repeat(rng.uniform(0.7, 1.5, n).astype(np.float32), strokes)
    first_strokes = np.cumsum(strokes) - strokes
    ink = np.add.reduceat(_draw_strokes(pens, size, rng), first_strokes, axis=0)
    return ink.clip(max=1.0)


def _draw_strokes(
    pens: Float32[np.ndarray, " n"], size: tuple[int, int], rng: np.random.Generator
) -> Float32[np.ndarray, "n height width"]:
    """Draw a quadratic Bezier curve with each pen.

    A round Gaussian pen is the product of one along each side, so a stroke is a product of two
    matrices; its ink saturates where its dots overlap.
    """
    ends = rng.uniform(0.1, 0.9, (len(pens), 3, 2, 1))
    straight = rng.random((len(pens), 1, 1)) < 0.5
    ends[:, 1] = np.where(straight, (ends[:, 0] + ends[:, 2]) / 2, ends[:, 1])
    t = np.linspace(0.0, 1.0, _POINTS_OF_A_STROKE)
    curves = (1 - t) ** 2 * ends[:, 0] + 2 * t * (1 - t) * ends[:, 1] + t**2 * ends[:, 2]
    down, right = (
        _dots(side, (side * places).astype(np.float32), pens)
        for side, places in zip(size, curves.swapaxes(0, 1), strict=True)
    )
    ink: Float32[np.ndarray, "n height width"] = down @ right.swapaxes(1, 2)
    return ink.clip(max=1.0)


def _dots(
    side: int, places: Float32[np.ndarray, "n points"], pens: Float32[np.ndarray, " n"]
) -> Float32[np.ndarray, "n side points"]:
    """Return the pen's Gaussian around each place, along one side."""
    away = np.arange(side, dtype=np.float32)[:, np.newaxis] - places[:, np.newaxis]
    away /= pens[:, np.newaxis, np.newaxis]
    dots: Float32[np.ndarray, "n side points"] = np.exp(-np.minimum(away * away, _FAINT))
    return dots
