"""Pictures that are no digits, in sets, for measuring how well a network tells that they are none.

Comes in: the name of a set. Goes out: its images. It does not know any network. Each set has two
parts that share no image: one to choose a score and a threshold by, one to measure on.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np

from inkdigits.array_types import Float64
from inkdigits.arrays import WHITE, Images
from inkdigits.datasets.fashion_mnist import load_fashion_sample
from inkdigits.errors import UsageError
from inkdigits.imaging.letters import render_letters

Part: TypeAlias = Literal["choosing", "evaluating"]
Pictures: TypeAlias = Float64[np.ndarray, "n height width"]
Numbers: TypeAlias = Float64[np.ndarray, "n 1 1"]  # one for each picture

SIZE = 28

# Letters that somebody who expects a digit may take for one, with the digit: a ring (with a tail,
# or flat on one side), a bar (with a dot), angles and bends of the same course, a bowl on the
# same side of a stem. Mirror images, such as E and 3 or P and 9, do not count, nor do letters
# that some people write like a digit but the font does not, such as an A with an open top.
LIKE_DIGITS: dict[str, str] = {
    **dict.fromkeys("ODQo", "0"),
    **dict.fromkeys("Ili", "1"),
    **dict.fromkeys("Zz", "2"),
    "y": "4",
    **dict.fromkeys("Ss", "5"),
    **dict.fromkeys("Gb", "6"),
    "B": "8",
    **dict.fromkeys("gq", "9"),
}
UNLIKE_DIGITS = "".join(letter for letter in string.ascii_letters if letter not in LIKE_DIGITS)


def outlier_set(name: str, part: Part, n: int = 1000, seed: int = 0) -> Images:
    """Return images that are no digits.

    - "fashion-mnist": clothes; the parts are from Fashion-MNIST's training and test images.
    - "blank": paper without ink: even, lit from one side, with the grain of a camera; one in ten
      is a single grey level.
    - "noise": in turns uniform, Gaussian, salt and pepper, and smooth, of all strengths.
    - "letters": letters that do not look like digits.
    - "letters-like-digits": those that do. They are a set of their own because nobody can tell a
      printed O from a 0: taking one for a digit is no mistake.

    Args:
        name: One of `OUTLIER_SETS`.
        part: "choosing" or "evaluating"; no image is in both, whatever the seeds.
        n: Number of images, at least 1; of Fashion-MNIST there are 1,000.
        seed: What the images depend on, at least 0; of Fashion-MNIST their choice and order.

    Returns:
        Shape (n, 28, 28), uint8; 0 is paper, 255 is full ink.

    Raises:
        UsageError: If there is no such set or part, or not as many images.

    Example:
        >>> outlier_set("noise", "choosing", n=5).shape
        (5, 28, 28)
    """
    if name not in _SETS:
        known = ", ".join(OUTLIER_SETS)
        raise UsageError(f'there is no outlier set "{name}"; there are {known}')
    if part not in _PARTS:
        raise UsageError(f'`part` must be "choosing" or "evaluating"; received "{part}"')
    if n < 1 or seed < 0:
        raise UsageError(f"`n` must be at least 1 and `seed` 0 or more; received {n} and {seed}")
    # The set and the part are in the seed, so that every set has numbers of its own.
    rng = np.random.default_rng([seed, OUTLIER_SETS.index(name), _PARTS.index(part)])
    return _SETS[name](part, n, rng)


def _fashion(part: Part, n: int, rng: np.random.Generator) -> Images:
    images = load_fashion_sample("train" if part == "choosing" else "test")
    if n > len(images):
        raise UsageError(f"fashion-mnist has {len(images)} images in each part; received {n}")
    return images[rng.permutation(len(images))[:n]]


def _blank(part: Part, n: int, rng: np.random.Generator) -> Images:
    # Mostly dark: half of the levels are below an eighth of white.
    level = WHITE * _uniform(rng, n, 0.0, 1.0) ** 3
    across, down = np.meshgrid(np.linspace(-0.5, 0.5, SIZE), np.linspace(-0.5, 0.5, SIZE))
    angle, strength = _uniform(rng, n, 0.0, 2 * np.pi), _uniform(rng, n, 0.0, 64.0)
    light = strength * (np.cos(angle) * across + np.sin(angle) * down)
    grain = _uniform(rng, n, 0.5, 6.0) * rng.standard_normal((n, SIZE, SIZE))
    pictures = level + light + grain
    # Pictures of a single level could be the same, so the parts share the levels out: odd ones to
    # choose by, even ones, with the empty picture among them, to measure on.
    pictures[::10] = 2 * np.floor(level[::10] / 2) + (part == "choosing")
    return _to_bytes(pictures)


def _noise(_part: Part, n: int, rng: np.random.Generator) -> Images:
    white = rng.standard_normal((n, SIZE, SIZE))
    even = rng.uniform(0, WHITE, (n, SIZE, SIZE))
    level, contrast = _uniform(rng, n, 0.0, float(WHITE)), _uniform(rng, n, 20.0, 200.0)
    share = _uniform(rng, n, 0.02, 0.5)
    grey = np.where(_uniform(rng, n, 0.0, 1.0) < 0.5, 0.0, level)
    pictures = np.select(
        [np.arange(n)[:, np.newaxis, np.newaxis] % 4 == kind for kind in range(3)],
        [even * contrast / 200, level + contrast * white, _salt_and_pepper(even, share, grey)],
        level + contrast * _smooth(white, _uniform(rng, n, 0.7, 5.0)),
    )
    return _to_bytes(pictures)


def _salt_and_pepper(even: Pictures, share: Numbers, grey: Numbers) -> Pictures:
    """Turn a share of the pixels, half of them each, white and black."""
    place = even / WHITE
    return np.where(place < share / 2, WHITE, np.where(place > 1 - share / 2, 0.0, grey))


def _smooth(white: Pictures, width: Numbers) -> Pictures:
    """Blur noise with Gaussians of these widths in pixels, and keep its spread at 1."""
    rows, columns = np.fft.fftfreq(SIZE)[:, np.newaxis], np.fft.rfftfreq(SIZE)
    # The Fourier transform of a Gaussian of width s is exp(-2 (pi s f)^2).
    kept = np.exp(-2 * (np.pi * width) ** 2 * (rows**2 + columns**2))
    blurred = np.fft.irfft2(np.fft.rfft2(white) * kept, s=(SIZE, SIZE))
    blurred -= blurred.mean(axis=(1, 2), keepdims=True)
    smooth: Pictures = blurred / blurred.std(axis=(1, 2), keepdims=True)
    return smooth


def _letters(_part: Part, n: int, rng: np.random.Generator) -> Images:
    return render_letters(UNLIKE_DIGITS, n, rng)


def _letters_like_digits(_part: Part, n: int, rng: np.random.Generator) -> Images:
    return render_letters("".join(LIKE_DIGITS), n, rng)


def _uniform(rng: np.random.Generator, n: int, low: float, high: float) -> Numbers:
    """Draw one number for each of n pictures."""
    return rng.uniform(low, high, (n, 1, 1))


def _to_bytes(pictures: Pictures) -> Images:
    images: Images = np.rint(np.clip(pictures, 0, WHITE)).astype(np.uint8)
    return images


_PARTS: tuple[Part, ...] = ("choosing", "evaluating")
_SETS: dict[str, Callable[[Part, int, np.random.Generator], Images]] = {
    "fashion-mnist": _fashion,
    "blank": _blank,
    "noise": _noise,
    "letters": _letters,
    "letters-like-digits": _letters_like_digits,
}
OUTLIER_SETS: tuple[str, ...] = tuple(_SETS)
