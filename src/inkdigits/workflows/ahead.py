"""Working ahead in threads: results in order, and never too many at a time.

Comes in: items, and a function for one item. Goes out: results, in chunks or one by one. It does
not know what the results are, only how much each weighs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Done = TypeVar("Done")

THREADS = 2


def in_chunks(
    work: Callable[[Item], Done],
    items: Sequence[Item],
    *,
    weigh: Callable[[Done], float],
    heaviest: float,
    most: int,
    threads: int = THREADS,
) -> Iterator[list[Done]]:
    """Work on items in threads, while the caller uses the chunk before; or, with one, in its own.

    Beyond the chunk that the caller has, at most one more waits, and one result for each thread.

    Args:
        work: Returns the result for one item; is called in several threads at once.
        items: What to work on.
        weigh: Returns the weight of a result.
        heaviest: A chunk is handed out once it weighs this much.
        most: And once it has so many results.
        threads: How many work. With one it is the caller's own, which is best where Python does
            most of the work, for two would wait for one another.

    Yields:
        Results in the order of their items; each list has at least one.

    Raises:
        Exception: What `work` raises, when its turn comes.

    Example:
        >>> list(in_chunks(abs, [-3, 1, -4], weigh=lambda _: 1, heaviest=10, most=2))
        [[3, 1], [4]]
    """
    if threads == 1 or len(items) == 1:  # not worth a thread
        yield from _chunks(map(work, items), weigh, heaviest, most)
        return
    state = _Ahead(work, items, weigh, heaviest, most)
    for _ in range(threads):
        threading.Thread(target=state.run, daemon=True).start()
    try:
        while chunk := state.take():
            yield chunk
    finally:
        state.stop()


def one_ahead(work: Callable[[Item], Done], items: Iterable[Item]) -> Iterator[Done]:
    """Work on items one after another in a thread, while the caller uses the result before.

    Args:
        work: Returns the result for one item; is never called twice at a time.
        items: What to work on; each is taken when the one before it has been begun.

    Yields:
        Results in the order of their items.

    Raises:
        Exception: What `work` raises, when its turn comes.

    Example:
        >>> list(one_ahead(abs, [-3, 1, -4]))
        [3, 1, 4]
    """
    before: Future[Done] | None = None
    with ThreadPoolExecutor(1) as pool:
        for item in items:
            begun = pool.submit(work, item)
            if before:
                yield before.result()
            before = begun
        if before:
            yield before.result()


def _chunks(
    results: Iterable[Done], weigh: Callable[[Done], float], heaviest: float, most: int
) -> Iterator[list[Done]]:
    chunk: list[Done] = []
    weight = 0.0
    try:
        for done in results:
            chunk.append(done)
            weight += weigh(done)
            if len(chunk) == most or weight >= heaviest:
                yield chunk
                chunk, weight = [], 0.0
    except Exception:
        if chunk:  # what came before has its turn first
            yield chunk
        raise
    if chunk:
        yield chunk


class _Ahead(Generic[Item, Done]):
    """What the threads and the one who takes the results share.

    Items are begun in order, and none is begun while a whole chunk waits. So whatever is waited
    for is being worked on already, and nobody can wait for ever.
    """

    def __init__(
        self,
        work: Callable[[Item], Done],
        items: Sequence[Item],
        weigh: Callable[[Done], float],
        heaviest: float,
        most: int,
    ) -> None:
        self._work, self._items = work, items
        self._weigh, self._heaviest, self._most = weigh, heaviest, most
        self._change = threading.Condition()
        self._begun = self._taken = 0
        self._ready: dict[int, tuple[Done, float]] = {}
        self._weight = 0.0
        self._failed: dict[int, Exception] = {}
        self._stopped = False

    def run(self) -> None:
        """Work on one item after the other."""
        while (index := self._begin()) is not None:
            try:
                done = self._work(self._items[index])
                self._finish(index, done, self._weigh(done))
            except Exception as error:  # it belongs to whoever takes the results
                self._fail(index, error)

    def take(self) -> list[Done]:
        """Return the next chunk; empty at the end."""
        with self._change:
            self._change.wait_for(self._can_take)
            chunk: list[Done] = []
            weight = 0.0
            while len(chunk) < self._most and weight < self._heaviest:
                if self._taken in self._failed and not chunk:
                    raise self._failed[self._taken]
                if self._taken not in self._ready:
                    break
                done, its_weight = self._ready.pop(self._taken)
                chunk.append(done)
                weight += its_weight
                self._taken += 1
            self._weight -= weight
            self._change.notify_all()
            return chunk

    def stop(self) -> None:
        """Begin nothing more."""
        with self._change:
            self._stopped = True
            self._change.notify_all()

    def _begin(self) -> int | None:
        with self._change:
            self._change.wait_for(lambda: self._stopped or not self._is_full())
            if self._stopped or self._begun == len(self._items):
                return None
            self._begun += 1
            return self._begun - 1

    def _finish(self, index: int, done: Done, weight: float) -> None:
        with self._change:
            self._ready[index] = (done, weight)
            self._weight += weight
            if self._can_take():
                self._change.notify_all()

    def _fail(self, index: int, error: Exception) -> None:
        with self._change:
            self._failed[index] = error
            self._stopped = True
            self._change.notify_all()

    def _is_full(self) -> bool:
        return len(self._ready) >= self._most or self._weight >= self._heaviest

    def _can_take(self) -> bool:
        """Return whether the next chunk is complete, or what is there is all that will come."""
        if self._taken == len(self._items) or self._taken in self._failed:
            return True
        if self._taken not in self._ready:
            return False
        finished = self._taken + len(self._ready) == len(self._items)
        return finished or self._is_full() or bool(self._failed)
