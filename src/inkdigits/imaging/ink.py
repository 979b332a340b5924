"""A picture in colours -> how much ink lies on each pixel, whatever the paper and the light.

Comes in: upright pixels. Goes out: ink, from 0 where there is nothing but paper. It does not know
what the ink shows.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkdigits.array_types import UInt8
from inkdigits.arrays import WHITE, Image
from inkdigits.imaging.quantile import quantile, quantiles
from inkdigits.imaging.scaling import reduce_to, scaled_size

_SMALL = 256  # the longer side of the reduced picture in which the paper is looked for
_NEAR = 51  # of its pixels: much more than a stroke is wide, less than most shadows
_NARROW = 21  # of its pixels: more than most strokes are wide, less than what lies beside shadows
_FAR = 151  # the same for very thick strokes: more than half of the picture
_SMOOTH = 3.0  # standard deviation that takes the steps out of a median
_DIMMEST = 48  # grey levels: of darker paper no share of its light can be told
_SHADOW = 41  # of its pixels: no usual stroke is as wide, and few shadows are narrower
_SPECKS = 5  # of its pixels: dots and thin strokes that would hide a shadow
_EDGE = 1.5  # standard deviation that smooths the edges of shadows
_GRAINY = 6.0  # noise from which on a picture is smoothed
_GRAIN = 1.0  # the standard deviation of that
_FINE = 300  # pixels of the longer side: smaller pictures have strokes too thin for that
_PATCH, _SEARCHED = 5, 11  # pixels: what is compared in these, and where
_TILES = 8  # along each side, for the noise
_SAMPLES = 400  # rows and columns that the noise is measured on
_APART = 16  # pixels that are looked at first, to tell a grey picture

# Red, green and blue, or one channel where these are alike: then nothing is worked out three times.
Pixels = UInt8[np.ndarray, "rows columns *channels"]


@dataclass(frozen=True, eq=False)
class Ink:
    """How much ink lies where.

    Attributes:
        values: Shape (rows, columns), uint8: which share of the paper's light dark ink takes
            away, or which share of what is missing to white bright ink adds; 255 for all of it.
            Of the three colours the one that shows most counts.
        grey: Shape (rows, columns), uint8: the same of the colour that shows least.
        bright: Whether the ink is brighter than the paper.
        noise: What `values` reach on bare paper, as a standard deviation.
        grain: What they differ by among one another there; less where the paper was taken to be
            darker than it is, since many lines run across it.
    """

    values: Image
    grey: Image
    bright: bool
    noise: float
    grain: float


def find_ink(pixels: Pixels, *, thick: bool = False) -> Ink:
    """Tell ink from paper.

    The paper is the median of a wide window around each pixel, so it may be lit unevenly and of
    any colour; up to the edges of shadows it is as dark as these. Whether ink is darker or brighter
    than paper is decided once for the picture: by the side on which more stands out. Of the three
    channels the one that shows most counts.

    Args:
        pixels: Shape (rows, columns, 3), uint8: red, green, blue.
        thick: Whether strokes are so thick that the window must span half of the picture.

    Returns:
        The ink.

    Example:
        >>> page = np.full((40, 60, 3), 200, np.uint8)
        >>> page[10:30, 30:33] = (20, 20, 150)  # a blue stroke
        >>> ink = find_ink(page)
        >>> ink.bright, int(ink.values[20, 31]), int(ink.values[20, 5])
        (False, 230, 0)
    """
    pixels = _without_copies(pixels)
    small = _reduce(pixels)
    paper = _paper(small, _FAR if thick else _NEAR)
    bright = _is_bright(small, paper)
    if not thick:
        paper = _follow_shadows(small, paper, bright)
    rows, columns = pixels.shape[:2]
    paper = cv2.resize(paper, (columns, rows), interpolation=cv2.INTER_LINEAR)
    noise, grain = _noise(pixels, paper, bright)
    if noise > _GRAINY:
        light = float(paper.mean())
        pixels = _without_grain(pixels, noise * (WHITE - light if bright else light) / WHITE)
        noise, grain = _noise(pixels, paper, bright)
    return Ink(*_shares(pixels, paper, bright), bright, noise, grain)


def _without_copies(pixels: Pixels) -> Pixels:
    """Return one channel, shape (rows, columns), of a picture whose three channels are alike."""
    few = pixels[::_APART, ::_APART]
    if (few == few[..., :1]).all():
        first, *others = cv2.split(pixels)
        if all(np.array_equal(first, other) for other in others):
            return first
    return pixels


def _reduce(pixels: Pixels) -> Pixels:
    """Return the picture with a longer side of `_SMALL` pixels at most."""
    factor = min(1.0, _SMALL / max(pixels.shape[:2]))
    # Nearest first: the mean of 64 pixels tells the paper as well as that of thousands.
    step = max(1, int(1 / factor) // 8)
    return reduce_to(pixels[::step, ::step], scaled_size(pixels.shape, factor))


def _paper(small: Pixels, window: int) -> Pixels:
    """Return the smoothed median of a window around each pixel; pictures are mirrored outside."""
    rows, columns = small.shape[:2]
    framed, half = _framed(small, window)
    if half < 1:
        paper: Pixels = np.broadcast_to(np.median(small, axis=(0, 1)), small.shape).astype(np.uint8)
        return paper
    medians = [cv2.medianBlur(channel, 2 * half + 1) for channel in cv2.split(framed)]
    median = cv2.merge(medians)[half : half + rows, half : half + columns]
    smooth: Pixels = cv2.GaussianBlur(median, (0, 0), _SMOOTH)
    return smooth


def _is_bright(small: Pixels, paper: Pixels) -> bool:
    """Whether more of the ink is brighter than the paper than is darker.

    What stands out in a narrow window as well counts twice. Strokes do; a strip of light between a
    shadow and the border does not, since that window sees nothing else there.
    """
    grounds = paper, cv2.medianBlur(small, _NARROW)
    brighter = sum(_weight(cv2.subtract(small, ground)) for ground in grounds)
    darker = sum(_weight(cv2.subtract(ground, small)) for ground in grounds)
    return brighter > darker


def _framed(small: Pixels, window: int) -> tuple[Pixels, int]:
    """Mirror a picture outwards by half a window, or as far as it reaches; return how far, too."""
    half = min(window // 2, *(side - 1 for side in small.shape[:2]))
    framed: Pixels = cv2.copyMakeBorder(small, half, half, half, half, cv2.BORDER_REFLECT)
    return framed, half


def _follow_shadows(small: Pixels, paper: Pixels, bright: bool) -> Pixels:
    """Make paper as dark as the shadows on it, up to their edges, where a median is too light.

    What is wider than any stroke stays dark when a picture is closed (J. Serra, "Image Analysis and
    Mathematical Morphology", 1982). With bright ink, light is followed in place of shadow.
    """
    rows, columns = small.shape[:2]
    framed, half = _framed(cv2.medianBlur(small, _SPECKS), _SHADOW)
    if half < 1:
        return paper
    window = np.ones((2 * half + 1, 2 * half + 1), np.uint8)
    closed = cv2.morphologyEx(framed, cv2.MORPH_OPEN if bright else cv2.MORPH_CLOSE, window)
    ground = cv2.GaussianBlur(closed[half : half + rows, half : half + columns], (0, 0), _EDGE)
    followed: Pixels = cv2.max(paper, ground) if bright else cv2.min(paper, ground)
    return followed


def _without_grain(pixels: Pixels, grain: float) -> Pixels:
    """Smooth a picture; a small one by the mean of what looks alike, which leaves thin strokes.

    Source of that: A. Buades, B. Coll and J.-M. Morel, "A Non-Local Algorithm for Image Denoising",
    2005.

    Args:
        pixels: Shape (rows, columns, 3), or without the last for grey, uint8.
        grain: Standard deviation of its noise in grey levels.
    """
    if max(pixels.shape) >= _FINE:
        smooth: Pixels = cv2.GaussianBlur(pixels, (0, 0), _GRAIN)
        return smooth
    channels = [
        cv2.fastNlMeansDenoising(
            channel, h=grain, templateWindowSize=_PATCH, searchWindowSize=_SEARCHED
        )
        for channel in cv2.split(pixels)
    ]
    denoised: Pixels = cv2.merge(channels)
    return denoised


def _shares(pixels: Pixels, paper: Pixels, bright: bool) -> tuple[Image, Image]:
    """Return which share of the light bright ink adds, or dark ink takes away.

    Returns:
        That of the channel with the largest and that of the one with the smallest.
    """
    if bright:
        shares = _share(cv2.subtract(pixels, paper), 255 - paper)
    else:
        shares = _share(cv2.subtract(paper, pixels), paper.copy())
    return _largest(shares), _least(shares)


def _share(difference: Pixels, light: Pixels) -> Pixels:
    """Return the channels' differences, each as a share of the light there.

    Both are overwritten.
    """
    at_least(light, _DIMMEST)
    shares: Pixels = cv2.divide(difference, light, dst=difference, scale=WHITE)
    return shares


def _largest(shares: Pixels) -> Image:
    """Return the largest of the channels."""
    largest, *others = cv2.split(shares)
    for other in others:
        cv2.max(largest, other, dst=largest)
    return largest


def _least(shares: Pixels) -> Image:
    """Return the smallest of the channels."""
    least, *others = cv2.split(shares)
    for other in others:
        cv2.min(least, other, dst=least)
    return least


def at_least(pixels: Pixels, level: int) -> None:
    """Raise all darker pixels to a level, in place; NumPy takes seven times as long.

    Example:
        >>> dark = np.array([[3, 30]], np.uint8)
        >>> at_least(dark, 16)
        >>> dark.tolist()
        [[16, 30]]
    """
    each = (level,) * 4  # one for each channel that there may be
    cv2.max(pixels, each, dst=pixels)  # type: ignore[call-overload]  # it is an array or that


def _weight(difference: Pixels) -> float:
    """Tell how much stands out from the paper, to one side."""
    return float(np.square(difference, dtype=np.float32).sum())


def _noise(pixels: Pixels, paper: Pixels, bright: bool) -> tuple[float, float]:
    """Return one standard deviation on bare paper from the paper, and that from its neighbours.

    It is measured on what strays from the paper to the other side than ink does, where there are
    neither strokes nor the lines of squared paper, in most tiles. Half of the paper does not stray
    there, so of a normal distribution 70 % stay below 0.524 standard deviations, and 95 % below
    1.645. Where more than half of it strays, these two are still 1.121 apart.
    """
    steps = [max(1, side // _SAMPLES) for side in pixels.shape[:2]]
    seen, bare = (np.ascontiguousarray(each[:: steps[0], :: steps[1]]) for each in (pixels, paper))
    light = 255 - bare if bright else bare.copy()
    difference = cv2.subtract(bare, seen) if bright else cv2.subtract(seen, bare)
    strayed = _largest(_share(difference, light))
    tiles = [
        tile
        for band in np.array_split(strayed, min(_TILES, strayed.shape[0]))
        for tile in np.array_split(band, min(_TILES, strayed.shape[1]), axis=1)
    ]
    each = np.array([quantiles(tile, (0.7, 0.95)) for tile in tiles])
    near, far = quantile(each[:, 0], 0.5), quantile(each[:, 1], 0.5)
    return near / 0.524, min(near / 0.524, (far - near) / 1.121)
