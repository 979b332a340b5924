"""Sheets of paper on a table as pictures: turned, seen from one side, in uneven light.

Comes in: digits, a source of randomness. Goes out: pictures, shape (height, width, 3), uint8, and
what digits stand there. The table is plain, of wood or covered with a checked cloth; the paper is
white, brown or as coloured as notes that stick.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.imaging.pages.page import make_page
from inkdigits.imaging.pages.style import CLEAN, Ground, Style

WRITTEN = Style(
    replace(CLEAN.writing, lines=(1, 3), length=(1, 6), height=(50, 100)),
    Ground(margin=(0.4, 2.5), brightness=(225, 250)),
)
PAPERS = (
    *3 * ((255, 255, 250),),
    *((250, 235, 120), (250, 170, 180), (160, 220, 160), (150, 200, 240), (180, 145, 105)),
)
TABLES = ("plain", "wood", "cloth")
DARK, PALE = (25, 160), (215, 245)  # grey levels of a table
BROWN = (170, 120, 70)
TURN = 15.0  # degrees
CORNERS = 0.03  # of the sheet's sides: how far its corners move
ROOM = (1.05, 1.7)  # sides of the picture for one of the sheet
LIGHT = (0.75, 1.05)
LIGHTS = 4  # of them along each side, with smooth light between
SHADOW = 0.35  # of the light, below the sheet
BLUR, NOISE = 0.8, 3.0


def sheet(digits: LabelledImages, rng: np.random.Generator) -> tuple[str, np.ndarray]:
    """Write on a sheet, lay it on a table, and take a picture from above."""
    page = make_page(digits, rng, WRITTEN)
    paper = page.pixels * (np.array(PAPERS[rng.integers(len(PAPERS))]) / 255)
    height, width = paper.shape[:2]
    room = rng.uniform(*ROOM)
    size = round(width * room), round(height * room)
    turned = cv2.getPerspectiveTransform(*_corners(width, height, size, rng))
    above = cv2.warpPerspective(paper, turned, size)
    covered = cv2.warpPerspective(np.ones((height, width)), turned, size)[..., None]
    shadow = cv2.GaussianBlur(np.roll(covered, (6, 6), (0, 1)), (0, 0), 5)[..., None]
    picture = above + (1 - covered) * _table(size, rng) * (1 - SHADOW * shadow)
    light = rng.uniform(*LIGHT, (LIGHTS, LIGHTS))
    picture = picture * cv2.resize(light, size, interpolation=cv2.INTER_CUBIC)[..., None]
    taken = cv2.GaussianBlur(picture, (0, 0), BLUR) + rng.normal(0, NOISE, picture.shape)
    return page.text, taken.clip(0, 255).astype(np.uint8)


def _corners(
    width: int, height: int, size: tuple[int, int], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of a sheet as it is written on, and as it lies in the picture."""
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    turn = np.deg2rad(rng.uniform(-TURN, TURN))
    turning = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    lying = (corners - corners.mean(axis=0)) @ turning
    lying += rng.uniform(-CORNERS, CORNERS, (4, 2)) * (width, height)
    spare = np.maximum(size - np.ptp(lying, axis=0), 0) / 2
    lying += np.array(size) / 2 + rng.uniform(-1, 1, 2) * spare
    return corners.astype(np.float32), lying.astype(np.float32)


def _table(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return what a table looks like, shape (height, width, 3)."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    kind = rng.choice(TABLES)
    colour: np.ndarray
    pattern: np.ndarray
    if kind == "plain":
        colour = rng.uniform(*DARK, 3) if rng.random() < 0.7 else rng.uniform(*PALE, 1)
        pattern = np.zeros(x.shape)
    elif kind == "wood":
        colour = np.array(BROWN) * rng.uniform(0.5, 1)
        bent = 3 * np.sin(x / rng.uniform(60, 200))
        pattern = rng.uniform(6, 18) * np.sin(y / rng.uniform(5, 14) + bent)
    else:
        colour = rng.uniform(*DARK, 3)
        side = int(rng.integers(14, 40))
        pattern = 18.0 * (x // side % 2 + y // side % 2)
    table: np.ndarray = pattern[..., None] + colour
    return table
