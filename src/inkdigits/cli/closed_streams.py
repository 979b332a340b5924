"""Standard streams that were closed before the program began, as `>&-` in a shell closes them.

Python leaves `None` in their place, and the next file that is opened gets their number, so that
what a library prints would land in it. Comes in: the process as it is. Goes out: nothing; such a
stream reads as empty, and what is written to it is gone.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def replace_closed_streams() -> None:
    """Let the null device stand in for each closed standard stream."""
    for name, mode in _STREAMS:
        if getattr(sys, name) is None:
            # It is opened with the lowest number that is free, which is that of the closed one.
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))
