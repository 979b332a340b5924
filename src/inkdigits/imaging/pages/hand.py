"""One writer's hand on one page: how large, how slanted, with which pen, and single signs by it.

Comes in: small images and a style of writing. Goes out: glyphs, each with its strokes and its
outline, not yet on a line. It does not know what is written beside what.

Lengths here are in units: a unit is a pixel of the small images, so a digit is about 20 high.
"""

from __future__ import annotations

import string
from dataclasses import dataclass

import cv2
import numpy as np

from inkdigits.array_types import Float, Float32
from inkdigits.arrays import WHITE, Image
from inkdigits.errors import UsageError
from inkdigits.imaging.letters import render_letters
from inkdigits.imaging.pages.pens import CHALK, PENS, Pen
from inkdigits.imaging.pages.strokes import FACTOR, PAD, depth_field, edges
from inkdigits.imaging.pages.style import Range, Writing

HEIGHT = 20  # units: the height of MNIST's digits
STEPS = 3  # rows of an outline for each unit
_SIDE = 64  # units: room for the outline of a digit that is turned and slanted
# Letters that nobody could take for a digit.
LETTERS = "".join(sorted(set(string.ascii_letters) - set("BDGIJOQSZabgijloqsz")))


@dataclass(frozen=True)
class Hand:
    """What stays the same on a page.

    Attributes:
        height: Of a digit, in pixels.
        pen: What it is written with.
        pen_width: Width of the strokes; 1 is as they are in the images.
        opacity: How much of the paper the ink covers.
        slant: Columns per row by which the writing leans to the right.
        spacing: Gap between digits in units.
    """

    height: float
    pen: Pen
    pen_width: float
    opacity: float
    slant: float
    spacing: float

    @property
    def unit(self) -> float:
        """Pixels for each unit."""
        return self.height / HEIGHT


@dataclass(frozen=True, eq=False)
class Glyph:
    """A written sign, the middle of its image at the origin.

    Attributes:
        depth: Its strokes, as `depth_field` returns them.
        matrix: Map from the depth field to units; the second row points down.
        size: Units for each pixel of its image; 1 but for the jitter.
        left: For each row of its outline, `STEPS` to a unit, where the ink begins, in units;
            infinity where there is none. The origin is the middle row.
        right: The same for where the ink ends, minus infinity where there is none.
        digit: Which digit it is; None if it is none.
    """

    depth: Float32[np.ndarray, "rows columns"]
    matrix: Float[np.ndarray, "3 3"]
    size: float
    left: Float[np.ndarray, " steps"]
    right: Float[np.ndarray, " steps"]
    digit: int | None

    @property
    def bottom(self) -> int:
        """Last row of the outline with ink, counted from the origin."""
        return int(np.flatnonzero(np.isfinite(self.left))[-1]) - len(self.left) // 2


def draw_hand(writing: Writing, dark: bool, rng: np.random.Generator) -> Hand:
    """Draw how a page is written.

    Args:
        writing: The style.
        dark: Whether the ground is dark; then the pen is chalk.
        rng: Source of randomness.
    """
    pen = PENS[writing.pens[rng.integers(len(writing.pens))]]
    pen = CHALK if dark else pen
    return Hand(
        height=_logarithmic(writing.height, rng),
        pen=pen,
        pen_width=pen.width * rng.uniform(*writing.pen_width),
        opacity=rng.uniform(*writing.opacity),
        slant=rng.uniform(-1, 1) * writing.slant,
        spacing=HEIGHT * rng.uniform(*writing.spacing),
    )


def write(
    image: Image, digit: int | None, hand: Hand, writing: Writing, rng: np.random.Generator
) -> Glyph:
    """Write a sign by hand.

    Args:
        image: Shape (28, 28), uint8; 0 is paper, 255 is full ink.
        digit: Which digit it is; None if it is none.
        hand: Who writes.
        writing: How much one sign differs from the next.
        rng: Source of randomness.

    Raises:
        UsageError: If the image has no ink.
    """
    depth = depth_field(image, hand.pen_width)
    turn = np.deg2rad(rng.uniform(-1, 1) * writing.rotation)
    slant = hand.slant + rng.uniform(-0.25, 0.25) * writing.slant
    size = 1 + rng.uniform(-1, 1) * writing.height_jitter
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shape = size * rotation @ np.array([[1, -slant], [0, 1]])
    # The middle of the first cell is half a cell from the border of the padded image.
    middle = (np.array(image.shape[::-1]) / 2 + PAD) - 0.5 / FACTOR
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = shape / FACTOR, -shape @ middle
    outline = np.diag([STEPS, STEPS, 1.0]) @ matrix
    outline[:2, 2] += _SIDE * STEPS // 2
    left, right = (
        (edge - _SIDE * STEPS // 2) / STEPS for edge in edges(depth, outline, _SIDE * STEPS)
    )
    if not np.isfinite(left).any():
        raise UsageError(f"every digit must have ink; received one labelled {digit} without")
    return Glyph(depth, matrix, size, left, right, digit)


def draw_letter(rng: np.random.Generator) -> Image:
    """Draw a letter that nobody could take for a digit, shape (28, 28), uint8."""
    letter: Image = render_letters(LETTERS, 1, rng)[0]
    return letter


def draw_sign(rng: np.random.Generator) -> Image:
    """Draw a plus sign, a minus sign or a dash, shape (28, 28), uint8."""
    times = 8
    drawn = np.zeros((28 * times, 28 * times), np.uint8)
    width = round(times * rng.uniform(2, 3))
    reach = round(times * rng.uniform(5, 7))
    lean = round(times * rng.uniform(-0.8, 0.8))
    middle = 14 * times
    # As high above the line as the middle of a digit, which ends at row 24.
    cv2.line(drawn, (middle - reach, middle + lean), (middle + reach, middle - lean), WHITE, width)
    if rng.random() < 0.5:
        top, bottom = (middle + lean, middle - reach), (middle - lean, middle + reach)
        cv2.line(drawn, top, bottom, WHITE, width)
    return np.asarray(cv2.resize(drawn, (28, 28), interpolation=cv2.INTER_AREA), np.uint8)


def _logarithmic(bounds: Range, rng: np.random.Generator) -> float:
    """Draw a number whose logarithm is as likely to be one as another."""
    return float(np.exp(rng.uniform(*np.log(bounds))))
