"""How sure a measured share or mean is.

Comes in: counts or figures. Goes out: intervals. It does not know what was counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist, fmean, stdev

# Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom. Source: NIST/SEMATECH
# e-Handbook of Statistical Methods, table 1.3.6.7.2.
_T95 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)


def wilson_interval(correct: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval of a share.

    Args:
        correct: Successes, 0 to n.
        n: Trials, at least 1.
        confidence: Probability that such an interval covers the true share, between 0 and 1.

    Returns:
        Lower and upper bound, 0 to 1. Source: E. B. Wilson, "Probable Inference, the Law of
        Succession, and Statistical Inference", 1927.

    Raises:
        ValueError: If the counts are impossible.

    Example:
        >>> low, high = wilson_interval(9900, 10_000)
        >>> round(low, 4), round(high, 4)
        (0.9879, 0.9918)
    """
    if not 0 <= correct <= n or n < 1:
        raise ValueError(f"`correct` must be between 0 and n; received {correct} of {n}")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = correct / n
    centre = share + z * z / (2 * n)
    spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low, high = (centre - spread) / scale, (centre + spread) / scale
    # The share itself is always inside; rounding must not push it out at 0 and at 1.
    return max(0.0, min(low, share)), min(1.0, max(high, share))


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % interval of a mean, by Student's t.

    Args:
        values: 2 to 31 independent figures, such as one accuracy per seed.

    Raises:
        ValueError: If there are fewer or more.

    Example:
        >>> low, high = mean_interval([1.0, 2.0, 3.0])
        >>> round(low, 2), round(high, 2)
        (-0.48, 4.48)
    """
    n = len(values)
    if not 2 <= n <= len(_T95) + 1:
        raise ValueError(f"there must be 2 to {len(_T95) + 1} values; received {n}")
    margin = _T95[n - 2] * stdev(values) / sqrt(n)
    return fmean(values) - margin, fmean(values) + margin
