"""How far training images may be changed: the ranges that a recipe names.

Comes in: fields of a recipe. Goes out: a frozen, checked value. It does not know Keras.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from inkdigits.training.checked import Checked


class Augmentation(Checked):
    """How far each training image may be changed, drawn anew for every image."""

    rotation: Annotated[
        float,
        Field(
            ge=0,
            le=180,
            json_schema_extra={"unit": "degrees"},
            description="Largest rotation to either side, 0 to 180 degrees.",
        ),
    ] = 0.0
    width_shift: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            json_schema_extra={"unit": "of the width"},
            description="Largest shift left or right, 0 to 1 of the width.",
        ),
    ] = 0.0
    height_shift: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            json_schema_extra={"unit": "of the height"},
            description="Largest shift up or down, 0 to 1 of the height.",
        ),
    ] = 0.0
    shear: Annotated[
        float,
        Field(
            ge=0,
            lt=90,
            json_schema_extra={"unit": "degrees"},
            description="Largest shear to either side, from 0 to below 90 degrees.",
        ),
    ] = 0.0
    zoom: Annotated[
        float,
        Field(
            ge=0,
            lt=1,
            json_schema_extra={"unit": "of the size"},
            description="Largest change of size, 0 to below 1 of it; height and width each.",
        ),
    ] = 0.0
    mirror_share: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            json_schema_extra={"unit": "of the images"},
            description="Share of the images that are mirrored left to right, 0 to 1; for digits "
            "and letters 0, as a mirror image is none of them.",
        ),
    ] = 0.0
    fill: Annotated[
        Literal["nearest", "constant"],
        Field(
            description="What comes in from outside the image: its nearest pixel, or bare paper."
        ),
    ] = "nearest"

    elastic: Annotated[
        float,
        Field(
            ge=0,
            le=10,
            json_schema_extra={"unit": "pixels"},
            description="Largest standard deviation of an elastic displacement, 0 to 10 pixels at "
            "the points of a coarse grid, smooth in between.",
        ),
    ] = 0.0
    stroke: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            json_schema_extra={"unit": "of the way"},
            description="Largest change of stroke width, 0 to 1 of the way to strokes that are one "
            "pixel thicker, or thinner, on each side.",
        ),
    ] = 0.0
    outline_share: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            json_schema_extra={"unit": "of the images"},
            description="Share of the images of which only the outline is shown, 0 to 1.",
        ),
    ] = 0.0
    texture: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            json_schema_extra={"unit": "of full ink"},
            description="Largest strength of a texture (grain, clouds, slopes, patches, stray "
            "strokes) laid over the image, 0 to 1 of full ink.",
        ),
    ] = 0.0
    fading: Annotated[
        float,
        Field(
            ge=0,
            lt=1,
            json_schema_extra={"unit": "of the ink"},
            description="Largest loss of ink, 0 to below 1 of it.",
        ),
    ] = 0.0
    plain_share: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            json_schema_extra={"unit": "of the images"},
            description="Share of the images that keep their ink and get no texture, 0 to 1.",
        ),
    ] = 0.0
    erase_share: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            json_schema_extra={"unit": "of the images"},
            description="Share of the images of which a rectangle is painted over in one grey, "
            "0 to 1.",
        ),
    ] = 0.0

    @property
    def changes(self) -> bool:
        """Whether any range is above zero."""
        shifted = (self.width_shift, self.height_shift)
        moved = (self.rotation, *shifted, self.shear, self.zoom, self.mirror_share)
        inked = (self.elastic, self.stroke, self.outline_share, self.texture, self.fading)
        return any(each > 0 for each in (*moved, *inked, self.erase_share))
