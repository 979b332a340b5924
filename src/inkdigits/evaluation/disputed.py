"""Disputed labels: the test images of MNIST whose label people do not see in the picture.

Comes in: an evaluation. Goes out: the same figures without some of its images. A network that
"errs" on a disputed image may well be right, so accuracy is worth giving with and without them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inkdigits.evaluation.metrics import Evaluation, evaluate

# Indices, from 0, into the 10,000 test images: those where fewer than three of five people saw the
# digit of the label. Source: C. G. Northcutt, A. Athalye and J. Mueller, "Pervasive Label Errors
# in Test Sets Destabilize Machine Learning Benchmarks", 2021 (https://arxiv.org/abs/2103.14749),
# which counts 15 errors in MNIST; each person's vote is in `mturk/mnist_mturk.json` of
# https://github.com/cleanlab/label-errors.
DISPUTED_MNIST_TEST = (
    *(947, 1621, 1901, 2130, 2462, 2597, 2654, 3520, 3558, 5937),
    *(6651, 6783, 8527, 9679, 9729),
)


def without(evaluation: Evaluation, indices: Sequence[int]) -> Evaluation:
    """Work out the figures of the images that are left when some are taken away.

    Args:
        evaluation: The answers to a set of images.
        indices: Which images to leave out, each from 0 to n - 1; one named twice goes once.

    Returns:
        The evaluation of the others, in their order; the one given stays as it is.

    Raises:
        ValueError: If there is no image with such an index, or none would be left.

    Example:
        >>> from inkdigits.evaluation.metrics import evaluate
        >>> rows = np.array([[0.9, 0.1], [0.9, 0.1], [0.2, 0.8]], dtype=np.float32)
        >>> result = evaluate(rows, np.array([0, 1, 1], dtype=np.uint8))
        >>> result.correct, result.n, without(result, [1]).correct, without(result, [1]).n
        (2, 3, 2, 2)
    """
    for index in indices:
        if not 0 <= index < evaluation.n:
            raise ValueError(f"indices must be from 0 to {evaluation.n - 1}; received {index}")
    keep = np.ones(evaluation.n, dtype=np.bool_)
    keep[list(indices)] = False
    if not keep.any():
        raise ValueError(
            f"at least one image must be left; received the indices of all {evaluation.n}"
        )
    return evaluate(evaluation.probabilities[keep], evaluation.labels[keep])
