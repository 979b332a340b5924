"""The outliers that a score and its threshold are chosen by: which sets, and how many of each.

Comes in: the name of a set. Goes out: its images. It does not know any network.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from inkdigits.arrays import Images
from inkdigits.datasets.dataset import Form
from inkdigits.evaluation.outliers import outlier_set

# Letters in the shape of digits are left out: nobody can tell a printed O from a 0.
CHOOSING_SETS: Mapping[Form, tuple[str, ...]] = {
    "digits": ("fashion-mnist", "blank", "noise", "letters"),
    # Whatever a network for pictures tells apart, clothes and letters may be among it.
    "pictures": ("blank", "noise"),
}
CHOOSING_IMAGES = 400  # of each set; drawing letters takes a millisecond each


def choosing_set(name: str) -> Images:
    """Return the images of a set to choose by.

    Args:
        name: One of `CHOOSING_SETS`.

    Returns:
        Shape (`CHOOSING_IMAGES`, 28, 28), uint8, the same each time and not to be written to; none
        of them is in what `outlier_set` gives to evaluate with.

    Raises:
        UsageError: If there is no such set.

    Example:
        >>> choosing_set("noise").shape
        (400, 28, 28)
    """
    return _drawn(name, CHOOSING_IMAGES)


@cache
def _drawn(name: str, n: int) -> Images:
    images = outlier_set(name, "choosing", n)
    images.flags.writeable = False  # it is everybody's
    return images
