"""Plots of pictures: samples of each class, pictures before and after they were moved, mistakes.

Comes in: images, in the order they are to be shown. Goes out: figures. It does not know how the
images were chosen or what moved them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from inkdigits.array_types import Float32, Float64
from inkdigits.arrays import WHITE, AnyImages, Labels, Probabilities
from inkdigits.formats import confidence, shorten
from inkdigits.plots.mosaic import gap, inches, paste, show
from inkdigits.plots.style import (
    BLUE,
    CHARACTER_WIDTH,
    INK,
    MARGIN,
    MUTED,
    ORANGE,
    SMALL_SIZE,
    TEXT_SIZE,
    TITLE_HEIGHT,
    canvas,
    write,
)

COLUMNS = 10
NAME_LENGTH = 18
MISTAKE_COLUMNS = 8
MISTAKES_WIDTH = 7.2  # inches
CAPTION_LINE = 0.155  # inches


def sample_grid(images: AnyImages, labels: Labels, class_names: Sequence[str]) -> Figure:
    """Show images in one row per class.

    Args:
        images: Shape (n, height, width), uint8, shown as ink on paper, or in colour (n, height,
            width, 3), shown as they are; within a class they keep their order.
        labels: Shape (n,), uint8, each below the number of classes.
        class_names: One name per class, in order.
    """
    height, width = images.shape[1:3]
    row, column = height + gap(height), width + gap(height)
    columns = int(np.bincount(labels, minlength=1).max(initial=1))
    grid = _paper(row * len(class_names), column * columns, images)
    for index in range(len(class_names)):
        members = images[labels == index]
        paste(grid, members, [(index * row, place * column) for place in range(len(members))])
    names = [shorten(name, NAME_LENGTH) for name in class_names]
    figure, axes = _titled(grid, height, "Samples, one row per class", names)
    for index, name in enumerate(names):
        _name_row(axes, index * row, height, name, INK)
    return figure


def augmented_batch(
    originals: AnyImages, augmented: Float32[np.ndarray, "n height width channels"]
) -> Figure:
    """Show each image, what became of it, and, of grey ones, both laid over each other.

    Args:
        originals: Shape (n, height, width), uint8, shown as ink on paper, or in colour (n, height,
            width, 3), shown as they are; n at least 1.
        augmented: Shape (n, height, width, 1 or 3), float32, 0 to 1: the same images as they were
            moved.
    """
    n, height, width = originals.shape[:3]
    layers = _ink_layers if originals.ndim == 3 else _colour_layers
    rows = layers(originals.astype(np.float64) / WHITE, augmented)
    row, column = height + gap(height), width + gap(height)
    block = len(rows) * row + 2 * gap(height)
    blocks = -(-n // COLUMNS)
    columns = -(-n // blocks)
    grid = np.ones((block * blocks, column * columns, 3))
    corners = [(i // columns * block, i % columns * column) for i in range(n)]
    for line, (_, _, pictures) in enumerate(rows):
        paste(grid, pictures, [(top + line * row, left) for top, left in corners])
    figure, axes = _titled(grid, height, "The same images, changed", [name for name, _, _ in rows])
    for top in range(0, block * blocks, block):
        for line, (name, color, _) in enumerate(rows):
            _name_row(axes, top + line * row, height, name, color)
    return figure


def _ink_layers(before: np.ndarray, augmented: np.ndarray) -> list[tuple[str, str, np.ndarray]]:
    """Return name, colour and pictures of each row: two inks, and both on one paper."""
    after = augmented[..., 0]
    return [
        ("original", ORANGE, _blend(before, 0 * before)),
        ("as trained on", BLUE, _blend(0 * before, after)),
        ("one over the other", INK, _blend(before, after)),
    ]


def _colour_layers(before: np.ndarray, augmented: np.ndarray) -> list[tuple[str, str, np.ndarray]]:
    after = np.broadcast_to(np.clip(augmented, 0, 1), before.shape)
    return [("original", INK, before), ("as trained on", INK, after)]


def mistakes(
    images: AnyImages, labels: Labels, probabilities: Probabilities, class_names: Sequence[str]
) -> Figure:
    """Show images that were read wrongly: the truth, the answer and how sure it was.

    Args:
        images: Shape (n, height, width), uint8, shown as ink on paper, or in colour (n, height,
            width, 3), shown as they are; in the order they are to be shown; up to about 40.
        labels: Shape (n,), uint8: the truth.
        probabilities: Shape (n, classes), float32: what the network thought.
        class_names: One name per class, in order.
    """
    if len(images) == 0:
        return _no_mistakes()
    captions = [
        _caption(class_names[label], class_names[int(row.argmax())], float(row.max()))
        for label, row in zip(labels, probabilities, strict=True)
    ]
    return _captioned(images, captions, "Mistakes: truth → answer, and how sure it was")


def _caption(truth: str, answer: str, sure: float) -> list[str]:
    if len(truth) + len(answer) <= 6:
        return [f"{truth} → {answer}", confidence(sure)]
    return [shorten(truth, NAME_LENGTH), f"→ {shorten(answer, NAME_LENGTH)}", confidence(sure)]


def _captioned(images: AnyImages, captions: list[list[str]], title: str) -> Figure:
    n, height, width = images.shape[:3]
    pixel = inches(1, height)
    lines = max(len(caption) for caption in captions)
    longest = max(len(line) for caption in captions for line in caption)
    column = max(round(width * 1.5), round((longest + 2) * CHARACTER_WIDTH / pixel))
    row = height + round((lines + 1.2) * CAPTION_LINE / pixel)
    columns = max(1, min(MISTAKE_COLUMNS, round(MISTAKES_WIDTH / pixel) // column))
    inset = (column - width) // 2
    grid = _paper(row * -(-n // columns), column * min(columns, n), images)
    corners = [(i // columns * row, i % columns * column + inset) for i in range(n)]
    figure, axes = _titled(paste(grid, images, corners), height, title, [])
    for (top, left), caption in zip(corners, captions, strict=True):
        for line, text in enumerate(caption):
            y = top + height + (line + 1) * CAPTION_LINE / pixel
            _write_line(axes, left + width / 2, y, text, last=line == len(caption) - 1)
    return figure


def _write_line(axes: Axes, x: float, y: float, text: str, *, last: bool) -> None:
    if last:
        write(axes, x, y, text, align="center", color=MUTED, size=SMALL_SIZE)
    else:
        write(axes, x, y, text, align="center")


def _no_mistakes() -> Figure:
    width = 5.0
    figure = canvas(width, 0.9, "Mistakes")
    sentence = "There are none: every image was read rightly."
    figure.text(MARGIN / width, 0.25, sentence, color=INK, size=TEXT_SIZE)
    return figure


def _paper(height: int, width: int, images: AnyImages) -> np.ndarray:
    """Return bare paper to paste such images on: no ink, or white."""
    if images.ndim == 3:
        return np.zeros((height, width), np.uint8)
    return np.full((height, width, images.shape[3]), WHITE, np.uint8)


def _titled(grid: np.ndarray, height: int, title: str, names: Sequence[str]) -> tuple[Figure, Axes]:
    """Draw a grid under a title, with room for the names of rows on its left."""
    longest = max((len(name) for name in names), default=0)
    left = MARGIN + (longest * CHARACTER_WIDTH + 0.12 if names else 0)
    top = MARGIN + TITLE_HEIGHT
    grid_height, grid_width = (inches(side, height) for side in grid.shape[:2])
    figure = canvas(max(left + grid_width + MARGIN, 4.0), top + grid_height + MARGIN, title)
    return figure, show(figure, grid, left, top, height)


def _name_row(axes: Axes, top: float, height: int, name: str, color: str) -> None:
    gap_before_picture = 0.12 / inches(1, height)
    middle = top + height / 2
    write(axes, -gap_before_picture, middle, name, color=color, align="right", vertical="center")


def _blend(
    first: Float64[np.ndarray, "n height width"], second: np.ndarray
) -> Float64[np.ndarray, "n height width 3"]:
    """Print one image in orange and the other in blue on the same paper."""
    paper = np.ones((*first.shape, 3))
    for ink, color in ((first, ORANGE), (second, BLUE)):
        paper *= 1 - np.clip(ink, 0, 1)[..., np.newaxis] * (1 - np.array(to_rgb(color)))
    return paper
