"""Printed words as pictures: alone, as a page of text, and beside a number written by hand.

Comes in: a source of randomness, digits. Goes out: pictures, shape (height, width, 3), uint8, and
what digits stand there. It knows one font, the one that Pillow carries inside it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.imaging.pages.page import make_page
from inkdigits.imaging.pages.style import CLEAN

WORDS = tuple(
    "address age amount answer boxes building city class clearly code date day distance exercise "
    "floor height hour house invoice item month name number order page paid phone please points "
    "price quantity question read received result room score signature solution street student "
    "sum table telephone test time total unit weight week width within write year your".split()
)
SIZES = (24, 60)  # of the font, in pixels
HEIGHTS = (40, 70)  # of a digit beside a word
MARGIN = 30
INK = (35, 35, 45)


def text_page(rng: np.random.Generator) -> np.ndarray:
    """Print one to five lines of words, with nothing else on the page."""
    size = int(rng.integers(*SIZES))
    font = ImageFont.load_default(size)
    lines = [
        " ".join(_word(rng) for _ in range(rng.integers(1, 6))) for _ in range(rng.integers(1, 6))
    ]
    width = max(int(font.getlength(line)) for line in lines)
    step = round(1.4 * size)
    page = Image.new("RGB", (width + 2 * MARGIN, len(lines) * step + 2 * MARGIN), "white")
    for row, line in enumerate(lines):
        ImageDraw.Draw(page).text((MARGIN, MARGIN + row * step), line, INK, font)
    return np.asarray(page)


def labelled_number(digits: LabelledImages, rng: np.random.Generator) -> tuple[str, np.ndarray]:
    """Print a word, as a form does, with a number of two to five digits by hand beside it."""
    writing = replace(CLEAN.writing, length=(2, 5), height=HEIGHTS)
    number = make_page(digits, rng, replace(CLEAN, writing=writing))
    word = _word(rng) + (":" if rng.random() < 0.7 else "")
    size = int(rng.integers(*SIZES))
    font = ImageFont.load_default(size)
    high, wide, _ = number.pixels.shape
    printed = MARGIN + int(font.getlength(word)) + MARGIN // 2
    height = max(high, 2 * size)
    paper = tuple(int(value) for value in number.pixels[0, 0])
    page = Image.new("RGB", (printed + wide, height), paper)
    ImageDraw.Draw(page).text((MARGIN, height / 2), word, INK, font, anchor="lm")
    page.paste(Image.fromarray(number.pixels), (printed, (height - high) // 2))
    return number.text, np.asarray(page)


def _word(rng: np.random.Generator) -> str:
    """Draw a word, in small letters, with a capital, or in capitals alone."""
    word = WORDS[rng.integers(len(WORDS))]
    return (word, word.capitalize(), word.upper())[rng.integers(3)]
