"""Light and camera: from paper with ink to the pixels of a photo.

Comes in: a page as it is in even, white light. Goes out: uint8 pixels. It does not know what is on
the page; nothing moves here, so boxes stay where they are.
"""

from __future__ import annotations

import cv2
import numpy as np

from inkdigits.array_types import Float32, UInt8
from inkdigits.arrays import WHITE
from inkdigits.imaging.pages.paper import Planes
from inkdigits.imaging.pages.style import Camera

_COARSE = 8  # pixels for each cell in which light is computed
_SHARPEST_SHADOW = 0.01  # of the longer side: half the width of a shadow's edge


def light_page(planes: Planes, camera: Camera, rng: np.random.Generator) -> None:
    """Let light and shadow fall on a page, in place.

    Args:
        planes: The page.
        camera: Unevenness, shadow, vignette and colour of the light.
        rng: Source of randomness.
    """
    _, height, width = planes.shape
    coarse = (height // _COARSE + 2, width // _COARSE + 2)
    y, x = np.meshgrid(*(np.linspace(-1, 1, side) for side in coarse), indexing="ij")
    if height > width:
        x *= width / height
    else:
        y *= height / width
    light = _gradient(x, y, rng.uniform(*camera.uneven), rng)
    light *= 1 - camera.vignette * rng.random() * (x**2 + y**2) / 2
    if rng.random() < camera.shadow:
        light *= _shadow(x, y, rng)
    colours = 1 - camera.cast * rng.random() * rng.uniform(0, 0.3, 3)
    # The light's colour changes from one side to the other, as between a lamp and a window.
    change = camera.cast * rng.uniform(-0.12, 0.12, 3)
    side = _gradient(x, y, 1.0, rng)
    for plane, colour, other in zip(planes, colours, change, strict=True):
        field = (light * (colour + other * (side - 0.5))).astype(np.float32)
        plane *= cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR)


def expose(
    planes: Planes, camera: Camera, pixels_per_height: float, rng: np.random.Generator
) -> UInt8[np.ndarray, "height width 3"]:
    """Take a photo: blur, noise of the sensor, and what JPEG leaves.

    Args:
        planes: The page in its light; it is used up.
        camera: The style.
        pixels_per_height: Height of the writing in pixels.
        rng: Source of randomness.

    Returns:
        Shape (height, width, 3), uint8: red, green, blue.
    """
    blur = rng.uniform(*camera.blur) / 100 * pixels_per_height
    if blur > 0.1:  # less changes nothing that one could see
        for plane in planes:
            cv2.GaussianBlur(plane, (0, 0), blur, dst=plane)
    noise = rng.uniform(*camera.noise)
    if noise:
        _add_noise(planes, noise, rng)
    pixels = cv2.merge([_bytes(plane) for plane in planes])
    if rng.random() >= camera.jpeg:
        return np.asarray(pixels, np.uint8)
    quality = int(rng.integers(*camera.quality, endpoint=True))
    _, content = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(content, cv2.IMREAD_COLOR_RGB)
    return np.asarray(decoded, np.uint8)


def _bytes(plane: Float32[np.ndarray, "height width"]) -> UInt8[np.ndarray, "height width"]:
    whole: UInt8[np.ndarray, "height width"] = np.clip(np.rint(plane), 0, WHITE).astype(np.uint8)
    return whole


def _gradient(x: np.ndarray, y: np.ndarray, depth: float, rng: np.random.Generator) -> np.ndarray:
    """Return 1 on the bright side and 1 - depth on the dark one, bent a little."""
    turn, bend = rng.uniform(0, 2 * np.pi), rng.uniform(-0.5, 0.5)
    along = x * np.cos(turn) + y * np.sin(turn)
    across = x * np.sin(turn) - y * np.cos(turn)
    slope = along + bend * across**2
    span = np.ptp(slope)
    return np.asarray(1 - depth * (slope - slope.min()) / span)


def _shadow(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return 1 in the light and less beyond a curved edge through the page."""
    turn, bend = rng.uniform(0, 2 * np.pi), rng.uniform(-1, 1)
    along = x * np.cos(turn) + y * np.sin(turn)
    across = x * np.sin(turn) - y * np.cos(turn)
    distance = along + bend * across**2
    place = rng.uniform(*np.quantile(distance, (0.1, 0.9)))
    softness = _SHARPEST_SHADOW * np.exp(rng.uniform(0, np.log(25)))
    shade = 1 / (1 + np.exp(-np.clip((distance - place) / softness, -30, 30)))
    return np.asarray(1 - rng.uniform(0.15, 0.5) * shade)


def _add_noise(planes: Planes, strength: float, rng: np.random.Generator) -> None:
    """Add noise that is mostly the same in all colours, and coarser where it is not."""
    _, height, width = planes.shape
    grey = rng.standard_normal((height, width), np.float32)
    grey *= np.float32(strength)
    for plane in planes:
        plane += grey
        colour = rng.standard_normal((height // 3 + 1, width // 3 + 1), np.float32)
        plane += np.float32(0.5 * strength) * cv2.resize(colour, (width, height))
