"""What the page works out beside the figures: ranges with their units, bars, shares of time.

Comes in: parts of the content. Goes out: frozen values for the template. It does not know how
they are laid out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import radians, sin
from typing import Protocol

from inkdigits.evaluation.robustness import CorruptionSuite
from inkdigits.formats import percent
from inkdigits.training.augmentation.ranges import Augmentation

_AXIS_STARTS = (0.995, 0.99, 0.98, 0.95, 0.9, 0.8, 0.5, 0.0)


class Share(Protocol):
    """A share with its interval, such as a manifest's score or an evaluation."""

    @property
    def accuracy(self) -> float:
        """The share, 0 to 1."""
        ...

    @property
    def interval95(self) -> tuple[float, float]:
        """Its 95 % interval."""
        ...


@dataclass(frozen=True)
class Change:
    """How one kind of change to training images is limited.

    Attributes:
        name: In words.
        limits: With units, and in pixels where that says more.
        description: What the recipe says about it.
    """

    name: str
    limits: str
    description: str


@dataclass(frozen=True)
class AccuracyBar:
    """Where an accuracy and its interval lie on an axis that ends at 100 %.

    Attributes:
        low: Lower end of the interval, 0 to 1 along the axis.
        high: Its upper end.
        point: The accuracy itself.
    """

    low: float
    high: float
    point: float


@dataclass(frozen=True)
class Lap:
    """One part of the whole time.

    Attributes:
        name: What was done.
        seconds: How long it took.
        share: Of the whole, 0 to 1.
    """

    name: str
    seconds: float
    share: float


def changes(augmentation: Augmentation, size: tuple[int, int]) -> list[Change]:
    """Say how far training images may be changed.

    Args:
        augmentation: The recipe's ranges.
        size: Height and width of the images in pixels.

    Example:
        >>> rows = changes(Augmentation(rotation=8.0), (28, 28))
        >>> rows[0].limits, rows[1].limits
        ('up to 8° either way: 1.9 pixels at the edge', 'none')
    """
    rows = []
    for field, info in Augmentation.model_fields.items():
        extra = info.json_schema_extra
        unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
        value = getattr(augmentation, field)
        limits = _limits(value, unit, size) if isinstance(value, float) else str(value)
        rows.append(Change(field.replace("_", " "), limits, info.description or ""))
    return rows


def _limits(value: float, unit: str, size: tuple[int, int]) -> str:
    height, width = size
    if value == 0:
        return "none"
    if unit == "degrees":
        edge = max(size) / 2 * sin(radians(min(value, 90.0)))
        return f"up to {value:g}° either way: {edge:.1f} pixels at the edge"
    if unit in ("of the width", "of the height"):
        pixels = value * (width if unit == "of the width" else height)
        return f"up to {value:g} {unit} either way: {pixels:.1f} pixels"
    if unit == "of the size":
        return f"{1 - value:g} to {1 + value:g} times the size"
    if unit == "of the images":
        return f"{percent(value, 0)} {unit}"
    return f"up to {value:g} {unit}".strip()


def axis_start(scores: Sequence[Share]) -> float:
    """Return where an axis begins on which all intervals can be told apart.

    Example:
        >>> from inkdigits.runs.manifest import Score
        >>> one = Score(accuracy=0.98, correct=98, n=100, interval95=(0.93, 0.994), loss=0.1)
        >>> axis_start([one])
        0.9
    """
    lowest = min(score.interval95[0] for score in scores)
    return next(start for start in _AXIS_STARTS if start <= lowest)


def corruption_axis(clean: Share, corruptions: CorruptionSuite | None) -> float:
    """Return where the axis of the corruptions' accuracies begins; 0 where there are none."""
    return axis_start([clean, *corruptions.evaluations.values()]) if corruptions else 0.0


def accuracy_bar(score: Share, start: float) -> AccuracyBar:
    """Place a score on an axis from `start` to 1."""
    low, high = score.interval95
    span = 1 - start
    return AccuracyBar(
        low=(low - start) / span, high=(high - start) / span, point=(score.accuracy - start) / span
    )


def laps(timing: Mapping[str, float]) -> list[Lap]:
    """Split the whole time into its parts, the whole itself left out.

    Args:
        timing: Seconds of each part by name; "total", where there is one, is the whole.

    Example:
        >>> laps({"train": 3.0, "plots": 1.0, "total": 4.0})[0]
        Lap(name='train', seconds=3.0, share=0.75)
    """
    whole = total(timing) or 1.0
    return [
        Lap(name, seconds, min(1.0, seconds / whole))
        for name, seconds in timing.items()
        if name != "total"
    ]


def total(timing: Mapping[str, float]) -> float:
    """Return the whole time: what is called "total", or else the sum of all parts.

    Example:
        >>> total({"train": 3.0, "plots": 1.0})
        4.0
    """
    return timing.get("total", sum(timing.values()))
