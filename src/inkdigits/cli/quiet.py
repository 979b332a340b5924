"""Keeping the notices of native libraries off the terminal while they are loaded.

TensorFlow's libraries write lines about processor features to the error stream before any setting
that would silence them takes effect. Comes in: a piece of work. Goes out: the same work with the
process's error stream held back; what was held back is shown if the work fails.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inkdigits.cli.importing import no_garbage_collection
from inkdigits.hidden_modules import hidden, hide

_STDERR = 2
_JAX, _MATPLOTLIB, _TENSORFLOW = "jax", "matplotlib", "tensorflow"


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
    """Import what is made on Keras: quietly, without looking for garbage, and nothing in vain.

    TensorFlow imports JAX wherever it is installed, for a converter that is not used here: a fifth
    of the time that its own import takes. Keras imports matplotlib, for pictures of its own; ours
    are drawn by another process. Where JAX computes, Keras imports TensorFlow as soon as a layer is
    written down, to see whether it is one of TensorFlow's: in this process there is none then.

    Example:
        >>> with keras_import():
        ...     import inkdigits.training.threads
    """
    if chosen_backend() == _JAX:
        hide(_TENSORFLOW)
        unused = [_MATPLOTLIB]
    else:
        unused = [_JAX, _MATPLOTLIB]
    with hold_back_stderr(), no_garbage_collection(), hidden(*unused):
        yield


def chosen_backend() -> str:
    """Return the backend that Keras will take: that of the environment, or of its own file.

    Source: https://keras.io/getting_started/#configuring-your-backend.
    """
    named = os.environ.get("KERAS_BACKEND")
    if named:
        return named
    home = Path(os.path.expanduser("~"))  # noqa: PTH111  # as it is where there is none
    usual = (home if os.access(home, os.W_OK) else Path("/tmp")) / ".keras"
    folder = Path(os.environ.get("KERAS_HOME", usual)).expanduser()
    try:
        return str(json.loads((folder / "keras.json").read_bytes())["backend"])
    except (OSError, ValueError, LookupError, TypeError):
        return "tensorflow"
