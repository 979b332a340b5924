"""Letters and signs that are no digits, drawn as by hand: with a pen, along strokes of our own.

Comes in: how many, their size, a source of randomness. Goes out: images in the form of MNIST. It
knows no font: OpenCV's Hershey fonts gave way to others in its version 5, and whoever measures by
the letters of a font must not have trained on them.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from inkdigits.arrays import Images
from inkdigits.imaging.courses import Course, Hand, bent, draw_by_hand, straight
from inkdigits.imaging.normalise import to_mnist

# Each stroke is a course of points, x to the right and y down; capitals reach from 0 to 10, small
# letters from 4. A course that begins with ~ is bent, the others have corners. What a person may
# take for a digit is left out: O D Q o for 0; ( ) / | I l i j , ; ! and an arrow upwards for 1;
# Z z for 2; Y y for 4; S s for 5; G b for 6; ] > and J for 7; & B for 8; g q and an a of one
# storey for 9.
_LETTERS = {
    "A": "0,10 4,0 8,10|1.5,6.5 6.5,6.5",
    "C": "~8,2 5.5,0 2,1.5 0.3,5 2,8.6 5.5,10 8,8",
    "E": "7,0 0,0 0,10 7,10|0,5 5.5,5",
    "F": "7,0 0,0 0,10|0,5 5.5,5",
    "H": "0,0 0,10|7,0 7,10|0,5 7,5",
    "K": "0,0 0,10|7,0 0.3,6|2,4.6 7,10",
    "L": "0,0 0,10 6.5,10",
    "M": "0,10 0.5,0 4.5,7 8.5,0 9,10",
    "N": "0,10 0,0 7,10 7,0",
    "P": "0,10 0,0|~0,0.2 4.5,0.2 6.3,2.7 4.5,5.3 0,5.5",
    "R": "0,10 0,0|~0,0.2 4.5,0.2 6.3,2.7 4.5,5.2 0,5.5|2.5,5.5 7,10",
    "T": "0,0 8,0|4,0 4,10",
    "V": "0,0 4,10 8,0",
    "W": "0,0 2.5,10 5,2 7.5,10 10,0",
    "X": "0,0 7,10|7,0 0,10",
    "a": "~0.5,5.2 2.7,4 5,5.3 5,10|~5,6.8 2,6.9 0.3,8.4 2,10 5,8.6",
    "c": "~5.5,5.2 3.5,4 1,5 0.2,7 1,9.2 3.5,10 5.6,8.9",
    "d": "5,0 5,10|~5,6 2.5,4.4 0.3,6.9 2,9.8 5,8.3",
    "e": "~0.3,7 5.3,6.6 4.3,4.4 2,4.3 0.2,7 1.7,9.7 5.5,9.2",
    "f": "~5,0.8 3.3,0 2,2 2,10|0,4.4 4.6,4.4",
    "h": "0,0 0,10|~0,6 2.5,4.2 4.8,5.6 5,10",
    "k": "0,0 0,10|5,4 0.2,7.4|1.6,6.5 5.3,10",
    "m": "0,4 0,10|~0,6 2,4.2 3.8,5.4 4,10|~4,6 6,4.2 7.8,5.4 8,10",
    "n": "0,4 0,10|~0,6 2.5,4.2 4.7,5.6 5,10",
    "p": "0,4 0,14|~0,5.6 2.6,4.1 5,7 2.6,9.8 0,8.6",
    "r": "0,4 0,10|~0,6.5 1.5,4.5 4,4.3",
    "t": "~2,1 2,8.2 3,9.8 5,9.2|0,4.2 4.8,4.2",
    "u": "~0,4 0.2,8.4 2.2,10 5,8|5,4 5,10",
    "v": "0,4 2.7,10 5.4,4",
    "w": "~0,4 1,9.5 3.5,9 4,5 4.6,9 7,9.5 8,4",
    "x": "0,4 5,10|5,4 0,10",
}
_SIGNS = {
    "+": "0,4 8,4|4,0 4,8",
    "-": "0,4 8,4",
    "=": "0,2.5 8,2.5|0,5.5 8,5.5",
    "~": "~0,5 2,3.3 5,4.6 7,3.2",
    "*": "0,4 8,4|2,0.6 6,7.4|6,0.6 2,7.4",
    "?": "~0,2.5 1,0.3 4,0 5.5,2 4,4.3 2.8,5.5 2.8,7|2.8,10 2.9,10.1",
    "#": "2.5,0 1.5,9|6.5,0 5.5,9|0,3 8.5,3|0,6.3 8.5,6.3",
    "%": "8,0 0,10|~1.6,0 3,1.6 1.6,3.2 0.2,1.6 1.6,0|~6.5,6.8 7.9,8.4 6.5,10 5.1,8.4 6.5,6.8",
    "@": "~6.5,3.4 4.4,2.8 3,5 4.4,7 6.4,5.4 6.8,3 6.6,6.8 8.6,6.6 9.4,4 7,0.6 3.6,0.3 0.4,4 "
    "1.4,8.4 5,10 8.6,9",
    "<": "7,0 0,4 7,8",
    "[": "3.5,0 0,0 0,10 3.5,10",
    ":": "0,0 0.1,0.1|0,6 0.1,6.1",
    ".": "0,0 0.2,0.1",
    "division": "0,4 8,4|4,1 4.1,1|4,7 4.1,7",
    "cross": "0,0 8,8|8,0 0,8",
    "check": "0,5 3,9 9,0",
    "root": "0,6 1.5,5.5 3.5,10 6,0 11,0",
    "right": "0,4 10,4|7,1 10,4 7,7",
    "left": "10,4 0,4|3,1 0,4 3,7",
    "roof": "0,5 4,0 8,5",
}
_WORDS = (
    "aaccdeeehkmmnnnorrstuuvw"  # what joined letters are taken from, as often as it stands here
)
_IN_WORDS = {
    "o": "~2.6,4 5,7 2.6,10 0.2,7 2.6,4",
    "s": "~4.6,5 2.6,4 0.6,5.3 4.4,8.3 2.8,10 0.2,9",
}

_HAND = Hand(rotation=12.0, shear=(-0.35, 0.35), stretch=1.4, bend=0.05)


def draw_signs(n: int, size: int, box: int, rng: np.random.Generator) -> Images:
    """Draw letters, signs and two or three joined letters, none of which looks like a digit.

    Args:
        n: Number of images: two fifths letters, two fifths signs and for the rest joined letters.
        size: Height and width in pixels.
        box: Length in pixels of the longer side of what is drawn, 1 to `size`.
        rng: Source of randomness.

    Returns:
        Shape (n, size, size), uint8, as `to_mnist` returns them.

    Example:
        >>> draw_signs(3, 28, 20, np.random.default_rng(0)).max(axis=(1, 2)).tolist()
        [255, 255, 255]
    """
    images = np.zeros((n, size, size), np.uint8)
    letters, signs = tuple(_LETTERS), tuple(_SIGNS)
    for i, image in enumerate(images):
        if i % 5 < 2:
            courses = _courses(letters[rng.integers(len(letters))])
        elif i % 5 < 4:
            courses = _courses(signs[rng.integers(len(signs))])
        else:
            courses = _word(rng)
        image[:] = to_mnist(draw_by_hand(courses, _HAND, rng), size, box)
    return images


@cache
def _courses(name: str) -> tuple[Course, ...]:
    """Return the points of each stroke of a letter or sign."""
    text = (_LETTERS | _SIGNS | _IN_WORDS)[name]
    return tuple(_course(stroke) for stroke in text.split("|"))


def _course(stroke: str) -> Course:
    points = np.array([place.split(",") for place in stroke.removeprefix("~").split()], np.float64)
    return bent(points) if stroke.startswith("~") else straight(points)


def _word(rng: np.random.Generator) -> tuple[Course, ...]:
    """Put two or three small letters side by side so that they touch or nearly do."""
    courses: list[Course] = []
    end = 0.0
    for _ in range(rng.integers(2, 4)):
        letter = _courses(_WORDS[rng.integers(len(_WORDS))])
        courses += [course + np.array([end, 0.0]) for course in letter]
        end = max(float(course[:, 0].max()) for course in courses) + rng.uniform(-0.2, 0.9)
    return tuple(courses)
