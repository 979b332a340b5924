"""Making the reader that a command or a call asks for.

Comes in: the name of a network. Goes out: a reader. That of the shipped network is made once.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

from inkdigits.recognition.classifier import load_classifier
from inkdigits.recognition.reader import Reader
from inkdigits.recognition.shipped import SHIPPED, shipped_network

_making = threading.Lock()


def load_reader(model: Path | None = None) -> Reader:
    """Return a reader with a network of one's own, or the shipped one.

    Args:
        model: A run folder, an ONNX file, or "shipped"; None for the shipped network.

    Raises:
        ModelFileError: If there is no such network, it is damaged, or it does not read digits.
    """
    if model is None or (model == Path(SHIPPED) and not model.exists()):
        with _making:  # two threads that are first at once share one network
            return _shipped_reader()
    # It checks a run against its manifest, and reading with the shipped network need not wait
    # for the import of all that this takes.
    from inkdigits.workflows.evaluate import load_digit_network

    return Reader(load_digit_network(model))


@cache
def _shipped_reader() -> Reader:
    return Reader(load_classifier(shipped_network()))
