"""How a training run looks in a terminal, and how Ctrl-C ends it.

Comes in: a trainer's progress and the process's signals. Goes out: a bar and a line per epoch on
stderr, and the wish to stop between two steps.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType, TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from inkdigits.formats import percent
from inkdigits.training import state

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class TerminalObserver:
    """Shows a run in the terminal; the first Ctrl-C stops it in good order, a second at once."""

    def __init__(self, epochs: int) -> None:
        """Prepare to show a run of that many epochs."""
        self._epochs = epochs
        self._stop = False
        self._images_per_second = 0.0
        # A copy of the error stream, so that the bar shows while the stream itself is held back.
        self._terminal = os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8")
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.percentage:>3.0f} %  {task.fields[speed]}"),
            TimeRemainingColumn(),
            console=Console(file=self._terminal, highlight=False, soft_wrap=True),
            transient=True,
        )
        self._task = self._progress.add_task("starting", total=None, speed="")
        self._handlers = {each: signal.getsignal(each) for each in _SIGNALS}

    def __enter__(self) -> Self:
        """Start the bar and listen for Ctrl-C."""
        for each in _SIGNALS:
            signal.signal(each, self._on_signal)
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Clear the bar and stop listening."""
        self._progress.stop()
        self._terminal.close()
        for each, handler in self._handlers.items():
            signal.signal(each, handler)

    def on_progress(self, progress: state.Progress) -> None:
        """Move the bar."""
        self._images_per_second = progress.images_per_second
        done = (progress.epoch - 1) * progress.steps + progress.step
        self._progress.update(
            self._task,
            description=f"epoch {progress.epoch}/{progress.epochs}",
            completed=done,
            total=progress.epochs * progress.steps,
            speed=f"{progress.images_per_second:,.0f} images/s  loss {progress.loss:.4f}",
        )

    def on_epoch(self, record: state.EpochRecord) -> None:
        """Print the epoch's figures on a line of their own."""
        self._progress.console.print(
            f"epoch {record.epoch}/{self._epochs}  loss {record.loss:.4f}  "
            f"accuracy {percent(record.accuracy)}  validation {percent(record.val_accuracy)}  "
            f"{self._images_per_second:,.0f} images/s"
        )
        if record.epoch == self._epochs:
            self._progress.update(
                self._task, description="measuring and drawing", total=None, speed=""
            )

    def on_warning(self, message: str) -> None:
        """Print a warning on a line of its own."""
        self._progress.console.print(f"inkdigits: {message}", style="yellow", markup=False)

    def should_stop(self) -> bool:
        """Return True once Ctrl-C was pressed."""
        return self._stop

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._stop:
            raise KeyboardInterrupt
        self._stop = True
        self._progress.console.print("stopping after this step; press Ctrl-C again to quit at once")
