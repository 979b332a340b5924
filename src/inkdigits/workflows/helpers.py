"""Sharing work out: this process works, and others help it once that takes long.

Comes in: items, and what works on some of them, here and in a helper. Goes out: results, in the
order of the items. It does not know what the items are.

A helper is a Python of its own (`helper_process.py`), so neither waits for the other's lock as
threads do. It needs half a second to start, which pays where more is left to do. What a helper has
not finished when it crashes is done here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Generic, TypeAlias, TypeVar

from inkdigits.python_process import PythonProcess, end_process
from inkdigits.workflows.helper_start import PAYS, start_helpers
from inkdigits.workflows.helper_talk import ask, teach

Item = TypeVar("Item")
Done = TypeVar("Done")
Work: TypeAlias = Callable[[Sequence[Item]], list[Done]]

MOST_ITEMS = 200  # of a batch
_FIRST_ITEMS = 4
_SHORT, _LONG = 0.1, 0.4  # seconds: what a batch should take at least and at most
_AHEAD = 4  # batches that may be done before their turn
_PATIENCE = 0.1  # seconds after which it can be told how long the rest will take


@dataclass(frozen=True)
class _Batch(Generic[Item]):
    """Consecutive items that one process works on.

    Attributes:
        start: The number of the first.
        items: At least one.
    """

    start: int
    items: Sequence[Item]

    def __lt__(self, other: _Batch[Item]) -> bool:
        return self.start < other.start


def share_out(
    items: Sequence[Item],
    work: Work[Item, Done],
    make_work: Callable[[], Work[Item, Done]] | None = None,
    *,
    helpers: int | None = None,
    ready: Sequence[PythonProcess] = (),
) -> Iterator[list[Done]]:
    """Work on items, with the help of other processes if there is enough to do.

    Args:
        items: What to work on.
        work: Returns one result for each of the items that it is given, or for the first few.
        make_work: Is called in a helper and returns what does there what `work` does here. It can
            be pickled, and so can items and results. None if nobody can help.
        helpers: At most; one for each other core, up to three, if not given.
        ready: Helpers that were started before, by `helpers_ahead`; no others are, then.

    Yields:
        Results in the order of their items; each list has at least one.

    Raises:
        Exception: What `work` raises here. What it raises in a helper is tried here once more.

    Example:
        >>> list(share_out([-3, 1, -4], lambda items: [abs(item) for item in items]))
        [[3, 1, 4]]
    """
    board = _Board[Item, Done](items)
    team = [_send_off(process, board, make_work) for process in ready if make_work]
    try:
        while not board.all_taken:
            if batch := board.begin():
                began = time.perf_counter()
                board.finish(batch, work(batch.items), time.perf_counter() - began)
                if make_work and not ready and board.is_long:
                    started = start_helpers(helpers)
                    team = [_send_off(process, board, make_work) for process in started]
                    make_work = None  # once, even if none could be started
            else:
                board.wait_for_results()
            yield from board.take_results()
    finally:
        board.stop()
        for helper in team:
            helper.end()


class _Board(Generic[Item, Done]):
    """Which items are begun and done; several threads may look at it at once."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._change = threading.Condition()
        self._begun = self._taken = self._done = 0
        self._size = _FIRST_ITEMS
        self._given_back: list[_Batch[Item]] = []  # a heap
        self._results: dict[int, list[Done]] = {}
        self._started = time.perf_counter()
        self._stopped = False

    @property
    def all_taken(self) -> bool:
        """Whether the caller has all results."""
        return self._taken == len(self._items)

    @property
    def is_long(self) -> bool:
        """Whether what is left would take one process long."""
        passed = time.perf_counter() - self._started
        left = len(self._items) - self._done
        return passed >= _PATIENCE and passed / max(self._done, 1) * left > PAYS

    def begin(self) -> _Batch[Item] | None:
        """Return items to work on; None if there are none, or too many results wait already."""
        with self._change:
            return self._begin()

    def wait_to_begin(self) -> _Batch[Item] | None:
        """Return items to work on as soon as there are any; None at the end."""
        with self._change:
            while not (self._stopped or self.all_taken):
                if batch := self._begin():
                    return batch
                self._change.wait()
            return None

    def finish(self, batch: _Batch[Item], results: list[Done], seconds: float) -> None:
        """Note results of a batch, and whether the next should have more items or fewer."""
        with self._change:
            self._results[batch.start] = results
            self._done += len(results)
            if len(results) < len(batch.items):
                rest = batch.items[len(results) :]
                heappush(self._given_back, _Batch(batch.start + len(results), rest))
            elif seconds < _SHORT and len(batch.items) >= self._size:
                self._size = min(2 * self._size, MOST_ITEMS)
            if seconds > _LONG:
                self._size = max(self._size // 2, 1)
            self._change.notify_all()

    def give_back(self, batch: _Batch[Item]) -> None:
        """Let somebody else work on a batch."""
        with self._change:
            heappush(self._given_back, batch)
            self._change.notify_all()

    def take_results(self) -> Iterator[list[Done]]:
        """Yield the results whose turn it is."""
        while True:
            with self._change:
                results = self._results.pop(self._taken, None)
                if results is None:
                    return
                self._taken += len(results)
                self._change.notify_all()
            yield results

    def wait_for_results(self) -> None:
        """Wait until it is the turn of some, or there are items to work on."""
        with self._change:
            self._change.wait_for(lambda: self._taken in self._results or self._given_back)

    def stop(self) -> None:
        """Begin nothing more."""
        with self._change:
            self._stopped = True
            self._change.notify_all()

    def _begin(self) -> _Batch[Item] | None:
        if self._given_back:
            return heappop(self._given_back)
        if self._begun == len(self._items) or len(self._results) >= _AHEAD:
            return None
        batch = _Batch(self._begun, self._items[self._begun : self._begun + self._size])
        self._begun += len(batch.items)
        return batch


class _Helper(threading.Thread, Generic[Item, Done]):
    """Hands batches to another process, and notes what comes back."""

    def __init__(
        self,
        board: _Board[Item, Done],
        make_work: Callable[[], Work[Item, Done]],
        process: PythonProcess,
    ) -> None:
        super().__init__(daemon=True)
        self._board, self._make_work, self._process = board, make_work, process

    def run(self) -> None:
        """Let the process work until nothing is left, or it has ended."""
        with suppress(Exception):  # whatever ails the process, this one does without
            teach(self._process, self._make_work)
            while batch := self._board.wait_to_begin():
                self._hand_over(batch)

    def _hand_over(self, batch: _Batch[Item]) -> None:
        try:
            results, seconds = ask(self._process, batch.items)
        except Exception:
            self._board.give_back(batch)
            raise
        self._board.finish(batch, results, seconds)

    def end(self) -> None:
        """End the process, whatever it does."""
        end_process(self._process, self.join)


def _send_off(
    process: PythonProcess, board: _Board[Item, Done], make_work: Callable[[], Work[Item, Done]]
) -> _Helper[Item, Done]:
    """Let a process work on what is on the board."""
    helper = _Helper(board, make_work, process)
    helper.start()
    return helper
