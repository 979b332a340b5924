"""Something that is made once, when it is first asked for, whichever thread that is in.

Comes in: what makes it. Goes out: the one thing, to all who ask. `functools.cache` makes two where
two threads are first.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Once(Generic[Made]):
    """Returns the same thing each time that it is called.

    Example:
        >>> empty = Once(list)
        >>> empty() is empty()
        True
    """

    def __init__(self, make: Callable[[], Made]) -> None:
        """Take what makes it.

        Args:
            make: Is called by the first who asks; if it raises, by the next one again.
        """
        self._make = make
        self._made: list[Made] = []
        self._making = Lock()

    def __call__(self) -> Made:
        """Return it; others who ask meanwhile wait.

        Raises:
            Exception: What making it raises.
        """
        with self._making:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]
