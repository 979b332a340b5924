"""Two networks for the work of one: a small one answers what is clear, a large one the rest.

Comes in: both, and images. Goes out: answers on the small one's terms. Most images that are a digit
are clear, and the small network takes a hundredth of the large one's work. The large one may be two
networks in the same way. Such a cascade settles early what is easy (Viola and Jones, CVPR 2001).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from inkdigits.array_types import Bool
from inkdigits.arrays import AnyImages
from inkdigits.errors import ModelFileError
from inkdigits.once import Once
from inkdigits.recognition.answers import Answers, Classifier, Outputs, Rejection


@dataclass(frozen=True)
class Clear:
    """What a network must be sure of, for nobody else to be asked.

    Attributes:
        sure: Least probability of a class, if it is any, and
        none: largest probability that it is none, for its word that it is this class.
        surely_none: Least probability that it is none, for its word that it is none.
    """

    sure: float
    none: float
    surely_none: float


# Of a picture that is one digit or none. Chosen on held-out digits and on pictures without one:
# `python benchmarks/quick.py`.
ONE = Clear(sure=0.98, none=0.05, surely_none=0.98)
# Of a mark, which may be two digits that touch: the small network takes such for one sooner. Chosen
# on pages of held-out digits.
MARK = Clear(sure=0.995, none=0.005, surely_none=0.98)


class Cascade(Classifier):
    """Asks a small network, and a large one about what is not clear to that."""

    def __init__(
        self, quick: Classifier, thorough: Callable[[], Classifier], clear: Clear = ONE
    ) -> None:
        """Take the networks.

        Args:
            quick: The small one. It must have learnt to be unsure of what shows no digit.
            thorough: Returns the large one, and is called once, when something is not clear.
            clear: When the small one's answer stands.
        """
        super().__init__(quick.signature)
        self._quick, self._clear = quick, clear
        self._thorough = Once(partial(_loaded, quick, thorough))

    @property
    def runtime(self) -> str:
        """What computes the small one, for people: name, version and number format."""
        return self._quick.runtime

    def answers(self, images: AnyImages) -> Answers:
        """Return what the small network says where that is clear, and else what the large one does.

        The large one's outlierness is moved by as much as the thresholds of both differ, so that
        the small one's threshold holds for all.

        Args:
            images: Shape (n, height, width) or, in colour, (n, height, width, 3), uint8.

        Raises:
            ModelFileError: If the images are not of the networks' shape, or the networks do not
                tell the same apart by the same score.
        """
        first = self._quick.answers(images)
        unclear = ~is_clear(first, self._clear)
        if not unclear.any():
            return first
        thorough = self._thorough()
        second = self._on_quick_terms(thorough.answers(images[unclear]), thorough.rejection)
        return _completed(first, unclear, second)

    def load(self) -> None:
        """Load the large network now, if it is not yet, and what that loads."""
        self._thorough().load()

    def _run(self, images: AnyImages, outputs: Sequence[str]) -> Outputs:
        answers = self.answers(images)
        return [getattr(answers, name) for name in outputs]

    def _on_quick_terms(self, second: Answers, there: Rejection | None) -> Answers:
        here = self.rejection
        if there is None or here is None or second.outlierness is None:
            return second
        moved = second.outlierness + np.float32(here.threshold - there.threshold)
        return replace(second, outlierness=moved)


def is_clear(answers: Answers, clear: Clear = ONE) -> Bool[np.ndarray, " n"]:
    """Whether a network is sure enough of each answer for nobody else to be asked.

    Args:
        answers: What it says.
        clear: When that is enough.

    Example:
        >>> rows = np.array([[0.995, 0.005], [0.9, 0.1], [0.995, 0.005]], np.float32)
        >>> is_clear(Answers(rows, None, np.array([False, False, True]))).tolist()
        [True, False, False]
    """
    sure: Bool[np.ndarray, " n"] = answers.probabilities.max(axis=1) >= clear.sure
    sure &= ~answers.rejected
    if answers.none is None:
        return sure
    return sure & (answers.none <= clear.none) | (answers.none >= clear.surely_none)


def _loaded(quick: Classifier, load: Callable[[], Classifier]) -> Classifier:
    thorough = load()
    _check_alike(quick, thorough)
    return thorough


def _check_alike(quick: Classifier, thorough: Classifier) -> None:
    def tells(one: Classifier) -> str:
        none = ", none" if one.signature.tells_none else ""
        score = one.rejection.score if one.rejection else "no score"
        return f"{', '.join(one.class_names)}{none} by {score}"

    if tells(quick) != tells(thorough):
        raise ModelFileError(
            f"the small network must tell apart {tells(thorough)}, as the large one does; "
            f"it tells {tells(quick)}"
        )


def _completed(first: Answers, places: Bool[np.ndarray, " n"], second: Answers) -> Answers:
    """Put the large network's answers in place of some."""

    def put(all_of_them: np.ndarray | None, some: np.ndarray | None) -> np.ndarray | None:
        return None if all_of_them is None or some is None else _put(all_of_them, places, some)

    return Answers(
        _put(first.probabilities, places, second.probabilities),
        put(first.outlierness, second.outlierness),
        _put(first.rejected, places, second.rejected),
        put(first.none, second.none),
    )


def _put(values: np.ndarray, places: Bool[np.ndarray, " n"], some: np.ndarray) -> np.ndarray:
    changed = values.copy()
    changed[places] = some
    return changed
