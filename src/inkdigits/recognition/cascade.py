"""Two networks for the work of one: a small one answers what is clear, and both the rest.

Comes in: both, and images. Goes out: answers on the large one's terms. Of pictures that are one
digit as they are most are clear, and the small network takes a hundredth of the large one's work.
Such a cascade settles early what is easy (Viola and Jones, CVPR 2001). What is not easy is left to
the mean of both: they differ so much that they are seldom wrong about the same image.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from inkdigits.array_types import Bool
from inkdigits.arrays import Images
from inkdigits.errors import ModelFileError
from inkdigits.recognition.answers import Answers, Classifier

# Least probability that the small network gives what is clear to it, and what its word counts in
# all else. Chosen on held-out digits and on pictures without one: `python benchmarks/quick.py`.
CLEAR = 0.99
SHARE = 0.2


class Cascade:
    """Asks a small network, and a large one too about what is not clear to that."""

    def __init__(self, quick: Callable[[], Classifier], thorough: Classifier) -> None:
        """Take the networks.

        Args:
            quick: Returns the small one, and is called when there are images. It must have learnt
                to be unsure of what shows no digit.
            thorough: The large one.
        """
        self._load_quick, self._thorough = quick, thorough

    def joint_answers(self, images: Images) -> Answers:
        """Return what the small network says where that is clear, and else the mean of both.

        In the mean the small network's probabilities count `SHARE`; the outlierness is the large
        one's. That of the small one is moved by as much as the thresholds of both differ, so that
        the large one's threshold holds for all.

        Args:
            images: Shape (n, 28, 28), uint8.

        Returns:
            As `Answers.joint`.

        Raises:
            ModelFileError: If the networks read images of another shape, or do not tell the same
                classes apart and what is none by the same score.
        """
        first = self._first(images)
        unclear = ~is_clear(first)
        if not unclear.any():
            return first
        return _completed(first, unclear, self._thorough.answers(images[unclear]).joint())

    def _first(self, images: Images) -> Answers:
        """Return the small network's answers, on the large one's terms."""
        quick = self._load_quick()
        _check_alike(quick, self._thorough)
        first = quick.answers(images).joint()
        there, here = quick.rejection, self._thorough.rejection
        if there is None or here is None or first.outlierness is None:
            return first
        moved = first.outlierness + np.float32(here.threshold - there.threshold)
        return Answers(first.probabilities, moved, first.rejected)


def is_clear(answers: Answers) -> Bool[np.ndarray, " n"]:
    """Whether a network is sure enough of each answer for nobody else to be asked.

    Example:
        >>> rows = np.array([[0.995, 0.005], [0.9, 0.1], [0.995, 0.005]], np.float32)
        >>> is_clear(Answers(rows, None, np.array([False, False, True]))).tolist()
        [True, False, False]
    """
    clear: Bool[np.ndarray, " n"] = answers.probabilities.max(axis=1) >= CLEAR
    clear &= ~answers.rejected
    return clear


def _check_alike(quick: Classifier, thorough: Classifier) -> None:
    def tells(one: Classifier) -> str:
        score = one.rejection.score if one.rejection else "no score"
        return f"{', '.join(one.class_names)} by {score}"

    if tells(quick) != tells(thorough):
        raise ModelFileError(
            f"the small network must tell apart {tells(thorough)}, as the large one does; "
            f"it tells {tells(quick)}"
        )


def _completed(first: Answers, places: Bool[np.ndarray, " n"], second: Answers) -> Answers:
    """Give some answers the mean with those of the large network, whose verdict holds."""
    probabilities, rejected = first.probabilities.copy(), first.rejected.copy()
    probabilities[places] *= np.float32(SHARE)
    probabilities[places] += np.float32(1 - SHARE) * second.probabilities
    rejected[places] = second.rejected
    if first.outlierness is None:
        return Answers(probabilities, None, rejected)
    outlierness = first.outlierness.copy()
    outlierness[places] = second.outlierness
    return Answers(probabilities, outlierness, rejected)
