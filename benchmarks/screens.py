"""Screens as pictures: a drawing program's square with a digit in it, and rows of such tiles.

Comes in: digits, a source of randomness. Goes out: pictures, shape (height, width, 3), uint8, and
what digits stand there. The squares are dark on a bright page or bright on a dark one.
"""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from inkdigits.datasets.dataset import LabelledImages

CAPTIONS = ("Draw a digit", "Digit recognizer", "Clear", "Predict", "Your drawing", "Test images")
CAPTION_SIZES = (18, 36)  # pixels
GROUND, PAGE = (0, 40), (225, 256)  # grey levels
SIDES = (90, 300)  # of a square, in pixels, fewer where there are several
ROWS, COLUMNS = (1, 4), (1, 6)
MARGIN = 40


def screen(digits: LabelledImages, rng: np.random.Generator) -> tuple[str, np.ndarray]:
    """Draw squares in rows and columns, a digit in each, sometimes with words above them."""
    rows, columns = int(rng.integers(*ROWS)), int(rng.integers(*COLUMNS))
    side = int(rng.integers(*SIDES)) // max(rows, (columns + 1) // 2)
    step = side + int(rng.integers(6, 30))
    chosen = rng.integers(len(digits.images), size=(rows, columns))
    top = MARGIN + (2 * CAPTION_SIZES[1] if rng.random() < 0.5 else 0)
    height = top + rows * step + MARGIN
    width = max(columns * step, 300) + 2 * MARGIN
    ground, paper = int(rng.integers(*GROUND)), int(rng.integers(*PAGE))
    page = Image.new("L", (width, height), paper)
    for (row, column), place in np.ndenumerate(chosen):
        tile = _tile(digits.images[place], side, ground)
        page.paste(Image.fromarray(tile), (MARGIN + column * step, top + row * step))
    if top > MARGIN:
        font = ImageFont.load_default(int(rng.integers(*CAPTION_SIZES)))
        ImageDraw.Draw(page).text((MARGIN, MARGIN), str(rng.choice(CAPTIONS)), ground, font)
    grey = np.asarray(page)
    pixels = np.stack([255 - grey if rng.random() < 0.3 else grey] * 3, axis=-1)
    return "\n".join("".join(str(digits.labels[i]) for i in row) for row in chosen), pixels


def _tile(image: np.ndarray, side: int, ground: int) -> np.ndarray:
    """Enlarge a digit, bright on its ground, smoothly or in squares."""
    way = cv2.INTER_CUBIC if side % 2 else cv2.INTER_NEAREST
    ink = cv2.resize(image, (side, side), interpolation=way).astype(np.float32) / 255
    return (ground + (255 - ground) * ink).round().astype(np.uint8)
