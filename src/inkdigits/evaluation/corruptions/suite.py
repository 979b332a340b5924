"""The fifteen corruptions of MNIST-C by name, each one a function of images and a seed.

Comes in: clean 28x28 digits, a corruption's name, a seed. Goes out: corrupted digits. It does not
know networks or figures.

After N. Mu and J. Gilmer, "MNIST-C: A Robustness Benchmark for Computer Vision", 2019
(https://arxiv.org/abs/1906.02337) and the parameters in `corruptions.py` of
https://github.com/google-research/mnist-c. Each corruption has one severity, the one that file
takes unless told otherwise; of five: shot noise 5, impulse noise 4, glass blur 1, motion blur 1,
shear 2, scale 3, rotate 2, brightness 5, translate 3, fog 5, spatter 4. Stripe, dotted line,
zigzag and Canny edges have none.

The images are not those of the published archive, whose random numbers had no seed: what is drawn
differs, what it is drawn from does not. Saved as PNG, each corruption takes within 0.5 % of the
bytes that the catalogue of TensorFlow Datasets gives for that archive (`mnist_corrupted` 1.0.0).
Other severities, and greys that are rounded instead of cut to whole levels, fit worse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from inkdigits.arrays import Images
from inkdigits.errors import UsageError
from inkdigits.evaluation.corruptions.blur import glass_blur, motion_blur
from inkdigits.evaluation.corruptions.edges import canny_edges
from inkdigits.evaluation.corruptions.geometry import rotate, scale, shear, translate
from inkdigits.evaluation.corruptions.light import brightness, fog, stripe
from inkdigits.evaluation.corruptions.noise import impulse_noise, shot_noise
from inkdigits.evaluation.corruptions.overlay import dotted_line, spatter, zigzag
from inkdigits.evaluation.corruptions.shares import SIDE

Corruption: TypeAlias = Callable[[Images, np.random.Generator], Images]

CORRUPTIONS: dict[str, Corruption] = {
    "shot_noise": shot_noise,
    "impulse_noise": impulse_noise,
    "glass_blur": glass_blur,
    "motion_blur": motion_blur,
    "shear": shear,
    "scale": scale,
    "rotate": rotate,
    "brightness": brightness,
    "translate": translate,
    "stripe": stripe,
    "fog": fog,
    "spatter": spatter,
    "dotted_line": dotted_line,
    "zigzag": zigzag,
    "canny_edges": canny_edges,
}

_BLOCK = 500  # images corrupted together: little memory, and what a processor's cache holds


def corrupt(name: str, images: Images, seed: int = 0) -> Images:
    """Corrupt images in one of the fifteen ways.

    An image's result depends on the name, the seed, the image and its place in `images`, and on
    nothing else: the first ten of all are what the first ten alone give.

    Args:
        name: A key of `CORRUPTIONS`.
        images: Shape (n, 28, 28), uint8; white ink on black.
        seed: 0 or more.

    Returns:
        The same shape, uint8; a new array.

    Raises:
        UsageError: If the name is unknown, the seed negative or an image not 28x28.
        TypeError: If `images` is not uint8 with three axes.

    Example:
        >>> digit = np.zeros((1, 28, 28), dtype=np.uint8)
        >>> digit[0, 5:23, 13:15] = 255
        >>> leaning = corrupt("shear", digit)
        >>> leaning.shape, bool((leaning == digit).all())
        ((1, 28, 28), False)
    """
    _check(name, images, seed)
    corrupted = np.empty_like(images)
    for block, start in enumerate(range(0, len(images), _BLOCK)):
        rng = np.random.default_rng(
            np.random.SeedSequence([seed, *name.encode()], spawn_key=(block,))
        )
        chosen = slice(start, start + _BLOCK)
        corrupted[chosen] = CORRUPTIONS[name](images[chosen], rng)
    return corrupted


def _check(name: str, images: Images, seed: int) -> None:
    if name not in CORRUPTIONS:
        raise UsageError(
            f"the corruption must be one of {', '.join(CORRUPTIONS)}; received {name!r}"
        )
    if seed < 0:
        raise UsageError(f"`seed` must be 0 or more; received {seed}")
    if images.dtype != np.uint8 or images.ndim != 3:
        raise TypeError(
            "`images` must be uint8 with shape (n, 28, 28); "
            f"received {images.dtype} with shape {images.shape}"
        )
    if images.shape[1:] != (SIDE, SIDE):
        height, width = images.shape[1:]
        raise UsageError(
            f"MNIST-C corrupts images of 28x28 pixels; received images of {height}x{width}"
        )
