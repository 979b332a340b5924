"""Numbers and names as people read them: the same in terminal, plot and report.

Comes in: a number or a name. Goes out: text. It does not know where the text stands.
"""

from __future__ import annotations

from math import isfinite

from inkdigits.arrays import COLOURS, Shape

NOTHING = "n/a"


def percent(share: float, digits: int = 2) -> str:
    """Write a share as a percentage.

    Args:
        share: 0 to 1; NaN for a share of nothing.
        digits: Digits after the point.

    Example:
        >>> percent(0.9928), percent(float("nan"))
        ('99.28 %', 'n/a')
    """
    return f"{100 * share:.{digits}f} %" if isfinite(share) else NOTHING


def confidence(probability: float) -> str:
    """Write a probability with one digit, never claiming a certainty that rounding made.

    Args:
        probability: 0 to 1.

    Example:
        >>> confidence(0.9731), confidence(0.99999), confidence(0.0001), confidence(0.0)
        ('97.3 %', '> 99.9 %', '< 0.1 %', '0.0 %')
    """
    if 0.9995 <= probability < 1:
        return "> 99.9 %"
    if 0 < probability < 0.0005:
        return "< 0.1 %"
    return percent(probability, digits=1)


def count(number: float) -> str:
    """Write a count with its thousands separated.

    Example:
        >>> count(601706), count(5030.4)
        ('601,706', '5,030')
    """
    return f"{number:,.0f}"


def duration(seconds: float) -> str:
    """Write a time span in the units that suit its length.

    Args:
        seconds: At least 0.

    Example:
        >>> duration(0.254), duration(37.24), duration(238.6), duration(7290)
        ('0.25 s', '37.2 s', '3 min 59 s', '2 h 2 min')
    """
    if round(seconds, 1) < 60:
        return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours:,} h {minutes} min"


def image_size(shape: Shape) -> str:
    """Write the size of an image, and whether it is in colour.

    Args:
        shape: Height, width and channels.

    Example:
        >>> image_size((28, 28, 1)), image_size((32, 24, 3))
        ('28x28 pixels', '32x24 pixels in colour')
    """
    height, width, channels = shape
    return f"{height}x{width} pixels" + (" in colour" if channels == COLOURS else "")


def shorten(name: str, length: int) -> str:
    """Put a name on one line of at most `length` characters, and show where it was cut.

    Example:
        >>> shorten("seven", 8), shorten("seventeen", 8)
        ('seven', 'sevente…')
    """
    name = " ".join(name.split())
    return name if len(name) <= length else name[: length - 1] + "…"
