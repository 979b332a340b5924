"""Where a flat sheet lies in the picture: turned a little and seen from the side.

Comes in: the bounds of the writing. Goes out: the size of the page and the projective map to it.
It does not know what is written.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkdigits.array_types import Float
from inkdigits.errors import UsageError
from inkdigits.imaging.pages.hand import HEIGHT
from inkdigits.imaging.pages.style import Style

_FRINGE = 2.0  # pixels for smooth edges


@dataclass(frozen=True, eq=False)
class View:
    """A page as it is seen.

    Attributes:
        width: Of the page in pixels.
        height: Of the page in pixels.
        matrix: Projective map from units of the sheet to pixels of the page.
    """

    width: int
    height: int
    matrix: Float[np.ndarray, "3 3"]

    def project(self, points: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 2"]:
        """Return where points of the sheet lie on the page."""
        places: Float[np.ndarray, "n 2"] = _project(points, self.matrix)
        return places

    def corners(self) -> Float[np.ndarray, "4 2"]:
        """Return the units of the sheet that lie in the corners of the page."""
        page = _rectangle(0, 0, self.width, self.height)
        places: Float[np.ndarray, "4 2"] = _project(page, np.linalg.inv(self.matrix))
        return places

    def scale_at(self, x: float, y: float) -> float:
        """Return the pixels of the page for one unit at a place of the sheet."""
        a, b, c = self.project(np.array([(x, y), (x + 1, y), (x, y + 1)], np.float64))
        return float(np.sqrt(abs(np.linalg.det(np.stack([b - a, c - a])))))


def draw_view(
    bounds: tuple[float, float, float, float],
    unit: float,
    style: Style,
    rng: np.random.Generator,
) -> View:
    """Draw how a sheet is seen.

    Args:
        bounds: Left, top, right and bottom of the writing in units.
        unit: Pixels for each unit, before perspective.
        style: Margins, size, tilt and perspective.
        rng: Source of randomness.

    Raises:
        UsageError: If the page has a size and the writing does not fit into it.
    """
    left, top, right, bottom = (bound * unit for bound in bounds)
    middle = np.array([(left + right) / 2, (top + bottom) / 2])
    reach = np.array(style.ground.size or [max(right - left, bottom - top)] * 2) / 2 * 1.2
    frame = _rectangle(*(middle - reach), *(middle + reach))
    moved = frame + rng.uniform(-1, 1, (4, 2)) * style.camera.perspective * reach.min()
    turn = cv2.getRotationMatrix2D(tuple(middle), rng.uniform(-1, 1) * style.camera.tilt, 1)
    matrix = (
        np.vstack([turn, [0, 0, 1]])
        @ cv2.getPerspectiveTransform(frame.astype(np.float32), moved.astype(np.float32))
        @ np.diag([unit, unit, 1])
    )
    # All four sides of the writing are straight lines on the page, so its corners bound it.
    places = _project(_rectangle(*bounds), matrix)
    needed = places.max(axis=0) - places.min(axis=0)
    size, start = _fit(needed, unit, style, rng)
    move = np.eye(3)
    move[:2, 2] = start - places.min(axis=0)
    return View(size[0], size[1], move @ matrix)


def _fit(
    needed: Float[np.ndarray, " xy"], unit: float, style: Style, rng: np.random.Generator
) -> tuple[tuple[int, int], Float[np.ndarray, " xy"]]:
    """Return width and height of the page, and where the writing begins on it."""
    least, most = (HEIGHT * unit * margin + _FRINGE for margin in style.ground.margin)
    if style.ground.size is None:
        before, after = rng.uniform(least, most, (2, 2))
        width, height = np.ceil(needed + before + after).astype(int)
        return (int(width), int(height)), before
    room = np.array(style.ground.size) - needed - 2 * least
    if (room < 0).any():
        width, height = np.ceil(needed + 2 * least).astype(int)
        raise UsageError(
            f"`size` must be at least {width} by {height} pixels for this writing; "
            f"received {style.ground.size[0]} by {style.ground.size[1]}"
        )
    return style.ground.size, least + rng.random(2) * room


def _rectangle(left: float, top: float, right: float, bottom: float) -> Float[np.ndarray, "4 2"]:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)


def _project(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.perspectiveTransform(points[np.newaxis].astype(np.float64), matrix)[0])
