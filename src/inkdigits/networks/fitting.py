"""An architecture fitted to images and classes: other sizes, colours and numbers than MNIST's.

Comes in: an architecture, the shape of an image and the number of classes. Goes out: the same
layers for these. It does not know Keras.
"""

from __future__ import annotations

from dataclasses import replace

from inkdigits.arrays import LARGEST_SIDE, MOST_CLASSES, Shape
from inkdigits.errors import UsageError
from inkdigits.networks.architecture import Architecture, Dense, Padding2D
from inkdigits.networks.arithmetic import summarise


def fit_architecture(
    architecture: Architecture,
    shape: Shape,
    classes: int,
    *,
    none_class: bool | None = None,
    margin: int = 0,
) -> Architecture:
    """Return an architecture for images of this shape and as many classes.

    Args:
        architecture: The layers; the last dense one answers.
        shape: Height, width and channels of an image: 1 channel or 3.
        classes: Classes to tell apart, 2 to `MOST_CLASSES`.
        none_class: Whether one more output stands for none of them; None to leave that as it is.
        margin: Pixels of zeros to add on each side of an image.

    Raises:
        UsageError: If an image is too small for the layers or larger than `LARGEST_SIDE`, or there
            are too few or too many classes.

    Example:
        >>> from inkdigits.networks.architecture import TUTORIAL
        >>> small = fit_architecture(TUTORIAL, (32, 32, 3), 4)
        >>> small.input_shape, small.outputs
        ((32, 32, 3), 4)
    """
    if not 2 <= classes <= MOST_CLASSES:
        raise UsageError(f"there must be 2 to {MOST_CLASSES} classes; received {classes}")
    none_class = architecture.none_class if none_class is None else none_class
    last = max(i for i, each in enumerate(architecture.layers) if isinstance(each, Dense))
    layers = (
        *((Padding2D(margin),) if margin else ()),
        *architecture.layers[:last],
        Dense(classes + none_class),
        *architecture.layers[last + 1 :],
    )
    fitted = replace(architecture, input_shape=shape, layers=layers, none_class=none_class)
    _check_size(fitted)
    return fitted


def smallest_side(architecture: Architecture) -> int:
    """Return the least height and width, in pixels, that leave every layer something to read.

    Example:
        >>> from inkdigits.networks.architecture import TUTORIAL
        >>> smallest_side(TUTORIAL)
        16
    """
    channels = architecture.input_shape[2]
    sides = range(1, LARGEST_SIDE + 1)
    return next(
        side for side in sides if _fits(replace(architecture, input_shape=(side, side, channels)))
    )


def _check_size(architecture: Architecture) -> None:
    height, width, _ = architecture.input_shape
    if max(height, width) <= LARGEST_SIDE and _fits(architecture):
        return
    least = smallest_side(architecture)
    raise UsageError(
        f"the network {architecture.name} reads images of {least}x{least} to "
        f"{LARGEST_SIDE}x{LARGEST_SIDE} pixels; received {height}x{width}"
    )


def _fits(architecture: Architecture) -> bool:
    """Whether every layer has at least one value to give out."""
    return all(min(row.output_shape) >= 1 for row in summarise(architecture).layers)
