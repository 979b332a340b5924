"""The memory that was freed and that the C library keeps for later.

Comes in: nothing. Goes out: less memory held by this process.
"""

from __future__ import annotations

import ctypes


def trim_heap() -> bool:
    """Give memory that is no longer used back to the system.

    Compiling takes some hundred megabytes for a few seconds; glibc keeps what lies scattered of
    these, and training takes its own memory besides.

    Returns:
        Whether the C library can be asked to, as only glibc can.
    """
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):  # other libraries; Windows has none by this name
        return False
    return True
