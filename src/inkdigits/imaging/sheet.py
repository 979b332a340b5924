"""A sheet of paper on a table -> the sheet alone, as seen from straight above.

Comes in: a picture. Goes out: the sheet in it as a region. What surrounds the sheet is painted over
with more paper, so neither its edge nor the table's grain is taken for ink.
"""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np

from inkdigits.array_types import Bool, Float32, Float64, UInt8
from inkdigits.arrays import WHITE
from inkdigits.imaging.outline import Corners, find_outline
from inkdigits.imaging.picture import Picture
from inkdigits.imaging.region import Region, taken_out
from inkdigits.imaging.scaling import scaled_size

_LEAST = 160  # pixels of the longer side: in smaller pictures none is looked for
_LONGEST = 2048  # pixels of a sheet's side
_SEARCHED = 256  # pixels of the longer side that the paper's colour is looked for in
_EDGE = 2.5  # of those: where sheet and ground mix
_STROKES = 31  # of those: a median as wide takes strokes away
_INK = 25  # grey levels from that median
_NEAR = 12.0  # of those, as a standard deviation: what colours the paper beyond the edge
_FAR = 1e-3  # of full weight: that of the whole paper's colour where none is near
_QUADRANGLE = 0.93  # of four corners the sheet's hull fills so much, or the picture cuts it off
_NORMAL = 1.4826  # standard deviations of a normal distribution in its median absolute deviation

Pixels: TypeAlias = UInt8[np.ndarray, "rows columns 3"]
Mask: TypeAlias = Bool[np.ndarray, "rows columns"]
Colours: TypeAlias = Float32[np.ndarray, "rows columns 3"]
Homography: TypeAlias = Float64[np.ndarray, "3 3"]
Size: TypeAlias = tuple[int, int]  # columns and rows


def take_sheet(picture: Picture) -> Region | None:
    """Take the one sheet of paper out of a picture.

    Args:
        picture: Any.

    Returns:
        The sheet, upright and with right angles if its four corners are seen, otherwise as it lies;
        None where there is none, or nothing but that.

    Example:
        >>> from inkdigits.imaging.picture import picture_of
        >>> table = np.full((200, 240), 60, np.uint8)
        >>> _ = cv2.fillPoly(table, [np.array([[50, 30], [215, 50], [190, 165], [30, 140]])], 230)
        >>> table[70:130, 100:106] = 20  # a stroke
        >>> sheet = take_sheet(picture_of(table))
        >>> sheet.picture.pixels.shape, int(np.median(sheet.picture.pixels[:5]))
        ((114, 163, 3), 230)
    """
    pixels = picture.pixels
    if max(pixels.shape) < _LEAST:
        return None
    corners = find_outline(pixels)
    if corners is None:
        return None
    size, to_whole = _seen_from_above(corners, pixels.shape) or _as_it_lies(corners)
    factor = -(-max(size) // _LONGEST)
    if factor > 1:
        size = size[0] // factor, size[1] // factor
        to_whole = to_whole @ np.diag([factor, factor, 1.0])
    shown = _warped(pixels, to_whole, size, factor)
    outline = cv2.perspectiveTransform(corners[None].astype(np.float64), np.linalg.inv(to_whole))[0]
    return taken_out(picture, _on_paper(shown, outline), to_whole)


def _seen_from_above(corners: Corners, shape: tuple[int, ...]) -> tuple[Size, Homography] | None:
    """Return the size of an upright sheet and its homography, if its four corners are seen."""
    four = cv2.approxPolyN(corners, 4)[0].astype(np.float64)
    if cv2.contourArea(corners) < _QUADRANGLE * cv2.contourArea(four.astype(np.float32)):
        return None
    if any(
        _along_border(side, shape) for side in zip(four, np.roll(four, -1, axis=0), strict=True)
    ):
        return None
    four = _from_upper_left(four)
    lengths = np.hypot(*(np.roll(four, -1, axis=0) - four).T)
    width, height = (round(float(lengths[side::2].mean())) for side in (0, 1))
    upright = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return (width, height), cv2.getPerspectiveTransform(upright, four.astype(np.float32))


def _as_it_lies(corners: Corners) -> tuple[Size, Homography]:
    """Return the size of a box around the sheet, and where it lies."""
    left, top, width, height = cv2.boundingRect(corners)
    return (width, height), np.array([[1, 0, left], [0, 1, top], [0, 0, 1]], np.float64)


def _along_border(side: tuple[np.ndarray, np.ndarray], shape: tuple[int, ...]) -> bool:
    """Whether both ends of a side lie on the same border of the picture, or outside."""
    rows, columns = shape[:2]
    near = 2 * _EDGE * max(shape) / _SEARCHED
    ends = np.array(side)
    low, high = (ends <= near).all(axis=0), (ends >= np.array([columns, rows]) - near).all(axis=0)
    return bool(low.any() or high.any())


def _from_upper_left(four: np.ndarray) -> np.ndarray:
    """Order four corners clockwise, as seen, from where a sheet that is turned least begins."""
    around = four - four.mean(axis=0)
    four = four[np.argsort(np.arctan2(around[:, 1], around[:, 0]))]
    sides = np.roll(four, -1, axis=0) - four
    return np.roll(four, -int(np.argmax(sides[:, 0] / np.hypot(*sides.T))), axis=0)


def _warped(pixels: Pixels, to_whole: Homography, size: Size, factor: int) -> Pixels:
    """Return what a homography shows, from pixels that are reduced by a factor first."""
    rows, columns = pixels.shape[:2]
    reduced = (max(1, columns // factor), max(1, rows // factor))
    if factor > 1:
        pixels = cv2.resize(pixels, reduced, interpolation=cv2.INTER_AREA)
        to_whole = np.diag([reduced[0] / columns, reduced[1] / rows, 1.0]) @ to_whole
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    shown: Pixels = cv2.warpPerspective(
        pixels, to_whole, size, flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return shown


def _on_paper(shown: Pixels, outline: np.ndarray) -> Pixels:
    """Paint over what lies outside of a sheet's outline: coloured like the paper, and as grainy."""
    rows, columns = shown.shape[:2]
    width = 1 + 2 * max(1, round(_EDGE * max(rows, columns) / _SEARCHED))
    filled = cv2.fillConvexPoly(
        np.zeros((rows + 2, columns + 2), np.uint8), (outline + 1).round().astype(np.int32), 1
    )
    sheet = cv2.erode(filled, np.ones((width, width), np.uint8), borderValue=0)[1:-1, 1:-1] > 0
    paper = _paper(shown, sheet)
    drawn = paper + np.random.default_rng(0).normal(0, _grain(shown, sheet), (rows, columns, 1))
    return np.where(sheet[..., None], shown, drawn.clip(0, WHITE).round()).astype(np.uint8)


def _paper(shown: Pixels, sheet: Mask) -> Colours:
    """Return the colour of the paper everywhere, from that without ink near by, or all of it."""
    rows, columns = shown.shape[:2]
    factor = max(1.0, max(rows, columns) / _SEARCHED)
    size = scaled_size(shown.shape, 1 / factor)
    small = cv2.resize(shown, size, interpolation=cv2.INTER_AREA)
    ink = cv2.absdiff(small, cv2.medianBlur(small, _STROKES)).max(axis=2) > _INK
    known = cv2.resize(sheet.view(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    bare = (known & ~ink).astype(np.float32)
    colours = small * bare[..., None]
    mean = colours.sum(axis=(0, 1)) / max(bare.sum(), 1.0)
    # H. Knutsson and C.-F. Westin, "Normalized and Differential Convolution", 1993.
    blurred, weight = (cv2.GaussianBlur(each, (0, 0), _NEAR) for each in (colours, bare))
    paper = (blurred + _FAR * mean) / (weight[..., None] + _FAR)
    everywhere: Colours = cv2.resize(paper, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return everywhere


def _grain(shown: Pixels, sheet: Mask) -> float:
    """Return the standard deviation of the noise of a sheet, by how neighbours differ."""
    green = shown[..., 1].astype(np.int16)
    steps = abs(np.diff(green, axis=1))[sheet[:, 1:] & sheet[:, :-1]]
    return _NORMAL * float(np.median(steps)) / np.sqrt(2) if len(steps) else 0.0
