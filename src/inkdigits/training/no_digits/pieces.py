"""Pieces of digits that are no digits themselves: what a cut through the middle of one leaves.

Comes in: labelled digits, a source of randomness. Goes out: images in the form of MNIST. Which
pieces are surely no digit follows from the digit and the side that is kept; whether the piece is
a single upright stroke, and so a 1, is measured on the piece itself.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from inkdigits.arrays import WHITE, Image, Images
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.imaging.normalise import to_mnist
from inkdigits.imaging.parts import ink_parts

Side: TypeAlias = Literal["left", "right", "top", "bottom"]

# For each digit the sides that may be kept, and which share of its width or height at the most;
# at the least it is `_LEAST`. Left out are, among others, the right halves of 2, 3 and 8 (a 3), of
# 4, 7 and 9 (a 1), of 6 (a 7), the left ones of 5 and 8 (a 5), of 6 (a 6), the upper ones of 2, 3
# and 7 (a 7), of 8 and 9 (a 0), the lower ones of 3 and 5 (a 7), of 6 and 8 (a 0), of 4, 7 and 9
# (a 1), and all of a 1.
SIDES: dict[int, tuple[tuple[Side, float], ...]] = {
    0: (("left", 0.5), ("right", 0.5), ("top", 0.5), ("bottom", 0.5)),
    2: (("left", 0.4), ("bottom", 0.45)),
    3: (("left", 0.45),),
    4: (("left", 0.4), ("top", 0.45)),
    5: (("top", 0.5),),
    7: (("left", 0.45),),
    9: (("left", 0.4),),
}
_LEAST = 0.3
_SLANT = 0.25  # columns per row to either side, of a cut from top to bottom
_UPRIGHT = 60.0  # degrees from the vertical
_SLENDER = 2.2  # length over width, as standard deviations of the ink
_TALL = 2.0  # height over width of a bend that is too flat to tell from a stroke
_SOLID = 0.55  # of the rectangle around it: what fills more is a bar
_ENOUGH = 0.12  # of the digit's ink
_SPECK = 0.12  # of a piece's ink: the fringes of strokes that the cut ran along
_FAINTEST = 64  # of 255
_TRIALS = 20


def cut_pieces(train: LabelledImages, n: int, box: int, rng: np.random.Generator) -> Images:
    """Cut digits in two and keep a side that is no digit.

    Args:
        train: Images of digits, square, labelled 0 to 9.
        n: Number of pictures.
        box: Length in pixels of a piece's longer side, 1 to that of the images.
        rng: Source of randomness.

    Returns:
        Shape (n, size, size), uint8, as `to_mnist` returns them; bare paper where no digit gives
        a piece that would do.

    Example:
        >>> ring = np.zeros((1, 28, 28), np.uint8)
        >>> ring[0, 4:24, 4:24] = 255
        >>> ring[0, 6:22, 6:22] = 0
        >>> zeros = LabelledImages(ring, np.zeros(1, np.uint8))
        >>> cut_pieces(zeros, 2, 20, np.random.default_rng(0)).any(axis=(1, 2)).tolist()
        [True, True]
    """
    size = train.images.shape[1]
    fitting = np.flatnonzero(np.isin(train.labels, list(SIDES)))
    images = np.zeros((n, size, size), np.uint8)
    for image in images if len(fitting) else images[:0]:
        for _ in range(_TRIALS):
            i = rng.choice(fitting)
            piece = _cut(train.images[i], SIDES[int(train.labels[i])], rng)
            if is_enough(piece, train.images[i], _ENOUGH) and not _may_be_a_digit(piece):
                image[:] = to_mnist(piece, size, box)
                break
    return images


def keep_side(image: Image, side: Side, share: float, slant: float = 0.0) -> Image:
    """Keep one side of what is drawn.

    Args:
        image: Shape (height, width), uint8; 0 is paper.
        side: The side that is kept.
        share: How much of the ink's width or height is kept, 0 to 1.
        slant: How many columns a cut from top to bottom moves to the right in each row.

    Returns:
        The image with paper in place of the other side.

    Example:
        >>> keep_side(np.array([[0, 1, 2, 3, 4, 0]], np.uint8), "left", 0.5).tolist()
        [[0, 1, 2, 0, 0, 0]]
    """
    across = side in ("left", "right")
    inked = np.flatnonzero(image.any(axis=0 if across else 1))
    if not inked.size:
        return image
    length = share * (inked[-1] + 1 - inked[0])
    rows, columns = np.ogrid[: image.shape[0], : image.shape[1]]
    places = columns - slant * (rows - (len(rows) - 1) / 2) if across else rows
    if side in ("left", "top"):
        return np.where(places < inked[0] + length, image, 0).astype(np.uint8)
    return np.where(places >= inked[-1] + 1 - length, image, 0).astype(np.uint8)


def is_enough(piece: Image, digit: Image, share: float) -> bool:
    """Tell whether a piece has a share of the digit's ink.

    Example:
        >>> digit, piece = np.array([[[9, 9, 9]], [[9, 0, 0]]], np.uint8)
        >>> is_enough(piece, digit, 0.3), is_enough(piece, digit, 0.5)
        (True, False)
    """
    ink = int(piece.sum(dtype=np.int64))
    return ink > 0 and ink >= share * int(digit.sum(dtype=np.int64))


def is_upright_stroke(image: Image) -> bool:
    """Tell from the second moments of ink whether it is one more or less upright stroke.

    Example:
        >>> bar = np.zeros((28, 28), np.uint8)
        >>> bar[4:24, 13:15] = 255
        >>> is_upright_stroke(bar), is_upright_stroke(bar.T)
        (True, False)
    """
    places = np.argwhere(image).astype(np.float64)
    ink = image[image > 0] / image.sum(dtype=np.float64)
    places -= ink @ places
    moments = (places * ink[:, np.newaxis]).T @ places + np.eye(2) / 12  # a pixel's own variance
    (least, most), axes = np.linalg.eigh(moments)
    down, across = np.abs(axes[:, 1])
    return bool(most >= _SLENDER**2 * least and np.arctan2(across, down) < np.deg2rad(_UPRIGHT))


def has_loop(image: Image) -> bool:
    """Tell whether ink that hangs together goes around paper.

    Then its Euler characteristic, vertices less edges plus faces of its pixels, is below 1.

    Example:
        >>> ring = np.array([[0, 9, 0], [9, 0, 9], [0, 9, 0]], np.uint8)
        >>> has_loop(ring), has_loop(ring[:2])
        (True, False)
    """
    faces = np.pad(image > 0, 1)
    across, down = faces[:, 1:] | faces[:, :-1], faces[1:] | faces[:-1]
    vertices = across[1:] | across[:-1]
    return bool(vertices.sum() - across.sum() - down.sum() + faces.sum() < 1)


def _cut(image: Image, sides: tuple[tuple[Side, float], ...], rng: np.random.Generator) -> Image:
    """Keep a side of a digit, without specks."""
    side, most = sides[rng.integers(len(sides))]
    piece = keep_side(image, side, rng.uniform(_LEAST, most), rng.uniform(-_SLANT, _SLANT))
    parts = [part for part in ink_parts(piece, _FAINTEST) if is_enough(part, piece, _SPECK)]
    cleaned: Image = np.maximum.reduce([np.zeros_like(image), *parts])
    return cleaned


def _may_be_a_digit(piece: Image) -> bool:
    """Tell whether a piece, or most of it, is a stroke like a 1, or a loop like that of a 0."""
    parts = ink_parts(piece)
    rows, columns = (np.flatnonzero(piece.any(axis=axis)) for axis in (1, 0))
    height, width = (int(np.ptp(places)) + 1 for places in (rows, columns))
    bar = height > 0.8 * width and piece.sum() > _SOLID * WHITE * height * width
    if bar or height > _TALL * width or any(has_loop(part) for part in parts):
        return True
    main = parts[0] if is_enough(parts[0], piece, 0.6) else piece
    return is_upright_stroke(main)
