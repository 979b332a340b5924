"""Paper: its colour, grain and fibres, rules and squares, specks.

Comes in: the size of a page and a style. Goes out: the empty page. It does not know what will be
written on it, nor the light.
"""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np

from inkdigits.array_types import Float32, UInt8
from inkdigits.arrays import WHITE
from inkdigits.imaging.pages.hand import HEIGHT
from inkdigits.imaging.pages.style import Ground
from inkdigits.imaging.pages.view import View

# Red, green and blue apart, 0 to 255: arithmetic on whole planes is fast.
Planes: TypeAlias = Float32[np.ndarray, "3 height width"]

_DARK = (20, 75)  # brightness of a dark ground
_RULE_COLOURS = ((120, 150, 210), (150, 170, 190), (70, 90, 160), (140, 180, 170), (130, 130, 130))
_MARGIN_COLOUR = (215, 110, 120)
_MOST_RULES = 400
_SHIFT = 4  # binary places of coordinates, for lines between whole pixels


def empty_page(view: View, ground: Ground, dark: bool, rng: np.random.Generator) -> Planes:
    """Make paper with its grain.

    Args:
        view: Gives the size.
        ground: The style.
        dark: Whether the ground is dark.
        rng: Source of randomness.
    """
    brightness = rng.uniform(*(_DARK if dark else ground.brightness))
    tint = 1 + ground.tint * rng.uniform(-0.12, 0.12, 3) * (1, 0.5, 1)
    colour = np.clip(brightness * tint, 0, WHITE).astype(np.float32)
    planes = np.empty((3, view.height, view.width), np.float32)
    planes[:] = colour[:, np.newaxis, np.newaxis]
    if ground.grain:
        planes += _grain(view, ground.grain * rng.random(), rng) * np.float32(brightness / WHITE)
    _add_specks(planes, ground, rng)
    return planes


def draw_rules(
    planes: Planes,
    view: View,
    distance: float,
    squared: bool,
    rng: np.random.Generator,
) -> None:
    """Draw horizontal rules, or squares, over the whole page, in place.

    Args:
        planes: The page.
        view: Maps the sheet to the page; a rule goes through y = 0.
        distance: Units between rules.
        squared: Whether there are as many upright ones; otherwise there may be a margin line.
        rng: Source of randomness.
    """
    strength = rng.uniform(0.2, 0.9)
    # Thinner than the strokes, which are some three units wide.
    width = max(1, round(view.scale_at(0, 0) * rng.uniform(0.25, 0.8)))
    mask = np.zeros(planes.shape[1:], np.uint8)
    offset = rng.uniform(0, distance)
    _rule(mask, view, 1, 0.0, distance, width)
    if squared:
        _rule(mask, view, 0, offset, distance, width)
    _tint(planes, mask, _RULE_COLOURS[rng.integers(len(_RULE_COLOURS))], strength)
    if not squared and rng.random() < 0.5:
        mask[:] = 0
        left = view.corners()[:, 0].min()
        # To the left of the writing, which begins at x = 0 or later.
        _line(mask, view, 0, max(left, -HEIGHT) * rng.uniform(0.2, 0.9), width)
        _tint(planes, mask, _MARGIN_COLOUR, strength)


def _grain(view: View, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Return how much brighter or darker paper is: fine grain, clouds, and fibres."""
    size = (view.width, view.height)
    fine = rng.standard_normal((view.height // 2 + 1, view.width // 2 + 1), np.float32)
    clouds = rng.standard_normal((view.height // 24 + 2, view.width // 24 + 2), np.float32)
    fine = np.asarray(cv2.resize(cv2.GaussianBlur(fine, (0, 0), 0.6), size), np.float32)
    clouds = np.asarray(cv2.resize(clouds, size, interpolation=cv2.INTER_CUBIC), np.float32)
    fibres = np.zeros((view.height, view.width), np.uint8)
    for _ in range(round(view.width * view.height * strength / 6000)):
        start = rng.uniform(0, size)
        bend = start + rng.normal(0, 7, (3, 2)).cumsum(axis=0)
        cv2.polylines(fibres, [np.rint(bend).astype(np.int32)], False, 1, 1)
    grain = 5 * fine + 2.5 * clouds + rng.uniform(-9, 5) * fibres
    return np.asarray(strength * grain, np.float32)


def _add_specks(planes: Planes, ground: Ground, rng: np.random.Generator) -> None:
    """Draw dark dots of a pixel or two."""
    _, height, width = planes.shape
    count = rng.poisson(rng.uniform(*ground.specks) * height * width / 100_000)
    for x, y in zip(rng.integers(0, width, count), rng.integers(0, height, count), strict=True):
        side = int(rng.integers(1, 3))
        planes[:, y : y + side, x : x + side] *= np.float32(rng.uniform(0.4, 0.9))


def _rule(
    mask: UInt8[np.ndarray, "height width"],
    view: View,
    axis: int,
    offset: float,
    distance: float,
    width: int,
) -> None:
    """Draw all lines across an axis that the page shows."""
    corners = view.corners()[:, axis]
    first = int(np.floor((corners.min() - offset) / distance))
    last = int(np.ceil((corners.max() - offset) / distance))
    for index in range(first, min(last, first + _MOST_RULES) + 1):
        _line(mask, view, axis, offset + index * distance, width)


def _line(
    mask: UInt8[np.ndarray, "height width"], view: View, axis: int, place: float, width: int
) -> None:
    """Draw the line of the sheet on which a coordinate is `place`."""
    along = view.corners()[:, 1 - axis]
    ends = np.array([[along.min(), place], [along.max(), place]])
    start, end = np.rint(view.project(ends[:, ::-1] if axis == 0 else ends) * 2**_SHIFT)
    first, second = ((int(x), int(y)) for x, y in (start, end))
    cv2.line(mask, first, second, WHITE, width, cv2.LINE_AA, _SHIFT)


def _tint(
    planes: Planes,
    mask: UInt8[np.ndarray, "height width"],
    colour: tuple[int, int, int],
    strength: float,
) -> None:
    """Bring the page nearer to a colour where the mask says so."""
    share = mask * np.float32(strength / WHITE)
    for plane, value in zip(planes, colour, strict=True):
        plane += share * (np.float32(value) - plane)
