"""Keeping a run while it is trained: a checkpoint whenever one is due.

Comes in: what a trainer reports. Goes out: checkpoints and the history in the run's folder, and
the report, passed on. It does not know how a run begins or ends.
"""

from __future__ import annotations

import time

from inkdigits.runs.checkpoints import save_checkpoint
from inkdigits.runs.files import write_whole
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.history import history_to_csv
from inkdigits.runs.start import Interval
from inkdigits.training.observer import Observer
from inkdigits.training.state import EpochRecord, Progress, TrainerState
from inkdigits.training.trainer import Trainer


class Keeper:
    """Keeps a checkpoint after each epoch and whenever it is due, and passes everything on."""

    def __init__(
        self, run: RunFolder, trainer: Trainer, observer: Observer, interval: Interval
    ) -> None:
        """Count the time until the first checkpoint from now.

        Args:
            run: Where to keep them.
            trainer: Whose state.
            observer: Is told everything in turn.
            interval: When they are due within an epoch.
        """
        self._run, self._trainer, self._observer = run, trainer, observer
        self._interval = interval
        self._kept = time.monotonic()
        self.should_stop = observer.should_stop
        self.on_warning = observer.on_warning

    def on_progress(self, progress: Progress) -> None:
        """Keep the state if that is due."""
        self._observer.on_progress(progress)
        if self._is_due(progress):
            self.keep()

    def on_epoch(self, record: EpochRecord) -> None:
        """Keep the state and the history."""
        self.keep()
        write_whole(self._run.history, history_to_csv(self._trainer.history))
        self._observer.on_epoch(record)

    def keep(self) -> TrainerState:
        """Keep the state as it is now, and return it."""
        state = self._trainer.state()
        save_checkpoint(self._run.checkpoints, state)
        self._kept = time.monotonic()
        return state

    def _is_due(self, progress: Progress) -> bool:
        every, taken = self._interval.steps, (progress.epoch - 1) * progress.steps + progress.step
        return (every is not None and taken % every == 0) or (
            time.monotonic() - self._kept >= self._interval.seconds
        )
