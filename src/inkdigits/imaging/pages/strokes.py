"""A small grey digit -> its strokes with sharp edges, at any size and of any width.

Comes in: images of 28x28, as MNIST has them. Goes out: depth fields, and from them the share of
each pixel that is covered after turning, slanting and enlarging. It does not know ink or paper.

A depth field says for each place how deep inside a stroke it is, negative outside, in pixels of
the small image. It is smooth, so it may be enlarged and turned freely: the edge, where the depth
is 0, stays an edge, and a thicker pen adds to the depth.
"""

from __future__ import annotations

import cv2
import numpy as np

from inkdigits.array_types import Bool, Float, Float32
from inkdigits.arrays import WHITE, Image
from inkdigits.imaging.pages.truth import InkBox

FACTOR = 6  # cells of a depth field for each pixel of the image, along each axis
PAD = 2  # pixels of paper added on each side, for thicker pens
OUTSIDE = -8.0  # depth assumed beyond the field
# At one half, hairlines break in 1 % of MNIST's digits, and in 2.8 % with a pen of 0.65. Here it
# is 0.9 % and 1.6 %, for 5 % more ink.
_CUT = 0.45
_BLOB = 1.2  # a stroke this many times wider than the median is a blot; it is thinned like others
_OVERSAMPLE_BELOW = 96  # pixels: smaller digits are drawn larger and averaged


def depth_field(image: Image, pen_width: float = 1) -> Float32[np.ndarray, "rows columns"]:
    """Find how deep inside a stroke each place of a digit is.

    The digit is enlarged smoothly, corrected once towards the averages of the image (iterative
    back-projection, which `enlarge` in `cells` does at length), cut a little below one half,
    and measured by the Euclidean distance to the edge. A thin pen takes the same share from wide
    and narrow strokes, so most narrow ones do not break.

    Args:
        image: Shape (height, width), uint8; 0 is paper, 255 is full ink.
        pen_width: Width of the strokes, as a multiple of what it is in the image.

    Returns:
        Shape ((height + 2 PAD) FACTOR, (width + 2 PAD) FACTOR), float32, pixels of the image.

    Example:
        >>> bar = np.zeros((28, 28), np.uint8)
        >>> bar[4:24, 12:16] = 255  # four pixels wide
        >>> round(float(depth_field(bar).max())), round(float(depth_field(bar, 0.5).max()))
        (2, 1)
    """
    drawn = _enlarge(np.pad(image, PAD)) > _CUT
    if not drawn.any():
        return np.full(drawn.shape, OUTSIDE, np.float32)
    inside, outside = (_distance(part) for part in (drawn, ~drawn))
    depth = np.where(drawn, inside - 0.5, 0.5 - outside) / FACTOR
    half = _half_width(inside / FACTOR)
    depth = depth + (pen_width - 1) * half
    return cv2.GaussianBlur(depth.astype(np.float32), (0, 0), FACTOR / 8)


def cover(
    depth: Float32[np.ndarray, "rows columns"],
    matrix: Float[np.ndarray, "3 3"],
    pixels_per_unit: float,
) -> tuple[InkBox, Float32[np.ndarray, "height width"]]:
    """Draw strokes on a page.

    Args:
        depth: What `depth_field` returns.
        matrix: Projective map from columns and rows of the depth field to pixels of the page.
        pixels_per_unit: Pixels of the page for one pixel of the small image, at the digit.

    Returns:
        The smallest box on the page that has all ink, and the share of each of its pixels that
        is covered, 0 to 1. Without any ink the box is 0 wide and 0 high.
    """
    left, top, width, height = _reach(depth, matrix)
    times = max(1, int(np.ceil(_OVERSAMPLE_BELOW / (20 * pixels_per_unit))))
    # Pixel centres lie at whole numbers, so the finer grid is shifted by half of what it gains.
    finer = np.array([[times, 0, (times - 1) / 2], [0, times, (times - 1) / 2], [0, 0, 1]])
    move = np.array([[1.0, 0, -left], [0, 1, -top], [0, 0, 1]])
    seen = cv2.warpPerspective(
        depth,
        finer @ move @ matrix,
        (width * times, height * times),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=OUTSIDE,
    )
    fine = np.clip(seen * (pixels_per_unit * times) + 0.5, 0, 1)
    share = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA) if times > 1 else fine
    return _trim(share, left, top)


def _enlarge(image: Image) -> Float32[np.ndarray, "rows columns"]:
    """Enlarge smoothly, and correct what that has changed in the averages."""
    known = image.astype(np.float32) / WHITE
    small = known.shape[::-1]
    large = (small[0] * FACTOR, small[1] * FACTOR)
    picture = cv2.resize(known, large, interpolation=cv2.INTER_CUBIC)
    means = cv2.resize(np.clip(picture, 0, 1), small, interpolation=cv2.INTER_AREA)
    picture = picture + cv2.resize(known - means, large, interpolation=cv2.INTER_CUBIC)
    # The correction leaves waves along the edges, about as long as a pixel of the image.
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), FACTOR / 3), np.float32)


def _distance(part: Bool[np.ndarray, "rows columns"]) -> Float32[np.ndarray, "rows columns"]:
    return np.asarray(cv2.distanceTransform(part.astype(np.uint8), cv2.DIST_L2, 5), np.float32)


def _half_width(inside: Float32[np.ndarray, "rows columns"]) -> Float32[np.ndarray, "rows columns"]:
    """Return half the width of the stroke nearby; beside strokes, of the typical stroke."""
    ridge = cv2.dilate(inside, np.ones((5, 5), np.uint8)) == inside
    typical = float(np.median(inside[ridge & (inside > 0)]))
    reach = 2 * max(1, round(typical * FACTOR)) + 1
    nearby = cv2.dilate(inside, np.ones((reach, reach), np.uint8))
    return np.where(inside > 0, np.minimum(nearby, _BLOB * typical), typical).astype(np.float32)


def edges(
    depth: Float32[np.ndarray, "rows columns"],
    matrix: Float[np.ndarray, "3 3"],
    side: int,
) -> tuple[Float[np.ndarray, " side"], Float[np.ndarray, " side"]]:
    """Find where the ink of each row begins and ends.

    Args:
        depth: What `depth_field` returns.
        matrix: Affine map from columns and rows of the depth field to pixels of a square picture.
        side: Rows and columns of that picture.

    Returns:
        For each row the first and the last pixel with ink, then infinity and minus infinity for
        rows without any.
    """
    seen = cv2.warpAffine(
        depth, matrix[:2], (side, side), borderMode=cv2.BORDER_CONSTANT, borderValue=OUTSIDE
    )
    ink = seen > 0
    filled = ink.any(axis=1)
    first, last = ink.argmax(axis=1), side - 1 - ink[:, ::-1].argmax(axis=1)
    return np.where(filled, first, np.inf), np.where(filled, last, -np.inf)


def _reach(
    depth: Float32[np.ndarray, "rows columns"], matrix: Float[np.ndarray, "3 3"]
) -> tuple[int, int, int, int]:
    """Return a box on the page, generous by two pixels, for the part of a field with ink."""
    rows, columns = (np.flatnonzero((depth > -1).any(axis)) for axis in (1, 0))
    if not rows.size:
        return 0, 0, 1, 1
    xs, ys = (columns[0], columns[-1]), (rows[0], rows[-1])
    corners = np.array([[(x, y) for x in xs for y in ys]], np.float64)
    places = cv2.perspectiveTransform(corners, matrix)[0]
    low, high = np.floor(places.min(axis=0)) - 2, np.ceil(places.max(axis=0)) + 3
    return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])


def _trim(
    share: Float32[np.ndarray, "height width"], left: int, top: int
) -> tuple[InkBox, Float32[np.ndarray, "rows columns"]]:
    """Cut a picture to its ink."""
    rows, columns = (np.flatnonzero((share > 0).any(axis)) for axis in (1, 0))
    if not rows.size:
        return InkBox(left, top, 0, 0), share[:0, :0]
    ink = share[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return InkBox(left + int(columns[0]), top + int(rows[0]), ink.shape[1], ink.shape[0]), ink
