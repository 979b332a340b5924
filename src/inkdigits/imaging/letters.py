"""Letters in the form of MNIST: pictures with ink that are no digits.

Comes in: which letters, how many, a source of randomness. Goes out: images. It knows one font,
the Aileron Regular that Pillow carries inside it, so no letter depends on what else is installed.
"""

from __future__ import annotations

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from inkdigits.arrays import WHITE, Image, Images
from inkdigits.imaging.normalise import to_mnist

# How the letters vary. Sizes are about those of the scanned forms that MNIST comes from. Nine in
# ten strokes come out 2.2 to 4.2 pixels wide (twice the area over the outline); MNIST's 1.6 to 3.6.
_FONT_SIZES = (40, 96)
_EXTRA_STROKE = 0.03  # of the font size, on each side of a stroke
_ROTATION = 15.0  # degrees to either side
_SHEAR = 0.3  # columns per row to either side
_STRETCH = 1.25  # in width, or as much narrower


def render_letters(letters: str, n: int, rng: np.random.Generator) -> Images:
    """Draw n letters, each of random size, width, stroke, slant and rotation.

    Args:
        letters: The letters to draw from, A to Z and a to z, each as likely as it is frequent.
        n: Number of images.
        rng: Source of randomness; the first of a longer series are those of a shorter one.

    Returns:
        Shape (n, 28, 28), uint8, as `to_mnist` returns them.

    Raises:
        ValueError: If there are no letters or there is anything but letters among them, or if n
            is negative.

    Example:
        >>> render_letters("AK", 5, np.random.default_rng(0)).shape
        (5, 28, 28)
    """
    if not (letters.isascii() and letters.isalpha()):
        raise ValueError(f"`letters` must be one or more of A-Z and a-z; received {letters!r}")
    if n < 0:
        raise ValueError(f"`n` must be at least 0; received {n}")
    images = np.zeros((n, 28, 28), np.uint8)
    for image in images:
        image[:] = to_mnist(_draw(letters[rng.integers(len(letters))], rng))
    return images


def _draw(letter: str, rng: np.random.Generator) -> Image:
    """Draw one letter in the middle of a picture with room for every movement."""
    size = int(rng.integers(*_FONT_SIZES))
    stroke = rng.uniform(0, _EXTRA_STROKE) * size
    side = 2 * size
    picture = Pillow.new("L", (side, side))
    ImageDraw.Draw(picture).text(
        (side / 2, side / 2),
        letter,
        fill=WHITE,
        font=ImageFont.load_default(size),
        anchor="mm",
        stroke_width=stroke,
    )
    moved = picture.transform(
        (side, side), Pillow.Transform.AFFINE, _movement(side, rng), Pillow.Resampling.BILINEAR
    )
    # Scanned ink is there or not; smooth edges are `to_mnist`'s to make.
    return np.where(np.asarray(moved) > WHITE // 2, WHITE, 0).astype(np.uint8)


def _movement(side: int, rng: np.random.Generator) -> tuple[float, ...]:
    """Draw the six numbers that say where each pixel comes from, about the picture's middle."""
    turn = np.deg2rad(rng.uniform(-_ROTATION, _ROTATION))
    shear = rng.uniform(-_SHEAR, _SHEAR)
    stretch = np.exp(rng.uniform(-1, 1) * np.log(_STRETCH))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = np.array([[1 / stretch, shear], [0.0, 1.0]]) @ rotation
    middle = np.full(2, side / 2)
    shift = middle - matrix @ middle
    return tuple(float(number) for number in np.column_stack([matrix, shift]).ravel())
