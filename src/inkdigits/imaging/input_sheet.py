"""The inputs of a network on one sheet, so that a person sees what the network saw.

Comes in: small images in rows, each with a caption. Goes out: a picture. It does not know
where they come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from inkdigits.array_types import UInt8

ENLARGED = 4
COLUMNS = 12  # tiles side by side; a longer row goes on below
_GAP = 8
_TEXT = 15
_CAPTION = 24  # pixels below each tile
_GROUND = (48, 48, 48)
_INK = (240, 240, 240)
_NOTHING = "nothing was found"


@dataclass(frozen=True, eq=False)
class Tile:
    """One input and what to write below it.

    Attributes:
        image: Shape (height, width), uint8, 0 for paper and 255 for full ink, or (height, width,
            3). All of a sheet are of the same size.
        caption: A few letters.
        colour: Of the caption: red, green, blue.
    """

    image: UInt8[np.ndarray, "height width *channels"]
    caption: str
    colour: tuple[int, int, int] = _INK


def input_sheet(rows: Sequence[Sequence[Tile]]) -> UInt8[np.ndarray, "rows columns 3"]:
    """Draw images four times as large as they are, as the network reads them: ink white on black.

    Args:
        rows: The tiles, as they stand in the picture; a row with more than `COLUMNS` is wrapped.

    Returns:
        The sheet; if there are no tiles, a strip that says so.

    Example:
        >>> input_sheet([[Tile(np.zeros((28, 28), np.uint8), "7")] * 3]).shape
        (152, 368, 3)
    """
    wrapped = [row[i : i + COLUMNS] for row in rows for i in range(0, len(row), COLUMNS)]
    if not wrapped:
        return _strip(_NOTHING)
    height, width = (ENLARGED * side for side in wrapped[0][0].image.shape[:2])
    down, across = height + _CAPTION + _GAP, width + _GAP
    columns = max(len(row) for row in wrapped)
    sheet = Pillow.new("RGB", (columns * across + _GAP, len(wrapped) * down + _GAP), _GROUND)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(_TEXT)
    for i, row in enumerate(wrapped):
        for j, tile in enumerate(row):
            left, top = _GAP + j * across, _GAP + i * down
            image = Pillow.fromarray(tile.image)
            sheet.paste(image.resize((width, height), Pillow.Resampling.NEAREST), (left, top))
            place = (left + width / 2, top + height + _CAPTION / 2)
            draw.text(place, tile.caption, fill=tile.colour, font=font, anchor="mm")
    return np.asarray(sheet)


def _strip(text: str) -> UInt8[np.ndarray, "rows columns 3"]:
    font = ImageFont.load_default(_TEXT)
    width = round(font.getlength(text)) + 4 * _GAP
    strip = Pillow.new("RGB", (width, _CAPTION + 2 * _GAP), _GROUND)
    place = (width / 2, _CAPTION / 2 + _GAP)
    ImageDraw.Draw(strip).text(place, text, fill=_INK, font=font, anchor="mm")
    return np.asarray(strip)
