"""Courses of a pen: points along a stroke, moved as hands differ, and drawn with a round pen.

Comes in: points, x to the right and y down, a figure about ten units high. Goes out: a picture in
which they are drawn. It does not know what they show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inkdigits.array_types import Float64
from inkdigits.arrays import WHITE, Image

_UNIT = 6.0  # pixels
STEPS = 6  # from one point of a course to the next
_SHAKE = 0.3  # standard deviation of a point, in units
_FINE = 16  # OpenCV draws to a sixteenth of a pixel

Point = Float64[np.ndarray, " 2"]
Course = Float64[np.ndarray, "points 2"]


@dataclass(frozen=True)
class Hand:
    """How far figures differ from one another.

    Attributes:
        rotation: Degrees to either side.
        shear: Columns per row, least and most; below 0 for what leans to the right.
        stretch: In width, or as much narrower.
        bend: Of the length, to either side.
        pen: Its width as a share of the longer side, thinnest and thickest: 1.4 to 3.4 pixels of
            MNIST's 20.
    """

    rotation: float
    shear: tuple[float, float]
    stretch: float
    bend: float
    pen: tuple[float, float] = (0.07, 0.17)


def bent(points: Course) -> Course:
    """Return a smooth course through points: a uniform Catmull-Rom spline.

    E. Catmull and R. Rom, "A Class of Local Interpolating Splines", 1974.

    Args:
        points: Shape (n, 2), at least two.

    Returns:
        Shape ((n - 1) * `STEPS` + 1, 2).

    Example:
        >>> bent(np.array([[0.0, 0.0], [3.0, 3.0], [6.0, 0.0]]))[::3].round(2).tolist()
        [[0.0, 0.0], [1.31, 1.69], [3.0, 3.0], [4.69, 1.69], [6.0, 0.0]]
    """
    n = len(points)
    t = np.arange(STEPS)[:, np.newaxis] / STEPS
    weights = np.hstack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2]
    )
    matrix = np.zeros(((n - 1) * STEPS + 1, n))
    for i in range(n - 1):
        for j, column in enumerate(np.clip([i - 1, i, i + 1, i + 2], 0, n - 1)):
            matrix[i * STEPS : (i + 1) * STEPS, column] += weights[:, j] / 2
    matrix[-1, -1] = 1.0
    course: Course = matrix @ points
    return course


def straight(points: Course) -> Course:
    """Put points between corners, so that a straight stroke too can be bent by a hand.

    Example:
        >>> straight(np.array([[0.0, 0.0], [6.0, 0.0]]))[:, 0].tolist()
        [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    """
    places = np.linspace(0, len(points) - 1, (len(points) - 1) * STEPS + 1)
    corners = np.arange(len(points))
    return np.column_stack([np.interp(places, corners, points[:, axis]) for axis in (0, 1)])


def draw_by_hand(courses: Sequence[Course], hand: Hand, rng: np.random.Generator) -> Image:
    """Shake, bend, stretch, slant and turn courses, all by random amounts, and draw them.

    Args:
        courses: What to draw, in units.
        hand: How far it is changed.
        rng: Source of randomness.

    Returns:
        uint8; 0 is paper, 255 is full ink; just large enough.

    Example:
        >>> hand = Hand(rotation=0.0, shear=(0.0, 0.0), stretch=1.0, bend=0.0)
        >>> line = straight(np.array([[0.0, 0.0], [0.0, 10.0]]))
        >>> height, width = draw_by_hand([line], hand, np.random.default_rng(0)).shape
        >>> height > 3 * width
        True
    """
    turn = np.deg2rad(rng.uniform(-hand.rotation, hand.rotation))
    shear, stretch = rng.uniform(*hand.shear), hand.stretch ** rng.uniform(-1, 1)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = _UNIT * rotation @ np.array([[1.0, shear], [0.0, 1.0]]) @ np.diag([stretch, 1.0])
    length = max(float(np.ptp(np.concatenate(courses), axis=0).max()), 1.0)
    bends, phases = rng.uniform(-hand.bend, hand.bend, 2) * length, rng.uniform(0, 2 * np.pi, 2)
    moved = [
        (each + bends * np.sin(2 * np.pi * each[:, ::-1] / length + phases)) @ matrix.T
        for each in (_shake(course, rng) for course in courses)
    ]
    return _draw(moved, rng.uniform(*hand.pen))


def _shake(course: Course, rng: np.random.Generator) -> Course:
    """Move the ends of a stroke, and what lies between them accordingly; a dot stays a dot."""
    if abs(course[-1] - course[0]).max() < 1 and len(course) == STEPS + 1:
        return course
    along = np.arange(len(course))[:, np.newaxis] / (len(course) - 1)
    first, last = rng.normal(0.0, _SHAKE, (2, 2))
    shaken: Course = course + first + along * (last - first)
    return shaken


def _draw(courses: list[Course], share: float) -> Image:
    """Draw courses with a round pen on a picture that is just large enough."""
    points = np.concatenate(courses)
    low, high = points.min(axis=0), points.max(axis=0)
    pen = max(2, round(float((high - low).max()) * share))
    width, height = (np.ceil(high - low).astype(int) + 2 * pen + 2).tolist()
    picture = np.zeros((height, width), np.uint8)
    fine = [np.rint((course - low + pen + 1) * _FINE).astype(np.int32) for course in courses]
    cv2.polylines(picture, fine, False, WHITE, pen, shift=4)
    return picture
