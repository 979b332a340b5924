"""Work that is done aside: by another process, while this one goes on.

Comes in: functions and what they are given. Goes out: what they return, once that is asked for. It
does not know what they do. Without a core to spare, or where the other process fails, it is done
here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, ParamSpec, TypeAlias, TypeVar

from inkdigits.processor import available_cores
from inkdigits.python_process import PythonProcess, end_process
from inkdigits.workflows.helper_start import start_helpers
from inkdigits.workflows.helper_talk import ask, teach

_Asked = ParamSpec("_Asked")
_Done = TypeVar("_Done")
_Call: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class Aside:
    """A process that does one thing after another; it is gone when the context ends.

    Example:
        >>> with Aside() as aside:
        ...     later = aside.begin(sorted, [3, 1, 2])
        ...     later.result()
        [1, 2, 3]
    """

    def __init__(self) -> None:
        """Start the process, where there is a core for it."""
        started = start_helpers(1 if available_cores() > 1 else 0)
        self._process: PythonProcess | None = started[0] if started else None
        self._helps = bool(started)
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

    def begin(
        self, work: Callable[_Asked, _Done], *args: _Asked.args, **options: _Asked.kwargs
    ) -> Future[_Done]:
        """Let something be done, after what was begun before.

        Args:
            work: A function that can be pickled, of a module; it changes nothing.
            *args: What it is given; it can be pickled as well.
            **options: The same, by name.

        Returns:
            Its `result()` waits, and raises what the work raises.
        """
        return self._turns.submit(self._do, (work, args, options))

    def _do(self, call: _Call) -> Any:
        if self._helps and self._process:
            try:
                return self._ask(self._process, call)
            except Exception:  # whatever ails the process, this one does without
                if self._left:  # nobody will ask for it
                    raise
                self._helps = False
        return _call_each([call])[0]

    def _ask(self, process: PythonProcess, call: _Call) -> Any:
        if not self._taught:
            teach(process, _calls)
            self._taught = True
        (result,), _ = ask(process, [call])
        return result


def _calls() -> Callable[[Sequence[_Call]], list[Any]]:
    return _call_each


def _call_each(calls: Sequence[_Call]) -> list[Any]:
    return [work(*args, **options) for work, args, options in calls]
