"""How many training steps to take before looking up.

Comes in: how long the last steps took. Goes out: where the next ones stop. It takes no step itself.
"""

from __future__ import annotations

CHUNK_SECONDS = 0.5  # how long one call into the engine should take: the pace of a progress bar
FIRST_CHUNK = 8  # steps


class Pace:
    """Deals out the steps of a run, so that each call takes about half a second."""

    def __init__(self, every: int | None = None, *, steady: bool = False) -> None:
        """Begin with a few steps.

        Args:
            every: Stop at each multiple of this many steps of the run besides; None for nowhere.
            steady: Stop at the same steps in every run, however long they take.
        """
        self._every, self._steady = every, steady
        self._chunk = FIRST_CHUNK

    def steps(self, taken: int) -> int:
        """Return how many steps to take next, at least 1.

        Args:
            taken: Steps of the run so far.

        Example:
            >>> Pace(every=5).steps(3), Pace(steady=True).steps(13)
            (2, 3)
        """
        chunk = FIRST_CHUNK - taken % FIRST_CHUNK if self._steady else self._chunk
        return min(chunk, self._every - taken % self._every) if self._every else chunk

    def took(self, steps: int, seconds: float) -> None:
        """Learn from the steps just taken; the next chunk is at most four times as long."""
        fitting = round(steps * CHUNK_SECONDS / max(seconds, 1e-6))
        self._chunk = max(1, min(4 * self._chunk, fitting))
