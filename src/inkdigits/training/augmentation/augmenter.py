"""Augmentation as a whole: what a recipe's ranges make of training images.

Comes in: the ranges. Goes out: a row of numbers for each image (`draw`, plain NumPy, the same on
every backend), and images changed by such rows (a call, one for a whole batch, on whichever
backend Keras runs). A training image is moved and bent, then its strokes grow thicker or thinner
or only their outline is shown, then its ink fades and a texture is laid over it, and last a
rectangle is painted over.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from inkdigits.array_types import Float32
from inkdigits.training.augmentation.affine import draw_movements, to_matrices, warp
from inkdigits.training.augmentation.elastic import POINTS, Elastic, draw_points
from inkdigits.training.augmentation.erasing import RECTANGLE, draw_rectangles, erase
from inkdigits.training.augmentation.ranges import Augmentation
from inkdigits.training.augmentation.sampling import sample
from inkdigits.training.augmentation.textures import TEXTURES, texture_bank

MATRIX = 8
OUTLINE = 2  # whether it is shown, the level that it follows
OUTLINE_GAIN = 4.0  # how much steeper than the image's own slopes those of its outline are
OUTLINE_LEVELS = (0.2, 0.7)  # of full ink
INK = 3  # texture, its strength, the ink that is left


class Augmenter:
    """Changes images of one size as far as a recipe's ranges allow."""

    def __init__(self, ranges: Augmentation, size: tuple[int, int]) -> None:
        """Lay out the rows.

        Args:
            ranges: How far images may be changed.
            size: Height and width of the images in pixels.
        """
        self.ranges, self.size = ranges, size
        self._inks = ranges.texture > 0 or ranges.fading > 0
        widths = {
            "matrix": MATRIX,
            "points": 2 * POINTS * POINTS * (ranges.elastic > 0),
            "stroke": int(ranges.stroke > 0),
            "outline": OUTLINE * (ranges.outline_share > 0),
            "ink": INK * self._inks,
            "rectangle": RECTANGLE * (ranges.erase_share > 0),
        }
        stops = np.cumsum(list(widths.values())).tolist()
        self._slices = {
            name: slice(stop - width, stop)
            for (name, width), stop in zip(widths.items(), stops, strict=True)
        }
        self.columns: int = stops[-1]
        self._elastic = Elastic(size) if ranges.elastic else None
        self._textures = keras.ops.convert_to_tensor(texture_bank(size)) if self._inks else None

    def draw(self, n: int, rng: np.random.Generator) -> Float32[np.ndarray, "n columns"]:
        """Draw how each of n images is changed.

        Args:
            n: Number of images.
            rng: Source of randomness.

        Returns:
            Shape (n, columns): the warp's matrix, then what the ranges above zero ask for.

        Example:
            >>> still = Augmenter(Augmentation(), (28, 28))
            >>> still.draw(1, np.random.default_rng(0)).astype(int).tolist()
            [[1, 0, 0, 0, 1, 0, 0, 0]]
        """
        parts = [to_matrices(draw_movements(self.ranges, n, self.size, rng), self.size)]
        if self.ranges.elastic:
            parts.append(draw_points(self.ranges.elastic, n, rng))
        if self.ranges.stroke:
            parts.append(rng.uniform(-1.0, 1.0, (n, 1)) * self.ranges.stroke)
        if self.ranges.outline_share:
            parts.append(_draw_outlines(self.ranges.outline_share, n, rng))
        if self._inks:
            parts.append(_draw_ink(self.ranges, n, rng))
        if self.ranges.erase_share:
            parts.append(draw_rectangles(self.ranges.erase_share, n, self.size, rng))
        return np.concatenate(parts, axis=1).astype(np.float32)

    def __call__(self, images: Any, rows: Any) -> Any:
        """Change each image as its row says.

        Args:
            images: Tensor of shape (n, height, width, channels), float32, 0 to 1.
            rows: Tensor of shape (n, columns), float32, from `draw`.

        Returns:
            Tensor of the shape of `images`, 0 to 1.
        """
        return self.obscure(self.redraw(images, rows), rows)

    def redraw(self, images: Any, rows: Any) -> Any:
        """Move and bend each image, and change its strokes: it stays a clear picture.

        Args:
            images: Tensor of shape (n, height, width, channels), float32, 0 to 1.
            rows: Tensor of shape (n, columns), float32, from `draw`.

        Returns:
            Tensor of the shape of `images`, 0 to 1.
        """
        images = self._move(images, rows)
        if self.ranges.stroke:
            images = change_strokes(images, rows[:, self._slices["stroke"]])
        return images

    def obscure(self, images: Any, rows: Any) -> Any:
        """Make each image harder to read: an outline, faded ink, a texture, a part painted over.

        Args:
            images: Tensor of shape (n, height, width, channels), float32, 0 to 1.
            rows: Tensor of shape (n, columns), float32, from `draw`.

        Returns:
            Tensor of the shape of `images`, 0 to 1.
        """
        if self.ranges.outline_share:
            images = show_outlines(images, rows[:, self._slices["outline"]])
        if self._textures is not None:
            images = lay_over(images, self._textures, rows[:, self._slices["ink"]])
        if self.ranges.erase_share:
            images = erase(images, rows[:, self._slices["rectangle"]])
        return images

    def _move(self, images: Any, rows: Any) -> Any:
        matrices, fill = rows[:, self._slices["matrix"]], self.ranges.fill
        if self._elastic is None:
            return warp(images, matrices, fill)
        right, down = places(matrices, self.size)
        more_right, more_down = self._elastic.displacements(rows[:, self._slices["points"]])
        return sample(images, right + more_right, down + more_down, fill)


def places(matrices: Any, size: tuple[int, int]) -> tuple[Any, Any]:
    """Return where each pixel of a warped image is sampled.

    Args:
        matrices: Tensor of shape (n, 8), float32, from `to_matrices`.
        size: Height and width of the images in pixels.

    Returns:
        Two tensors of shape (n, height, width): the place's column, and its row.
    """
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    a, b, c, d, e, f = (matrices[:, i, None, None] for i in range(6))
    return a * x + b * y + c, d * x + e * y + f


def change_strokes(images: Any, amounts: Any) -> Any:
    """Make strokes thicker or thinner by up to a pixel on each side.

    Grey dilation and erosion by a square of 3x3 pixels (Serra, "Image Analysis and Mathematical
    Morphology", 1982), mixed with the image itself.

    Args:
        images: Tensor of shape (n, height, width, channels), float32.
        amounts: Tensor of shape (n, 1), float32: share of the way to the dilated image where it
            is positive, to the eroded one where it is negative, -1 to 1.

    Returns:
        Tensor of the shape of `images`.
    """
    ops = keras.ops
    amounts = amounts[:, :, None, None]
    thick = ops.max_pool(images, 3, strides=1, padding="same")
    thin = -ops.max_pool(-images, 3, strides=1, padding="same")
    grown = images + ops.maximum(amounts, 0.0) * (thick - images)
    return grown + ops.minimum(amounts, 0.0) * (images - thin)


def show_outlines(images: Any, rows: Any) -> Any:
    """Show the outline of some images in place of their ink.

    The outline is a line of one pixel around the ink: what lies beyond a level of grey has a
    neighbour above, below, to the left or to the right that does not.

    Args:
        images: Tensor of shape (n, height, width, channels), float32, 0 to 1.
        rows: Tensor of shape (n, 2), float32: 1 for an outline and 0 for the image as it is; the
            level, 0 to 1 of full ink.

    Returns:
        Tensor of the shape of `images`, 0 to 1.
    """
    ops = keras.ops
    shown, level = (rows[:, i, None, None, None] for i in (0, 1))
    ink = ops.clip(OUTLINE_GAIN * (images - level) + 0.5, 0.0, 1.0)
    down, across = (ops.max_pool(ink, side, strides=1, padding="same") for side in ((3, 1), (1, 3)))
    return images + shown * (ops.maximum(down, across) - ink - images)


def lay_over(images: Any, textures: Any, rows: Any) -> Any:
    """Let ink fade, and lay a texture over it.

    Args:
        images: Tensor of shape (n, height, width, channels), float32, 0 to 1.
        textures: Tensor of shape (count, height, width, 1), float32, -1 to 1.
        rows: Tensor of shape (n, 3), float32: index of the texture, its strength, the share of
            the ink that is left.

    Returns:
        Tensor of the shape of `images`, 0 to 1.
    """
    ops = keras.ops
    chosen = ops.take(textures, ops.cast(rows[:, 0], "int32"), axis=0)
    strength, ink = (rows[:, i, None, None, None] for i in (1, 2))
    return ops.clip(images * ink + chosen * strength, 0.0, 1.0)


def _draw_outlines(share: float, n: int, rng: np.random.Generator) -> Float32[np.ndarray, "n 2"]:
    shown = rng.random(n) < share
    return np.stack([shown, rng.uniform(*OUTLINE_LEVELS, n)], axis=1).astype(np.float32)


def _draw_ink(ranges: Augmentation, n: int, rng: np.random.Generator) -> Float32[np.ndarray, "n 3"]:
    textured = rng.random(n) >= ranges.plain_share
    index = rng.integers(0, TEXTURES, n)
    strength = textured * rng.uniform(0.0, ranges.texture, n)
    ink = 1.0 - textured * rng.uniform(0.0, ranges.fading, n)
    return np.stack([index, strength, ink], axis=1).astype(np.float32)
