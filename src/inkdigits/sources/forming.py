"""Pictures of any size -> images of one size: digits as MNIST has them, or whole pictures.

Comes in: upright pixels, one picture after the other. Goes out: one array. Each picture is made
small as it comes, so that many large ones fit into memory; what depends on all of them, their
common size and whether any has colours, is settled at the end. It does not know labels or files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from inkdigits.array_types import UInt8
from inkdigits.arrays import LARGEST_SIDE, AnyImages, Image, Images, to_colours
from inkdigits.datasets.dataset import Form
from inkdigits.errors import UsageError
from inkdigits.imaging.normalise import is_mnist
from inkdigits.imaging.scaling import scale_to, to_grey, without_tinge
from inkdigits.imaging.single import single_digit

SMALLEST_SIDE = 8
USUAL_SIDE = 28
_KEPT_UP_TO = 64  # pixels: the largest common size that is kept if none is asked for
_MOSTLY = 0.5  # of the images: as many in MNIST's form, and the rest is taken as it is
_PAPER = 2  # grey levels: the border of an image that is light ink on dark

_Pixels = UInt8[np.ndarray, "..."]


@dataclass(frozen=True, eq=False)
class Kept:
    """A picture made small.

    Attributes:
        pixels: Shape (height, width) or (height, width, 3), uint8.
        size: Height and width of the picture as it came.
        done: Whether it is in its final form already.
        whole: Of a digit that was found in a picture, the whole picture, made small; else None.
    """

    pixels: _Pixels
    size: tuple[int, int]
    done: bool = False
    whole: _Pixels | None = None

    def thumbnail(self, channels: int) -> _Pixels:
        """Return the whole picture in 28x28, grey for one channel and in colour for three."""
        pixels = scale_to(self.pixels if self.whole is None else self.whole, USUAL_SIDE)
        if channels == 1:
            return pixels if pixels.ndim == 2 else to_grey(pixels)
        return pixels if pixels.ndim > 2 else to_colours(pixels)


class Former(Protocol):
    """How pictures become images."""

    def keep(self, pixels: _Pixels) -> Kept:
        """Make a picture small; may be called in several threads at once."""

    def finish(self, kept: Sequence[Kept]) -> AnyImages:
        """Return all pictures as images of one size."""


def former(form: Form, side: int | None) -> Former:
    """Return what brings pictures into a form.

    Args:
        form: "digits" or "pictures".
        side: Height and width of pictures; None: the pictures' own, see `PictureFormer`.

    Raises:
        UsageError: If the form is unknown or the side does not fit it.

    Example:
        >>> former("pictures", 8).finish([]).shape
        (0, 8, 8)
    """
    if form not in ("digits", "pictures"):
        raise UsageError(f'`form` must be "digits" or "pictures"; received "{form}"')
    if side is not None and not SMALLEST_SIDE <= side <= LARGEST_SIDE:
        raise UsageError(
            f"`side` must be between {SMALLEST_SIDE} and {LARGEST_SIDE} pixels; received {side}"
        )
    if form == "pictures":
        return PictureFormer(side)
    if side not in (None, USUAL_SIDE):
        raise UsageError(
            f'`side` is for the form "pictures"; digits have {USUAL_SIDE} pixels; received {side}'
        )
    return DigitFormer()


@dataclass(frozen=True)
class PictureFormer:
    """Whole pictures, scaled; grey if none has colours.

    Attributes:
        side: Height and width in pixels; None: the pictures' common size if all are squares of
            the same 8 to 64 pixels, otherwise 28.
    """

    side: int | None

    def keep(self, pixels: _Pixels) -> Kept:
        """Scale a picture, unless it may turn out to have the common size."""
        height, width = pixels.shape[:2]
        side = self.side or (width if _may_stay(height, width) else USUAL_SIDE)
        return Kept(without_tinge(scale_to(pixels, side)), (height, width))

    def finish(self, kept: Sequence[Kept]) -> AnyImages:
        """Return the pictures in one size, and in colour if one of them is."""
        sizes = {each.size for each in kept}
        common = next(iter(sizes)) if len(sizes) == 1 else (0, 0)
        side = self.side or (common[0] if _may_stay(*common) else USUAL_SIDE)
        colour = any(each.pixels.ndim == 3 for each in kept)
        shape = (len(kept), side, side, 3) if colour else (len(kept), side, side)
        images: AnyImages = np.empty(shape, np.uint8)
        for i, each in enumerate(kept):
            scaled = scale_to(each.pixels, side)
            images[i] = to_colours(scaled) if colour and scaled.ndim == 2 else scaled
        return images


class DigitFormer:
    """Digits in the form of MNIST: light ink on dark, 20 pixels long, balanced in 28x28.

    Where most pictures have that form to the pixel already, the others that are light on dark in
    28x28 are taken as they are, too: a few of MNIST's own are cut off at the border.
    """

    def keep(self, pixels: _Pixels) -> Kept:
        """Find the digit, unless the picture may turn out to be an image of MNIST's form."""
        size = (pixels.shape[0], pixels.shape[1])
        if size == (USUAL_SIDE, USUAL_SIDE):
            return Kept(without_tinge(pixels), size)
        return Kept(_digit(pixels), size, done=True, whole=scale_to(pixels, USUAL_SIDE))

    def finish(self, kept: Sequence[Kept]) -> Images:
        """Return the digits."""
        images: Images = np.zeros((len(kept), USUAL_SIDE, USUAL_SIDE), np.uint8)
        pending = [i for i, each in enumerate(kept) if not each.done]
        as_they_are = are_mostly_mnist([kept[i].pixels for i in pending])
        for i, each in enumerate(kept):
            ready = each.done or (as_they_are and _light_on_dark(each.pixels))
            images[i] = each.pixels if ready else _digit(each.pixels)
        return images


def are_mostly_mnist(pictures: Sequence[_Pixels]) -> bool:
    """Tell whether at least half of the pictures are images in the form of MNIST already.

    Example:
        >>> are_mostly_mnist([np.zeros((28, 28), np.uint8)])
        False
    """
    alike = [each for each in pictures if each.shape == (USUAL_SIDE, USUAL_SIDE)]
    if len(alike) < max(1, _MOSTLY * len(pictures)):
        return False
    return int(is_mnist(np.stack(alike)).sum()) >= _MOSTLY * len(pictures)


def _may_stay(height: int, width: int) -> bool:
    return height == width and SMALLEST_SIDE <= height <= _KEPT_UP_TO


def _digit(pixels: _Pixels) -> Image:
    return single_digit(to_colours(pixels) if pixels.ndim == 2 else pixels)


def _light_on_dark(pixels: _Pixels) -> bool:
    if pixels.ndim == 3:
        return False
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return float(np.median(border)) <= _PAPER
