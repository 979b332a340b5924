"""Digits that MNIST lacks: 1s with an upstroke, crossed 7s, slashed 0s.

Comes in: how many, a source of randomness. Goes out: images in the form of MNIST with their labels.
MNIST's writers were Americans (P. Grother, "NIST Special Database 19", 1995), and nearly all their
1s are a plain stroke: a network that knows no others takes a 1 with a long upstroke, as much of
Europe and Latin America writes it, for a 7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from inkdigits.arrays import Images, Labels
from inkdigits.imaging.courses import Course, Hand, Point, bent, draw_by_hand, straight
from inkdigits.imaging.normalise import to_mnist

# Ten units high; x to the right and y down from where both strokes meet. Angles in degrees are
# those between the two: whoever writes a 1 so keeps it narrow, as the wide one is a 7.
_UPSTROKE = (18.0, 48.0), (2.5, 8.5)  # angle, length
_BAR = (70.0, 98.0), (4.5, 7.5)
_UP_BEND = 0.04  # of the upper stroke's length, as a standard deviation
_FOOT = 0.2  # of the 1s stand on a stroke
_SERIF = 0.2  # of the 7s begin with one
_CROSSED = 0.8  # of the 7s
_HAND = Hand(rotation=8.0, shear=(-0.4, 0.15), stretch=1.2, bend=0.03)
_FINE_HAND = replace(_HAND, pen=(0.06, 0.12))  # a thicker pen fills what the slash leaves


def draw_numerals(n: int, rng: np.random.Generator) -> tuple[Images, Labels]:
    """Draw 1s with an upstroke, every second one, 7s, most of them crossed, and slashed 0s.

    Args:
        n: Number of images.
        rng: Source of randomness.

    Returns:
        Shape (n, 28, 28), uint8, as `to_mnist` returns them; shape (n,), uint8: what they show.

    Example:
        >>> images, labels = draw_numerals(8, np.random.default_rng(0))
        >>> images.max(axis=(1, 2)).tolist(), labels.tolist()
        ([255, 255, 255, 255, 255, 255, 255, 255], [1, 7, 1, 0, 1, 7, 1, 0])
    """
    images = np.zeros((n, 28, 28), np.uint8)
    labels = np.resize(np.array([1, 7, 1, 0], np.uint8), n)
    for image, label in zip(images, labels.tolist(), strict=True):
        figure, hand = _FIGURES[label]
        image[:] = to_mnist(draw_by_hand(figure(rng), hand, rng))
    return images, labels


def _one(rng: np.random.Generator) -> list[Course]:
    """Return a stroke up and down, and perhaps one to stand on."""
    foot = np.array([rng.normal(0.0, 0.4), 10.0])
    strokes = [_two_strokes(_end(_UPSTROKE, rng), foot, 0.25, rng)]
    if rng.random() < _FOOT:
        half = np.array([rng.uniform(1.2, 3.2), rng.normal(0.0, 0.3)])
        strokes.append(straight(np.stack([foot - half, foot + half])))
    return strokes


def _seven(rng: np.random.Generator) -> list[Course]:
    """Return a bar and a stroke down, and perhaps one across it."""
    foot = np.array([rng.uniform(-4.5, -0.5), 10.0])
    left = _end(_BAR, rng)
    first = _two_strokes(left, foot, 0.4, rng)
    if rng.random() < _SERIF:
        serif = left + np.array([rng.normal(0.0, 0.3), rng.uniform(0.8, 2.0)])
        first = np.concatenate([serif[np.newaxis], first])
    strokes = [first]
    if rng.random() < _CROSSED:
        middle, width = foot * rng.uniform(0.4, 0.6), rng.uniform(1.3, 2.8)
        half = width * np.array([1.0, rng.normal(-0.15, 0.2)])
        strokes.append(straight(np.stack([middle - half, middle + half])))
    return strokes


def _zero(rng: np.random.Generator) -> list[Course]:
    """Return a loop and a stroke through it, from its upper right to its lower left."""
    width = rng.uniform(2.2, 3.6)
    turns = np.linspace(0, 2 * np.pi, 9) - rng.uniform(0.0, np.pi)
    loop = bent(np.column_stack([width * np.sin(turns), 5.0 - 5.0 * np.cos(turns)]))
    half = np.array([width, -5.0]) * rng.uniform(0.5, 1.1, 2)
    middle = np.array([0.0, 5.0])
    return [loop, straight(np.stack([middle - half, middle + half]))]


def _end(reach: tuple[tuple[float, float], tuple[float, float]], rng: np.random.Generator) -> Point:
    """Return where a stroke begins that ends at the top, at an angle and of a length."""
    angles, lengths = reach
    angle = np.deg2rad(rng.uniform(*angles))
    return rng.uniform(*lengths) * np.array([-np.sin(angle), np.cos(angle)])


def _two_strokes(begin: Point, foot: Point, bend: float, rng: np.random.Generator) -> Course:
    """Return one course from a beginning to the top and on to the foot, both strokes bent."""
    top = np.zeros(2)
    across = np.array([-begin[1], begin[0]])
    up = bent(np.stack([begin, begin / 2 + rng.normal(0.0, _UP_BEND) * across, top]))
    middle = foot / 2 + np.array([rng.normal(0.0, bend), 0.0])
    return np.concatenate([up, bent(np.stack([top, middle, foot]))[1:]])


_FIGURES: Mapping[int, tuple[Callable[[np.random.Generator], list[Course]], Hand]] = {
    1: (_one, _HAND),
    7: (_seven, _HAND),
    0: (_zero, _FINE_HAND),
}
