"""Images as plots and pages take them.

Comes in: labelled images and what they are. Goes out: digits in grey, pictures in colour.
"""

from __future__ import annotations

from inkdigits.arrays import in_colour
from inkdigits.datasets.dataset import Form, LabelledImages


def as_shown(images: LabelledImages, form: Form) -> LabelledImages:
    """Return images as plots take them: digits in grey, for ink on paper, pictures in colour."""
    if form == "digits":
        return images
    return LabelledImages(in_colour(images.images), images.labels)
