"""Ink -> which pixels belong to strokes, each with the threshold that the ink around it needs.

Comes in: ink. Goes out: foregrounds, one for each way to tell strokes from paper. It does not know
which pixels hang together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from inkdigits.arrays import WHITE, Image
from inkdigits.imaging.frames import find_frames
from inkdigits.imaging.ink import Ink, at_least
from inkdigits.imaging.long_lines import Mask
from inkdigits.imaging.quantile import quantile
from inkdigits.imaging.rules import remove_rules

_FAINTEST = 13.0  # of 255: ink that takes less of the light cannot be told from paper
_OVER_NOISE = 3.2  # standard deviations
_UNEVEN = 5.0  # of 255: noise that may be unevenness, where the grain is
_GRAIN = 0.6  # times as much at most
_END = 0.33  # where a stroke ends, as a share of the darkest ink around
_AROUND = 60  # parts of the longer side: how far that ink is looked for
_DARKER = 1.7  # times as dark as ruled lines: strokes that darkness alone tells from them
_ABOVE_LINE = 1.2  # times as dark as ruled lines: where such strokes end


@dataclass(frozen=True, eq=False)
class Foreground:
    """Which ink is that of strokes, in one way to tell it from paper.

    Attributes:
        lowest: The least ink that counts.
        levels: Shape (rows, columns), uint8: the darkest ink around each pixel.
        shares: Shape (rows, columns), uint8: ink as a share of that.
        mask: Shape (rows, columns): which pixels belong to strokes.
    """

    lowest: float
    levels: Image
    shares: Image
    mask: Mask


def binarise(ink: Ink) -> list[Foreground]:
    """Tell strokes from paper, from its lines and from frames around them.

    A pixel belongs to a stroke if it has a third of the darkest ink around it, so faint strokes
    count where there are no stronger ones beside. Lines are looked for in all that stands out from
    the grain, for they are faint. On squared paper such faint ink is that of strokes, too: there
    are so many lines that bare paper does not tell how uneven it is.

    Args:
        ink: What `find_ink` returns.

    Returns:
        One foreground, or the likeliest first: where paper is much more uneven than it is grainy,
        also one with all ink that stands out from less than this unevenness.

    Example:
        >>> values = np.zeros((40, 60), np.uint8)
        >>> values[10:30, 20:24], values[10:30, 40:44] = 200, 90
        >>> (one,) = binarise(Ink(values, values, bright=False, noise=0.0, grain=0.0))
        >>> int(one.mask.sum()), int(one.levels[20, 22]), int(one.shares[20, 22])
        (160, 200, 255)
    """
    darkest = _darkest_around(ink.values)
    fine = _above(ink.values, darkest, ink.grain)
    frames = find_frames(fine.mask)
    unframed = fine.mask & ~frames
    left = remove_rules(unframed, (ink.values, ink.grey))
    lines = unframed & ~left.mask
    if left.squared:
        seen = [fine]
    else:
        seen = [_above(ink.values, darkest, ink.noise)]
        if ink.noise > _UNEVEN and ink.grain < _GRAIN * ink.noise:
            seen.append(_above(ink.values, darkest, (ink.noise + ink.grain) / 2))
    return [_without(each, frames, lines, ink.values) for each in seen]


def _without(seen: Foreground, frames: Mask, lines: Mask, values: Image) -> Foreground:
    """Return a foreground without frames and lines."""
    mask = seen.mask & ~frames
    return replace(seen, mask=_by_darkness(mask, mask & ~lines, values))


def _above(values: Image, darkest: Image, noise: float) -> Foreground:
    """Return all ink that stands out from so much noise, lines as well."""
    lowest = min(max(_FAINTEST, _OVER_NOISE * noise), float(WHITE))
    levels = darkest.copy()
    at_least(levels, max(1, round(lowest)))
    shares = cv2.divide(values, levels, scale=WHITE)
    return Foreground(lowest, levels, shares, (shares > _END * WHITE) & (values > lowest))


def _by_darkness(mask: Mask, left: Mask, values: Image) -> Mask:
    """Return what is left without lines; by their faintness where strokes are much darker."""
    lines = mask & ~left
    if not lines.any() or not left.any():
        return left
    line = quantile(values[lines], 0.85)
    if quantile(values[left], 0.75) > _DARKER * line:
        return mask & (values > _ABOVE_LINE * line)
    return left


def _darkest_around(values: Image) -> Image:
    """Return the darkest ink around each pixel, smoothed."""
    side = max(7, max(values.shape) // _AROUND) | 1
    smooth = cv2.blur(values, (3, 3))
    around = cv2.blur(cv2.dilate(smooth, np.ones((side, side), np.uint8)), (side, side))
    darkest: Image = cv2.max(around, smooth)
    return darkest
