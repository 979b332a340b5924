"""Keeping what Pillow and libtiff say about odd files from the user: it is read, or refused.

Nothing comes in or goes out. Several threads may be quiet at once.
"""

from __future__ import annotations

import ctypes
import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache

from PIL import _imaging

_lock = threading.Lock()
_state = ExitStack()
_inside = 0


@contextmanager
def pillow_is_quiet() -> Iterator[None]:
    """Ignore the warnings of Pillow's modules, and what they and libtiff would print.

    All these settings belong to the whole process: the first to enter changes them, the last to
    leave puts them back.

    Example:
        >>> with pillow_is_quiet():
        ...     pass
    """
    global _inside
    with _lock:
        if not _inside:
            _enter()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                _state.close()


def _enter() -> None:
    _state.enter_context(warnings.catch_warnings())
    warnings.filterwarnings("ignore", module=r"PIL\b")
    # A logger without any handler prints errors.
    logger, handler = logging.getLogger("PIL"), logging.NullHandler()
    logger.addHandler(handler)
    _state.callback(logger.removeHandler, handler)
    set_handler = _libtiff_handler()
    if set_handler is not None:
        _state.callback(set_handler, set_handler(None))


@cache
def _libtiff_handler() -> Callable[[int | None], int | None] | None:
    """Return libtiff's function that exchanges what prints its errors; None if it is hidden."""
    with suppress(AttributeError, OSError):
        # Symbols are looked for in the libraries that Pillow's own depends on, too.
        function = ctypes.CDLL(_imaging.__file__).TIFFSetErrorHandler
        function.argtypes, function.restype = [ctypes.c_void_p], ctypes.c_void_p
        handler: Callable[[int | None], int | None] = function
        return handler
    return None
