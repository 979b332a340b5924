"""Temperature: one number that makes a network's confidence mean what it says.

Comes in: logits and true labels. Goes out: the temperature T by which to divide the logits so
that softmax(logits / T) has the smallest log loss, after Guo et al., "On Calibration of Modern
Neural Networks", 2017 (https://arxiv.org/abs/1706.04599), section 4.2; and softmax itself. The
answers stay the same, only their confidence changes. It does not know where the logits come from;
they should be of images that the network did not learn from.
"""

from __future__ import annotations

from math import exp, isfinite, log
from typing import TypeAlias

import numpy as np

from inkdigits.array_types import Float32, Float64
from inkdigits.arrays import Labels, Probabilities

Logits: TypeAlias = Float32[np.ndarray, "n classes"]

# Twenty times surer or less sure than the network says. The bounds only keep the search finite
# where the log loss has no minimum.
COLDEST = 0.05
HOTTEST = 20.0

# Each step halves log(HOTTEST / COLDEST) = 6; forty leave 6e-12 of it.
_HALVINGS = 40


def softmax(logits: Logits, temperature: float = 1.0) -> Probabilities:
    """Turn logits into probabilities.

    Args:
        logits: Shape (n, classes), float32, finite.
        temperature: What to divide them by, above 0; more than 1 makes a network less sure.

    Returns:
        Shape (n, classes), float32, rows summing to 1.

    Raises:
        ValueError: If the temperature is not a positive number or a logit is not finite.

    Example:
        >>> logits = np.log(np.array([[9.0, 1.0]], dtype=np.float32))
        >>> softmax(logits).round(3).tolist(), softmax(logits, temperature=2.0).round(3).tolist()
        ([[0.8999999761581421, 0.10000000149011612]], [[0.75, 0.25]])
    """
    if not (isfinite(temperature) and temperature > 0):
        raise ValueError(f"`temperature` must be a number above 0; received {temperature}")
    require_rows(logits=logits)
    exact = logits.astype(np.float64)
    powers = np.exp((exact - exact.max(axis=1, keepdims=True)) / temperature)
    shares: Probabilities = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


def fit_temperature(logits: Logits, labels: Labels) -> float:
    """Find the temperature with the smallest log loss.

    The log loss is convex in 1 / T, so its slope changes sign at most once; bisection in log T
    finds where.

    Args:
        logits: Shape (n, classes), float32, finite.
        labels: Shape (n,), uint8, each below the number of classes.

    Returns:
        The temperature, from `COLDEST` to `HOTTEST`, to ten digits or so. It is `COLDEST` for a set
        without mistakes, on which more confidence is always better; `HOTTEST` where less
        confidence always is, as for answers no better than chance; and 1 where all logits of each
        row are equal, so that every temperature is as good.

    Raises:
        ValueError: If there are no images, not one label for each, a label without a column, or
            a logit that is not finite.

    Example:
        Three answers in four are right, at odds of 9 to 1. The square root makes that 3 to 1.

        >>> logits = np.log(np.array([[9, 1]] * 4, dtype=np.float32))
        >>> round(fit_temperature(logits, np.array([0, 0, 0, 1], dtype=np.uint8)), 6)
        2.0
    """
    require_labels(logits, labels)
    require_rows(logits=logits)
    exact = logits.astype(np.float64)
    # Differences to the true logit: equal logits give exactly 0, whatever their size.
    lead = exact - exact[np.arange(len(labels)), labels][:, np.newaxis]
    if not lead.any():
        return 1.0
    if _slope(lead, COLDEST) <= 0:
        return COLDEST
    if _slope(lead, HOTTEST) >= 0:
        return HOTTEST
    low, high = log(COLDEST), log(HOTTEST)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if _slope(lead, exp(middle)) <= 0 else (middle, high)
    return exp((low + high) / 2)


def require_labels(logits: Logits, labels: Labels) -> None:
    """Raise ValueError unless each row of logits has one label, and each label a column.

    Args:
        logits: Shape (n, classes), float32; n at least 1.
        labels: Shape (n,), uint8.
    """
    if len(labels) == 0 or len(labels) != len(logits):
        raise ValueError(
            "there must be one label for each row of logits; "
            f"received {len(logits)} rows and {len(labels)} labels"
        )
    if int(labels.max()) >= logits.shape[1]:
        raise ValueError(f"labels must be below {logits.shape[1]}; received {int(labels.max())}")


def require_rows(**arrays: Float32[np.ndarray, "_ _"]) -> None:
    """Raise ValueError unless all arrays have as many rows, and finite values only."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"there must be as many rows of each array; received {lengths}")
    for name, array in arrays.items():
        bad = np.argwhere(~np.isfinite(array))
        if len(bad):
            value, row = array[tuple(bad[0])], bad[0, 0]
            raise ValueError(f"`{name}` must be finite; received {value} in row {row}")


def _slope(lead: Float64[np.ndarray, "n classes"], temperature: float) -> float:
    """Derivative of the log loss by 1 / T: mean over images of the expected lead."""
    scaled = lead / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return float(((powers * lead).sum(axis=1) / powers.sum(axis=1)).mean())
