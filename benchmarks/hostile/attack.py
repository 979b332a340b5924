"""Try hostile files, in a process that has nothing loaded but inkdigits.

Comes in: a JSON file with a trap and attempts. Goes out: a line of JSON for each. With --measure
each attempt has a process of its own, whose time and memory are told too.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from hostile.doors import DOORS
from hostile.guard import Guard
from inkdigits.errors import InkdigitsError
from inkdigits.runs.machine import mebibytes

LONGEST = 20  # seconds until an attempt counts as endless


def attempt(guard: Guard, door: str, path: Path, folder: Path) -> dict[str, Any]:
    """Try a door; return what became of it."""
    error, typed = "", False
    with guard.watching(folder) as seen:
        started = time.perf_counter()
        try:
            DOORS[door](path)
        except Exception as caught:
            error, typed = f"{type(caught).__name__}: {caught}", isinstance(caught, InkdigitsError)
        seconds = time.perf_counter() - started
    return {"error": error, "typed": typed, "trespasses": seen, "seconds": seconds}


def in_own_process(guard: Guard, door: str, path: Path, folder: Path) -> dict[str, Any]:
    """Try a door in a child, and add the memory it took beyond what it began with."""
    inside, outside = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(LONGEST)
        before = _peak()
        told = attempt(guard, door, path, folder)
        told["mebibytes"] = mebibytes(_peak() - before)
        os.write(outside, json.dumps(told).encode())
        os._exit(0)
    os.close(outside)
    with os.fdopen(inside, "rb") as pipe:
        content = pipe.read()
    _, status = os.waitpid(child, 0)
    if content:
        told = json.loads(content)
        return dict(told)
    code = os.waitstatus_to_exitcode(status)
    return {"error": f"ended with {code}", "typed": False, "trespasses": [], "seconds": 0.0}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Try everything in the file."""
    job = json.loads(Path(sys.argv[1]).read_bytes())
    guard = Guard(Path(job["secret"]), Path(job["canary"]))
    tried = in_own_process if "--measure" in sys.argv else attempt
    for each in job["attempts"]:
        told = tried(guard, each["door"], Path(each["path"]), Path(each["folder"]))
        print(json.dumps({**each, **told}), flush=True)


if __name__ == "__main__":
    main()
