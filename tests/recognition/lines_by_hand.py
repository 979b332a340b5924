"""Lines of marks with what a network may make of them, for tests of what is decided on these."""

import numpy as np

from inkdigits.imaging.marks import Mark
from inkdigits.recognition.hypotheses import Hypothesis
from inkdigits.recognition.lattice import Span


def candidate(x, digit=3, *, width=20, height=30, y=0, level=200.0, stroke=4, confidence=0.99):
    """A frame drawn with strokes of this width, and what the network makes of it."""
    mask = np.ones((height, width), bool)
    if min(width, height) > 2 * stroke:
        mask[stroke:-stroke, stroke:-stroke] = False
    mark = Mark(x, y, np.full(mask.shape, 255, np.uint8), mask, level)
    row = np.full(10, min(1 - confidence, confidence) / 9, np.float32)
    row[digit] = confidence
    image = np.zeros((28, 28), np.uint8)
    return Hypothesis(Span(0, 1), (mark,), 0, 1, False, image, row)


def digits(n, x=0, **properties):
    """Digits of a number with narrow gaps, each with its word that it looks like one."""
    return [(candidate(x + 25 * i, **properties), True) for i in range(n)]


def letters(n, x=0, **properties):
    """As many marks that are no digits."""
    return [(candidate(x + 25 * i, confidence=0.05, **properties), False) for i in range(n)]
