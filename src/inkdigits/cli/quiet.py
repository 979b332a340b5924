"""Keeping the notices of native libraries off the terminal while they are loaded.

TensorFlow's libraries write lines about processor features to the error stream before any setting
that would silence them takes effect. Comes in: a piece of work. Goes out: the same work with the
process's error stream held back; what was held back is shown if the work fails.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from inkdigits.cli.importing import no_garbage_collection

_STDERR = 2


@contextmanager
def hold_back_stderr() -> Iterator[None]:
    """Collect what is written to file descriptor 2, and show it only on failure."""
    sys.stderr.flush()
    original = os.dup(_STDERR)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), _STDERR)
        try:
            yield
        except BaseException:
            sys.stderr.flush()
            held.seek(0)
            os.write(original, held.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(original, _STDERR)
            os.close(original)


@contextmanager
def keras_import() -> Iterator[None]:
    """Import what is made on Keras: quietly, and without looking for garbage.

    Example:
        >>> with keras_import():
        ...     import inkdigits.training.threads
    """
    with hold_back_stderr(), no_garbage_collection():
        yield
