"""Who is told how a run goes, and may end it.

Comes in: progress and epoch records. Goes out: the wish to stop. It does not know the trainer.
"""

from __future__ import annotations

from typing import Protocol

from inkdigits.training.state import EpochRecord, Progress


class Observer(Protocol):
    """Is told how a run goes, and may end it."""

    def on_progress(self, progress: Progress) -> None:
        """Some steps were taken."""

    def on_epoch(self, record: EpochRecord) -> None:
        """An epoch and its validation are done; the trainer's state is complete."""

    def on_warning(self, message: str) -> None:
        """Something is not as it should be, and the run goes on."""

    def should_stop(self) -> bool:
        """Return True to end the run before its next steps."""


class QuietObserver:
    """Lets a run go its way."""

    def on_progress(self, progress: Progress) -> None:
        """Do nothing."""

    def on_epoch(self, record: EpochRecord) -> None:
        """Do nothing."""

    def on_warning(self, message: str) -> None:
        """Do nothing."""

    def should_stop(self) -> bool:
        """Never stop."""
        return False
