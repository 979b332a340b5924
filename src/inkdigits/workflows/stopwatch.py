"""How long each part of a piece of work takes.

Comes in: names, when each part ends. Goes out: seconds by name.
"""

from __future__ import annotations

import time


class Stopwatch:
    """Splits the time since its start into named laps."""

    def __init__(self, started: float | None = None) -> None:
        """Start now, or at an earlier reading of `time.perf_counter`."""
        self._started = self._last = time.perf_counter() if started is None else started
        self._laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """Count the time since the last lap towards `name`."""
        now = time.perf_counter()
        self._laps[name] = self._laps.get(name, 0.0) + now - self._last
        self._last = now

    def timing(self) -> dict[str, float]:
        """Return the seconds of each lap so far, and their "total"."""
        return {**self._laps, "total": self._last - self._started}
