"""Names of files and classes: in the order people expect, and on one line.

Comes in: names as a file system or a file has them. Goes out: sort keys, lines for messages, class
names that may go into reports.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from inkdigits.errors import DataError
from inkdigits.sources.source import MAX_CLASSES

_LONGEST = 200  # characters of a class name
_DIGITS = re.compile(r"(\d+)", re.ASCII)


def shown(name: str | Path) -> str:
    r"""Write a name on one line, whatever is in it.

    Example:
        >>> print(shown("two" + chr(10) + "lines"))
        two\nlines
    """
    text = str(name)
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def natural(name: str) -> tuple[tuple[int, str, int], ...]:
    """Return a key that sorts numbers in names by their value.

    Example:
        >>> sorted(["class 10", "class 2"], key=natural)
        ['class 2', 'class 10']
    """
    pieces = _DIGITS.split(name)  # text, number, text, number, ...
    return tuple(_number(each) if i % 2 else (0, each, 0) for i, each in enumerate(pieces))


def _number(digits: str) -> tuple[int, str, int]:
    """Longer numbers are larger; of equal ones that with fewer zeros before it comes first."""
    value = digits.lstrip("0")
    return (len(value), value, len(digits))


def check_class_names(names: Sequence[str], where: str) -> tuple[str, ...]:
    """Refuse class names that cannot go into files and reports.

    Args:
        names: In the order of the labels.
        where: The file or folder that has them, for messages.

    Returns:
        The names.

    Raises:
        DataError: If there are fewer than 2 or more than 255, or one is empty, too long, no
            printable text, or there twice.

    Example:
        >>> check_class_names(["cat", "dog"], "pets")
        ('cat', 'dog')
    """
    if not 2 <= len(names) <= MAX_CLASSES:
        raise DataError(f"{where} must have 2 to {MAX_CLASSES} classes; received {len(names):,}")
    seen: set[str] = set()
    for name in names:
        if not name.strip() or len(name) > _LONGEST or not name.isprintable():
            raise DataError(
                f"{where}: a class name must be one line of 1 to {_LONGEST} printable characters; "
                f'received "{shown(name[: _LONGEST + 1])}"'
            )
        if name in seen:
            raise DataError(f'{where}: class names must differ; received "{name}" twice')
        seen.add(name)
    return tuple(names)
