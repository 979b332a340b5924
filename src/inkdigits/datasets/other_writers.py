"""Digits of other writers: 1,797 handwritten digits that have nothing to do with MNIST's.

Comes in: `other_writers.npz` beside this module. Goes out: labelled images of 8x8 cells. It does
not know how they become 28x28; imaging does that. Thirteen people wrote them on a printed form;
each was a bitmap of 32x32, of which a cell counts the pixels with ink in a block of 4x4.
Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", 1998, test part
(https://doi.org/10.24432/C50P49); CC BY 4.0, see LICENSE-other-writers.txt. The file was made by
tools/pack_samples.py.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from inkdigits.arrays import WHITE
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.datasets.packaged import read_packaged

OTHER_WRITERS_SHA256 = "9a3dadbbc85e3d8ee794ad32578e4f8dc32cd528cfbf664c75dbdb9ef32800a0"

_FULL_CELL = 16  # a block of 4x4 pixels, all of them ink


def load_other_writers(path: Path | None = None) -> LabelledImages:
    """Load 1,797 digits that were written by other people than MNIST's.

    Args:
        path: Another copy of the packaged file; None for the one inside the package.

    Returns:
        Images of shape (1797, 8, 8), uint8: the share of a cell that is ink, from 0 for none to
        255 for all of it, in steps of a sixteenth; labels 0 to 9.

    Raises:
        DataError: If the file is missing or its SHA-256 is not the one in this module.

    Example:
        >>> others = load_other_writers()
        >>> others.images.shape, others.images[0, 0].tolist(), int(others.labels[0])
        ((1797, 8, 8), [0, 0, 80, 207, 143, 16, 0, 0], 0)
    """
    arrays = read_packaged("other_writers.npz", OTHER_WRITERS_SHA256, path)
    ink = np.rint(arrays["counts"] * (WHITE / _FULL_CELL)).astype(np.uint8)
    return LabelledImages(ink, arrays["labels"])
