"""The process that helps another with its work; it may be killed at any time.

Comes in, as arguments: modules to import, while there is nothing else to do; on its standard input:
what makes the work, then batch after batch, all pickled. Goes out, on its standard output: None
once it is ready, then for each batch its results and the seconds that they took. It ends when
nothing more can come. See `helpers.py`.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import time
from contextlib import suppress
from importlib import import_module
from typing import BinaryIO


def main() -> None:
    """Work on batches until no more come."""
    # What prints, prints elsewhere.
    target = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for module in sys.argv[1:]:
        import_module(module)
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        _serve(sys.stdin.buffer, target)


def _serve(source: BinaryIO, target: BinaryIO) -> None:
    work = pickle.load(source)()
    gc.freeze()  # modules stay: looking for garbage among them takes a tenth of the time
    _send(target, None)
    while True:
        batch = pickle.load(source)
        began = time.perf_counter()
        results = work(batch)
        _send(target, (results, time.perf_counter() - began))


def _send(target: BinaryIO, value: object) -> None:
    pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    target.write(len(pickled).to_bytes(8, "big") + pickled)
    target.flush()


if __name__ == "__main__":
    main()
