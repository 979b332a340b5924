"""A whole picture -> the size that a network reads.

Comes in: pixels, grey or in colour. Goes out: the same picture in another size, and grey where it
has no colours. Nothing is searched, cut or inverted.
"""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image as Pillow

from inkdigits.array_types import Float32, UInt8
from inkdigits.arrays import AnyImages

# Grey levels between the channels: scanners and JPEG files leave as much in what is grey.
_TINGE = 8
# How much a picture is reduced to be halved first. The rest is then by two and more, so that a last
# odd row that halving leaves out does not tell.
_HALVED = 4


def scale_to(pixels: UInt8[np.ndarray, ...], side: int) -> UInt8[np.ndarray, ...]:
    """Bring a picture to a square, its whole width and height.

    Each axis is scaled by itself, so what is not square is squeezed; nothing is cut off. Pixels
    are weighted means of the area that they cover (Pillow's bilinear filter, which widens where a
    picture shrinks), so fine patterns do not turn into coarse ones.

    Args:
        pixels: Shape (height, width) or (height, width, 3), uint8, not empty.
        side: Height and width of the result in pixels.

    Returns:
        Shape (side, side) or (side, side, 3), uint8; the same array where it has that size.

    Raises:
        ValueError: If the picture is empty or `side` is below 1.

    Example:
        >>> stripes = np.tile(np.array([0, 200], np.uint8), (9, 20))
        >>> scale_to(stripes, 10)[5].tolist()
        [93, 100, 100, 100, 100, 100, 100, 100, 100, 107]
    """
    if side < 1 or 0 in pixels.shape:
        raise ValueError(
            "a picture must have pixels and `side` must be at least 1; "
            f"received shape {pixels.shape} and {side}"
        )
    if pixels.shape[:2] == (side, side):
        return pixels
    scaled = Pillow.fromarray(pixels).resize((side, side), Pillow.Resampling.BILINEAR)
    return np.asarray(scaled)


def scaled_size(shape: tuple[int, ...], factor: float) -> tuple[int, int]:
    """Return columns and rows of a scaled picture, at least one of each.

    Args:
        shape: Rows and columns; what follows them is passed over.
        factor: How much larger it becomes, above 0.

    Example:
        >>> scaled_size((300, 4000, 3), 0.25)
        (1000, 75)
    """
    rows, columns = shape[:2]
    return max(1, round(columns * factor)), max(1, round(rows * factor))


def reduce_to(pixels: UInt8[np.ndarray, ...], size: tuple[int, int]) -> UInt8[np.ndarray, ...]:
    """Reduce a picture to means of areas, a large one by halves first.

    Means of two by two pixels take OpenCV a twentieth of the time of others. Each rounds to whole
    grey levels.

    Args:
        pixels: Shape (height, width) or (height, width, 3), uint8.
        size: Columns and rows of the result, not more than the picture has.

    Returns:
        Shape (rows, columns) or (rows, columns, 3), uint8.

    Example:
        >>> stripes = np.tile(np.array([0, 200], np.uint8), (8, 40))
        >>> reduce_to(stripes, (10, 2)).tolist()[0]
        [100, 100, 100, 100, 100, 100, 100, 100, 100, 100]
    """
    while min(pixels.shape[0] / size[1], pixels.shape[1] / size[0]) >= _HALVED:
        rows, columns = (side // 2 for side in pixels.shape[:2])
        pixels = cv2.resize(
            pixels[: 2 * rows, : 2 * columns], (columns, rows), interpolation=cv2.INTER_AREA
        )
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def without_tinge(pixels: UInt8[np.ndarray, ...]) -> UInt8[np.ndarray, ...]:
    """Make a picture grey if it has no colours.

    Args:
        pixels: Shape (height, width) or (height, width, 3), uint8.

    Returns:
        Shape (height, width) if nowhere two channels differ by more than 8 levels, otherwise the
        same array.

    Example:
        >>> grey = np.full((2, 2, 3), 90, np.uint8)
        >>> red = np.array([[[255, 0, 0]]], np.uint8)
        >>> without_tinge(grey).shape, without_tinge(red).shape
        ((2, 2), (1, 1, 3))
    """
    if pixels.ndim == 2:
        return pixels
    first = pixels[..., 0]
    if (first == pixels[..., 1]).all() and (first == pixels[..., 2]).all():
        return np.ascontiguousarray(first)
    if int((pixels.max(axis=2) - pixels.min(axis=2)).max(initial=0)) > _TINGE:
        return pixels
    return to_grey(pixels)


def to_grey(pixels: UInt8[np.ndarray, ...]) -> UInt8[np.ndarray, ...]:
    """Return the lightness of a picture in colour.

    Args:
        pixels: Shape (..., 3), uint8.

    Returns:
        Shape (...), uint8: 0.299 red, 0.587 green and 0.114 blue (ITU-R BT.601), rounded.

    Example:
        >>> to_grey(np.array([[255, 0, 0], [7, 7, 7]], np.uint8)).tolist()
        [76, 7]
    """
    weighted = pixels[..., 0] * np.uint32(299)
    weighted += pixels[..., 1] * np.uint32(587)
    weighted += pixels[..., 2] * np.uint32(114)
    return ((weighted + 500) // 1000).astype(np.uint8)


def blur(images: AnyImages, sigma: float) -> Float32[np.ndarray, "n height width ..."]:
    """Blur images.

    Args:
        images: Shape (n, height, width) or (n, height, width, 3), uint8.
        sigma: Standard deviation of the Gaussian in pixels, above 0.

    Returns:
        The same shape, float32, 0 to 255.

    Example:
        >>> blur(np.full((1, 3, 3), 9, np.uint8), 1.0)[0, 1].round(3).tolist()
        [9.0, 9.0, 9.0]
    """
    blurred: Float32[np.ndarray, "n height width ..."] = images.astype(np.float32)
    for image in blurred:
        cv2.GaussianBlur(image, (0, 0), sigma, dst=image)
    return blurred


def halve(images: AnyImages) -> Float32[np.ndarray, "n rows columns ..."]:
    """Reduce images with even sides to means of two by two pixels.

    Example:
        >>> halve(np.array([[[0, 2], [4, 6]]], np.uint8)).tolist()
        [[[3.0]]]
    """
    n, height, width = images.shape[:3]
    blocks = images.reshape(n, height // 2, 2, width // 2, 2, *images.shape[3:])
    means: Float32[np.ndarray, "n rows columns ..."] = blocks.mean((2, 4), dtype=np.float32)
    return means
