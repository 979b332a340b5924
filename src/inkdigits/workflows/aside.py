"""Work that is done aside: by another process, while this one goes on.

Comes in: functions of nothing. Goes out: what they return, once that is asked for. It does not know
what they do. Without a core to spare, or where the other process fails, it is done
here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, TypeAlias, TypeVar

from inkdigits.processor import available_cores
from inkdigits.python_process import PythonProcess, end_process
from inkdigits.workflows.helper_start import start_helpers
from inkdigits.workflows.helper_talk import ask, teach

_Done = TypeVar("_Done")
_Work: TypeAlias = Callable[[], _Done]


class Aside:
    """A process that does one thing after another; it is gone when the context ends.

    Example:
        >>> with Aside() as aside:
        ...     later = aside.begin([3, 1, 2].copy)
        ...     later.result()
        [3, 1, 2]
    """

    def __init__(self) -> None:
        """Start nothing yet: the process starts with the first thing to do, if there is a core."""
        self._process: PythonProcess | None = None
        self._helps = available_cores() > 1
        self._taught = self._left = False
        self._turns = ThreadPoolExecutor(1)  # waits in this process for what the other does

    def __enter__(self) -> Aside:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._left = True
        self._turns.shutdown(wait=False, cancel_futures=True)
        if self._process:
            end_process(self._process, self._turns.shutdown)

    def begin(self, work: _Work[_Done]) -> Future[_Done]:
        """Let something be done, after what was begun before.

        Args:
            work: A function that can be pickled, such as a method or a `partial`; it changes
                nothing.

        Returns:
            Its `result()` waits, and raises what the work raises.
        """
        if self._helps and self._process is None:
            self._process = next(iter(start_helpers(1)), None)
            self._helps = self._process is not None
        return self._turns.submit(self._do, work)

    def _do(self, work: _Work[_Done]) -> _Done:
        if self._helps and self._process:
            try:
                return self._ask(self._process, work)
            except Exception:  # whatever ails the process, this one does without
                if self._left:  # nobody will ask for it
                    raise
                self._helps = False
        return work()

    def _ask(self, process: PythonProcess, work: _Work[_Done]) -> _Done:
        if not self._taught:
            teach(process, _make_call_each)
            self._taught = True
        results, _ = ask(process, [work])
        result: _Done = results[0]
        return result


def _make_call_each() -> Callable[[Sequence[_Work[Any]]], list[Any]]:
    return _call_each


def _call_each(works: Sequence[_Work[Any]]) -> list[Any]:
    return [work() for work in works]
