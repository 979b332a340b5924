"""How many digits a mark shows, and which: the answers of the network that reads strips.

Comes in: strips of marks. Goes out: for each, the chance that it is one digit or two that touch,
and which two. It does not know where one of them ends and the other begins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkdigits.array_types import Float32
from inkdigits.arrays import Images
from inkdigits.errors import ModelFileError
from inkdigits.formats import image_size
from inkdigits.imaging.strip import STRIP_SIDE
from inkdigits.recognition.answers import Classifier

DIGITS = 10
MORE, NONE = "more", "none"  # three digits or more; no whole digit

STRIP_CLASSES = (
    *(str(digit) for digit in range(DIGITS)),
    *(f"{pair:02}" for pair in range(DIGITS * DIGITS)),
    MORE,
    NONE,
)
_PAIRS = slice(DIGITS, -2)


def class_index(text: str) -> int:
    """Return the index among `STRIP_CLASSES` of a strip in which a text stands.

    Args:
        text: Digits; empty where there is no whole one.

    Example:
        >>> [STRIP_CLASSES[class_index(text)] for text in ("7", "17", "170", "")]
        ['7', '17', 'more', 'none']
    """
    return STRIP_CLASSES.index(NONE if not text else text if len(text) <= 2 else MORE)


@dataclass(frozen=True, eq=False)
class Count:
    """What the ink of one mark may be.

    Attributes:
        one: Probability that it is one digit.
        two: Probability that it is two.
        more: Probability that it is three or more.
        digit: Shape (10,), float32: which digit it is, if it is one.
        left: Shape (10,), float32: which digit the left one is, if it is two.
        right: Shape (10,), float32: which the right one is.
    """

    one: float
    two: float
    more: float
    digit: Float32[np.ndarray, " digits"]
    left: Float32[np.ndarray, " digits"]
    right: Float32[np.ndarray, " digits"]


class Counter:
    """Asks the network that reads strips."""

    def __init__(self, classifier: Classifier) -> None:
        """Take the network.

        Args:
            classifier: Reads strips of 28x28 pixels and tells `STRIP_CLASSES` apart.

        Raises:
            ModelFileError: If it does something else.
        """
        shape = (STRIP_SIDE, STRIP_SIDE, 1)
        if classifier.input_shape != shape or classifier.class_names != STRIP_CLASSES:
            raise ModelFileError(
                f"the network must read strips of {image_size(shape)} and tell "
                f"{len(STRIP_CLASSES)} kinds apart; it reads {image_size(classifier.input_shape)} "
                f"and tells {len(classifier.class_names)}"
            )
        self._classifier = classifier

    def counts(self, strips: Images) -> list[Count]:
        """Return what each strip may show.

        Args:
            strips: Shape (n, 28, 28), uint8.
        """
        return counts_of(self._classifier.probabilities(strips)) if len(strips) else []


def counts_of(probabilities: Float32[np.ndarray, "n classes"]) -> list[Count]:
    """Sum up probabilities of `STRIP_CLASSES`.

    Args:
        probabilities: Shape (n, 112), float32, rows summing to 1.

    Example:
        >>> answers = np.zeros((1, 112), np.float32)
        >>> answers[0, [7, 10 + 17, 10 + 12]] = 0.2, 0.6, 0.2  # a 7, or 17, or 12
        >>> (count,) = counts_of(answers)
        >>> round(count.one, 3), round(count.two, 3), count.right[[2, 7]].round(2).tolist()
        (0.2, 0.8, [0.25, 0.75])
    """
    ones, pairs = probabilities[:, :DIGITS], probabilities[:, _PAIRS]
    pairs = pairs.reshape(-1, DIGITS, DIGITS)
    mores = probabilities[:, STRIP_CLASSES.index(MORE)]
    return [
        Count(
            one=float(one.sum()),
            two=float(pair.sum()),
            more=float(more),
            digit=_shares(one),
            left=_shares(pair.sum(axis=1)),
            right=_shares(pair.sum(axis=0)),
        )
        for one, pair, more in zip(ones, pairs, mores, strict=True)
    ]


def _shares(values: Float32[np.ndarray, " digits"]) -> Float32[np.ndarray, " digits"]:
    shares: Float32[np.ndarray, " digits"] = values / max(values.sum(), np.finfo(np.float32).tiny)
    return shares
